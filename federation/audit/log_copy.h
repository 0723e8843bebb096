#ifndef PERDURA_FEDERATION_AUDIT_LOG_COPY_H_
#define PERDURA_FEDERATION_AUDIT_LOG_COPY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/sqlite/database.h"
#include "federation/charter_chain.h"
#include "federation/log/checkpoint.h"
#include "federation/log/cosignature.h"
#include "federation/log/entry.h"
#include "federation/log/stored_log.h"
#include "perdura/v1/rebase.pb.h"

namespace perdura::federation {

// A signed checkpoint of a copied log, with the stewards' signatures on it that verify.
struct CheckedCheckpoint {
  log::SignedCheckpoint head;
  std::vector<log::Cosignature> cosignatures;
};

// A copy of a party's database, registry.db or aggregator.db, opened read only and verified offline
// under the pinned authority keys alone:
//
//   charters      accepted one after the other (CH1 to CH6)
//   log           of every generation the tree recomputed from the entries
//   rebases       the newest of each party is signed by the authority; a generation of this log
//                 after the first without one is said to have none
//   checkpoints   every signed one is this log's under a charter's key, and lies on the tree; the
//                 cosignatures on it verify. A log that no charter has a key for has none
//
// The newest generation is what counts (witnesses.h); earlier ones are there for their charges.
//
// What was cut off together with the checkpoints over it, nobody can see from this file alone
// (copy_comparison.h). Thread-compatible. Pinned in memory: the log refers to the database.
class LogCopy final {
 public:
  // Returns DataLoss `log_damaged` or `ledger_mismatch` naming the first difference; the errors of
  // Database::Open and CharterChain::Accept.
  static absl::StatusOr<std::unique_ptr<LogCopy>> Open(const std::string& path,
                                                       const AuthorityPin& pin);

  LogCopy(const LogCopy&) = delete;
  LogCopy& operator=(const LogCopy&) = delete;

  const CharterChain& chain() const { return chain_; }
  // Of the newest generation, as the three below.
  const log::LogOrigin& origin() const { return newest().origin; }
  const std::string& party() const { return origin().party; }
  bool IsAggregators() const { return chain_.current()->proto().aggregator().id() == party(); }
  // Entries.
  uint64_t size() const { return newest().size; }
  // Largest first.
  const std::vector<CheckedCheckpoint>& checkpoints() const { return newest().checkpoints; }
  log::StoredLog& log() { return *generations_.back().log; }
  base::Database& database() { return *database_; }

  // Every entry in order, with the line that it stands in. Stops at the first error of `visit`.
  absl::Status ForEachEntry(
      const std::function<absl::Status(const log::Entry&, const std::string& line)>& visit);
  // The same through all generations, the first before the second.
  absl::Status ForEachEntryEver(
      const std::function<absl::Status(const log::LogOrigin&, const log::Entry&,
                                       const std::string& line)>& visit);

  // One readable line for each check that passed.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  struct Generation {
    log::LogOrigin origin;
    uint64_t size = 0;
    std::unique_ptr<log::StoredLog> log;
    std::vector<CheckedCheckpoint> checkpoints;
  };

  LogCopy(std::unique_ptr<base::Database> database, const AuthorityPin& pin)
      : database_(std::move(database)), chain_(pin) {}
  absl::Status ReadCharters();
  absl::Status FindLogs();
  absl::Status ReadRebases();
  absl::StatusOr<v1::Rebase> OpenSigned(const std::string& envelope) const;
  absl::Status CheckTree(const Generation& generation);
  absl::Status ReadCheckpoints(Generation& generation);
  absl::StatusOr<CheckedCheckpoint> ReadCheckpoint(const Generation& generation, uint64_t size);
  absl::Status ForEachEntryOf(
      const Generation& generation,
      const std::function<absl::Status(const log::Entry&, const std::string& line)>& visit);
  bool HasLogKey(const log::LogOrigin& origin) const;
  const Generation& newest() const { return generations_.back(); }

  std::unique_ptr<base::Database> database_;
  CharterChain chain_;
  // At least one, in order.
  std::vector<Generation> generations_;
  std::vector<std::string> lines_;
};

// DataLoss `ledger_mismatch`.
absl::Status LedgerMismatch(absl::string_view what);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_LOG_COPY_H_
