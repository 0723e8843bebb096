#ifndef PERDURA_CLI_CHARTER_STATED_AMOUNT_H_
#define PERDURA_CLI_CHARTER_STATED_AMOUNT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::cli {

// Caps are rounded down, charges and guarantees up: rounding never gives anybody more than stated.
enum class Rounding { kDown, kUp };

// What a compartment charges in: rho in `adhoc`, pure epsilon in `flagship`. Never converted, so an
// amount of the other currency is refused.
enum class Currency { kRho, kEpsilon };

// Units of 2^-40 that a person stated. As rho:
//   rho(5, 1e-6)   the largest rho that implies (epsilon 5, delta 1e-6)
//   rho(0.0244)    that rho
// As epsilon:
//   epsilon(2)     that epsilon
// Either: units(123), that many. Worked number: rho(1, 1e-6) as a cap is 26779672616 units. Returns
// InvalidArgument naming what is wrong.
absl::StatusOr<uint64_t> UnitsOfStated(absl::string_view stated, Rounding rounding,
                                       Currency currency);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_STATED_AMOUNT_H_
