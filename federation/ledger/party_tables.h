#ifndef PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_
#define PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::federation {

// Schema of charter, for the migrations of a party's database.
extern const absl::string_view kPartySchema;

// The charters a party has accepted, as they came, version 1 first. Thread-compatible.
class CharterTable final {
 public:
  explicit CharterTable(base::Database& database) : database_(database) {}
  // Durable when it returns. Returns AlreadyExists if this version is held.
  absl::Status Add(uint64_t version, absl::string_view hash, absl::string_view envelope);
  absl::StatusOr<std::vector<std::string>> Envelopes();

 private:
  base::Database& database_;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_
