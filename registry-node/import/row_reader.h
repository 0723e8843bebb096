#ifndef PERDURA_REGISTRY_NODE_IMPORT_ROW_READER_H_
#define PERDURA_REGISTRY_NODE_IMPORT_ROW_READER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"
#include "registry-node/import/import_report.h"
#include "registry-node/import/table_files.h"
#include "registry-node/records/decimal.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// Numeric columns of a file in which missing-value codes crowd: 98, 99, 999, 9999, -1 or -9 are
// more than 2 % of the values. There such a number is refused even inside the plausible range.
absl::flat_hash_set<std::string> CrowdedColumns(const ParsedTable& table);

// Reads the fields of one row into typed values. A field that breaks its rule becomes a finding of
// `patient`, ok() turns false, and the value that is returned means nothing. Identity fields are
// never shown.
class RowReader final {
 public:
  struct Context {
    const ParsedTable& table;
    const absl::flat_hash_set<std::string>& crowded;
    const v1::Charter& charter;
    ImportReport& report;
  };

  // All of `context` and `row` must outlive the reader.
  RowReader(const Context& context, const CsvRow& row) : context_(context), row_(row) {}

  RowPlace place() const { return {context_.table.spec->name, row_.line}; }
  // Whose errors the following ones are; nobody's at first.
  void set_patient(absl::string_view patient) { patient_ = std::string(patient); }
  const std::string& patient() const { return patient_; }
  bool ok() const { return ok_; }

  // The field as it is; empty where the file has no such column.
  absl::string_view Raw(absl::string_view column) const;
  void Fail(absl::string_view column, absl::string_view rule, absl::string_view hint);

  // Present and at most 64 bytes: a number or id of the source.
  std::string Identifier(absl::string_view column);
  // At most 200 bytes.
  std::string Name(absl::string_view column);
  // ENUM: a word of `list`.
  std::string Word(absl::string_view column, std::span<const absl::string_view> list);
  std::optional<std::string> OptionalWord(absl::string_view column,
                                          std::span<const absl::string_view> list);
  // ENUM: [A-Za-z0-9._+:@/-]{1,40}: a code, never a sentence.
  std::optional<std::string> OptionalCode(absl::string_view column);
  // The same, and REF where it is empty.
  std::string Code(absl::string_view column);
  // DATE, SENTINEL.
  std::optional<DayInterval> OptionalDay(absl::string_view column);
  // `missing_rule`: what is broken where the field is empty.
  DayInterval Day(absl::string_view column, absl::string_view missing_rule);
  // DAY-EXACT.
  int64_t ExactDay(absl::string_view column);
  // RANGE, SENTINEL. `field`: as vocabulary.h names ranges.
  std::optional<int64_t> OptionalNumber(absl::string_view column, absl::string_view field);
  // A decimal number >= 0 as text: digits with at most one point.
  std::optional<std::string> OptionalDecimal(absl::string_view column);
  // A decimal number, which may be negative; RANGE and nullopt where it is none or empty.
  std::optional<Decimal> SignedDecimal(absl::string_view column);
  // ENUM: true or false.
  bool Flag(absl::string_view column);
  std::optional<bool> OptionalFlag(absl::string_view column);

 private:
  const Context& context_;
  const CsvRow& row_;
  std::string patient_;
  bool ok_ = true;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_ROW_READER_H_
