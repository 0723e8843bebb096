#ifndef PERDURA_CLI_COMMANDS_AMOUNTS_H_
#define PERDURA_CLI_COMMANDS_AMOUNTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::cli {

// An amount of units for people: "rho 0.08815 = epsilon 2.00 at delta 1e-6". "nothing" for 0.
std::string ShowUnits(uint64_t units);

// A wanted charge: "rho(2, 1e-6)", "units(n)" or a fraction such as "1/4" of `default_units`,
// rounded up. Returns InvalidArgument with the three forms.
absl::StatusOr<uint64_t> ParseCharge(absl::string_view text, uint64_t default_units);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_AMOUNTS_H_
