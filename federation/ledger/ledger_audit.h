#ifndef PERDURA_FEDERATION_LEDGER_LEDGER_AUDIT_H_
#define PERDURA_FEDERATION_LEDGER_LEDGER_AUDIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter_chain.h"

namespace perdura::federation {

// Verifies a copy of a party's database, registry.db or aggregator.db, offline, trusting the pinned
// authority keys alone:
//
//   charters    accepted one after the other (CH1 to CH6)
//   log         its tree recomputed from the entries; the newest signed checkpoint is this log's,
//   under the
//               charter's log key, and lies on it
//   witnesses   how many stewards of the charter in force have cosigned that checkpoint
//   charges     every attempt of the ledger has exactly one entry `reserved` or `debited` with the
//   same
//               question, manifest and charge, and every such entry its attempt
//
// Returns one readable line for each check. What was cut off together with the checkpoints over it,
// nobody can see from this file: compare with what stewards hold. Returns DataLoss `log_damaged` or
// `ledger_mismatch` naming the first difference; the errors of Database::Open and
// CharterChain::Accept.
absl::StatusOr<std::vector<std::string>> VerifyLedgerFile(const std::string& path,
                                                          const AuthorityPin& pin);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_LEDGER_AUDIT_H_
