#ifndef PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_
#define PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_

#include <cstdint>
#include <map>
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

// Schema of rebase, for the migrations of a party's database.
extern const absl::string_view kRebaseSchema;

// The rebases that a party has accepted, its own among them. Thread-compatible.
class RebaseTable final {
 public:
  explicit RebaseTable(base::Database& database) : database_(database) {}
  // Part of the caller's transaction, or durable when it returns. `id`: SHA-256 of the payload.
  absl::Status Add(absl::string_view party, uint64_t generation, absl::string_view id,
                   absl::string_view envelope);
  // The newest of each party, by party.
  struct Row {
    uint64_t generation = 0;
    std::string id;
    std::string envelope;
  };
  absl::StatusOr<std::map<std::string, Row>> Newest();

 private:
  base::Database& database_;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_PARTY_TABLES_H_
