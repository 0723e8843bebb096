#ifndef PERDURA_FEDERATION_AUDIT_LEDGER_AUDIT_H_
#define PERDURA_FEDERATION_AUDIT_LEDGER_AUDIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/audit/log_copy.h"
#include "federation/charter_chain.h"

namespace perdura::federation {

// Verifies a copy of a party's database, registry.db or aggregator.db, offline: charters, log and
// checkpoints as LogCopy::Open, and
//
//   charges     every attempt of the ledger has exactly one entry `reserved` or `debited` with the
//               same question, manifest and charge, and every such entry its attempt
//
// Returns one readable line for each check. Returns DataLoss `ledger_mismatch` naming the first
// difference; the errors of LogCopy::Open.
absl::StatusOr<std::vector<std::string>> VerifyLedgerFile(const std::string& path,
                                                          const AuthorityPin& pin);

// The same for a copy that is open already.
absl::StatusOr<std::vector<std::string>> VerifyCharges(LogCopy& copy);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_LEDGER_AUDIT_H_
