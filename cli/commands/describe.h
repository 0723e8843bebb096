#ifndef PERDURA_CLI_COMMANDS_DESCRIBE_H_
#define PERDURA_CLI_COMMANDS_DESCRIBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "federation/charter.h"

namespace perdura::cli {

// What an analyst may ask, as the charter in force says, and planned tables with what became of
// them.
absl::StatusOr<std::string> Describe(const std::string& home);

// What the charter lets this analyst ask: endpoints with their kind and prices under the flagship
// law, its own products, roles, purposes and caps, data cuts with their state and day C, grids,
// attributes, and what budgets guarantee to a patient. Returns PermissionDenied `not_allowed` for
// somebody whom the charter does not name. Pure.
absl::StatusOr<std::string> DescribeCharter(const federation::Charter& charter,
                                            const std::string& analyst);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_DESCRIBE_H_
