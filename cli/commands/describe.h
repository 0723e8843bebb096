#ifndef PERDURA_CLI_COMMANDS_DESCRIBE_H_
#define PERDURA_CLI_COMMANDS_DESCRIBE_H_

#include <string>

#include "absl/status/statusor.h"

namespace perdura::cli {

// What an analyst may ask: endpoints, products, cuts, grids, attributes, budgets and what they
// guarantee to a patient, as the charter in force says, and planned tables with what became of
// them.
absl::StatusOr<std::string> Describe(const std::string& home);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_DESCRIBE_H_
