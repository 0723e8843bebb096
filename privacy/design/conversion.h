#ifndef PERDURA_PRIVACY_DESIGN_CONVERSION_H_
#define PERDURA_PRIVACY_DESIGN_CONVERSION_H_

#include "absl/status/statusor.h"
#include "privacy/charge.h"

// Between rho (zCDP) and (epsilon, delta), for people who write charters and read previews. Never
// linked by the release path, which knows only units. Source: Canonne, Kamath, Steinke 2020,
// proposition 12 (infimum over alpha).
namespace perdura::privacy_design {

// The delta at which rho-zCDP implies (epsilon, delta)-DP. rho > 0, epsilon >= 0; InvalidArgument
// otherwise.
absl::StatusOr<double> DeltaFromRho(double rho, double epsilon);

// The smallest epsilon at `delta`. rho in (0, 2^20], delta in (0, 1); InvalidArgument otherwise.
// Worked number: rho 0.1 at 1e-6 gives 2.141939.
absl::StatusOr<double> EpsilonFromRho(double rho, double delta);

// The largest rho that still implies (epsilon, delta). epsilon in (0, 2^10], delta in (0, 1);
// InvalidArgument otherwise. Worked number: epsilon 1 at 1e-6 gives 0.02435597.
absl::StatusOr<double> RhoFromEpsilon(double epsilon, double delta);

// A wanted charge of `value` (rho or epsilon), rounded UP to units. InvalidArgument unless value is
// in (0, 2^20].
absl::StatusOr<privacy::Charge> ChargeFromValue(double value);
// A cap of `value` (rho or epsilon), rounded DOWN to units. InvalidArgument unless it is at least
// one unit, <= 2^20.
absl::StatusOr<privacy::Charge> CapFromValue(double value);
// RhoFromEpsilon in units, rounded up for a wanted charge and down for a cap. Worked number: the
// cap for (1, 1e-6) is 26779672616 units, for (2, 1e-6) 96924905893.
absl::StatusOr<privacy::Charge> ChargeFromEpsilon(double epsilon, double delta);
absl::StatusOr<privacy::Charge> CapFromEpsilon(double epsilon, double delta);

// units / 2^40: rho, or epsilon in `flagship`. For display.
double ValueOf(privacy::Charge charge);

}  // namespace perdura::privacy_design

#endif  // PERDURA_PRIVACY_DESIGN_CONVERSION_H_
