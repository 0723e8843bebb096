#ifndef PERDURA_PRIVACY_DESIGN_RELEASES_IN_CAP_H_
#define PERDURA_PRIVACY_DESIGN_RELEASES_IN_CAP_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "privacy/charge.h"
#include "privacy/design/precision.h"
#include "privacy/laplace_level.h"

// How many releases of a wanted precision a cap holds: what an authority reckons with when it
// writes a year's budget. Display only, as all of privacy/design.
namespace perdura::privacy_design {

// The precision that is wanted of S at one knot, and on what it depends.
struct WantedPrecision {
  double kappa = 0;     // of that knot, > 0
  double survival = 0;  // of an imagined cohort there, in (0, 1)
  double n = 0;         // patients in a group, > 0
  double share = 0.5;   // of privacy in Var S at most, in (0, 1)
};

// The largest sigma_1 squared with that precision: share / (1 - share) n S (1 - S) / kappa^2.
double WantedUnitVariance(const WantedPrecision& wanted);

// Releases of `adhoc` in a cap of rho: a fraction, as every charge is for sale. Where one patient
// can change more than one cell, that is to be in kappa. Errors of UnitNoiseVariance. Worked
// number: `curative`, g15, CART at 60 months, n = 300, phi = 1.5, cap (2, 1e-6): 3.8 releases with
// share 1/2.
absl::StatusOr<double> ReleasesInRho(privacy::Charge cap, const WantedPrecision& wanted,
                                     CommitteeNoise committee);

// The smallest level of the list with that precision; nullopt if even the largest has more noise.
// `l1`: Delta_1. Errors of FlagshipUnitNoiseVariance.
absl::StatusOr<std::optional<privacy::LaplaceLevel>> NeededLevel(const WantedPrecision& wanted,
                                                                 int l1, CommitteeNoise committee);
// Whole releases of `flagship` in a cap of epsilon, each at NeededLevel; 0 without one.
absl::StatusOr<uint64_t> ReleasesInEpsilon(privacy::Charge cap, const WantedPrecision& wanted,
                                           int l1, CommitteeNoise committee);

}  // namespace perdura::privacy_design

#endif  // PERDURA_PRIVACY_DESIGN_RELEASES_IN_CAP_H_
