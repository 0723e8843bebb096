#ifndef PERDURA_CLI_COMMANDS_LEDGER_H_
#define PERDURA_CLI_COMMANDS_LEDGER_H_

#include <string>

#include "absl/status/statusor.h"

namespace perdura::cli {

// Verifies a copy of a party's database (federation/audit/ledger_audit.h). Gives one line for each
// check.
absl::StatusOr<std::string> LedgerVerify(const std::string& file, const std::string& pin_file);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_LEDGER_H_
