#ifndef PERDURA_CLI_CHARTER_STATED_AMOUNT_H_
#define PERDURA_CLI_CHARTER_STATED_AMOUNT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::cli {

// Caps are rounded down, charges and guarantees up: rounding never gives anybody more than stated.
enum class Rounding { kDown, kUp };

// Units of 2^-40 that a person stated:
//   rho(5, 1e-6)   the largest rho that implies (epsilon 5, delta 1e-6)
//   rho(0.0244)    that rho
//   units(123)     that many
// Worked number: rho(1, 1e-6) as a cap is 26779672616 units. Returns InvalidArgument naming what is
// wrong.
absl::StatusOr<uint64_t> UnitsOfStated(absl::string_view stated, Rounding rounding);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_STATED_AMOUNT_H_
