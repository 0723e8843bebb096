#ifndef PERDURA_CLI_COMMANDS_AUDIT_H_
#define PERDURA_CLI_COMMANDS_AUDIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::cli {

// Verifies copies of parties' databases and `.release` files, and compares them with each other:
// federation/audit/log_copy.h, copy_comparison.h, sibling_audit.h. Gives one line for each finding.
// Returns the error of the first file that fails its own checks; DataLoss `audit_failed` with all
// lines where a comparison found a problem.
absl::StatusOr<std::string> AuditVerify(const std::vector<std::string>& files,
                                        const std::string& pin_file);

struct AuditProveOptions {
  std::string file;  // copy of a database
  std::string pin;
  std::vector<uint64_t> entries;
  std::string manifest;  // 64 hex digits, or empty
  std::vector<uint64_t> from;
  std::string out;  // folder, made if it is absent
};

// Writes what third parties verify with other programs (federation/audit/entry_proof.h):
//
//   keys.txt                            verifier keys: of the log, then of the stewards
//   entry-N.json, entry-N.tlog-proof    an entry and its receipt, for each that is asked for
//   growth-SIZE.txt                     that a log of SIZE entries is a prefix of the log
//
// Of a manifest's entries those that are under no checkpoint yet are only named. Returns
// InvalidArgument where nothing is asked for; the errors of the proofs.
absl::StatusOr<std::string> AuditProve(const AuditProveOptions& options);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_AUDIT_H_
