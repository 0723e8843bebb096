#ifndef PERDURA_REGISTRY_NODE_IMPORT_IMPORT_REPORT_H_
#define PERDURA_REGISTRY_NODE_IMPORT_IMPORT_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "perdura/v1/registry.pb.h"

namespace perdura::registry_node {

// A row of a file: what a finding points at.
struct RowPlace {
  absl::string_view file;  // name of a table file, static
  uint32_t line = 0;       // 0 for the whole file
  bool operator==(const RowPlace&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const RowPlace& place) {
    return H::combine(std::move(state), place.file, place.line);
  }
};

// Collects the findings of one import and what follows from them. Nothing here identifies a person
// but `patient`, the record number, which is kept for deciding and never printed.
class ImportReport final {
 public:
  // An error of a row that belongs to one patient; `patient` empty: of nobody in particular, so
  // nothing can be imported without it.
  void Error(const RowPlace& place, absl::string_view patient, absl::string_view field,
             absl::string_view rule, absl::string_view shown, absl::string_view hint);
  void Warning(const RowPlace& place, absl::string_view field, absl::string_view rule,
               absl::string_view hint);

  bool has_errors() const { return !refused_.empty(); }
  // An error that leaving out patients does not cure.
  bool has_common_errors() const { return has_common_errors_; }
  bool IsBad(absl::string_view patient) const { return bad_patients_.contains(patient); }
  const absl::flat_hash_set<std::string>& bad_patients() const { return bad_patients_; }
  // Rows with at least one error.
  size_t refused_rows() const { return refused_.size(); }

  // Moves the findings into `response`, at most kMaxFindings of them, in order of discovery.
  void MoveTo(v1::ImportResponse& response) &&;
  static constexpr int kMaxFindings = 1000;

 private:
  void Add(const RowPlace& place, absl::string_view field, absl::string_view rule,
           absl::string_view severity, absl::string_view shown, absl::string_view hint);

  v1::ImportResponse found_;
  absl::flat_hash_set<RowPlace> refused_;
  absl::flat_hash_set<std::string> bad_patients_;
  bool has_common_errors_ = false;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_IMPORT_REPORT_H_
