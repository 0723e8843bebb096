#include "privacy/design/releases_in_cap.h"

#include "base/status_macros.h"

namespace perdura::privacy_design {

double WantedUnitVariance(const WantedPrecision& wanted) {
  return wanted.share / (1 - wanted.share) * wanted.n * wanted.survival * (1 - wanted.survival) /
         (wanted.kappa * wanted.kappa);
}

absl::StatusOr<double> ReleasesInRho(privacy::Charge cap, const WantedPrecision& wanted,
                                     CommitteeNoise committee) {
  // sigma_1 squared is in inverse proportion to rho, so k releases have k times that of one.
  PERDURA_ASSIGN_OR_RETURN(const double whole_cap, UnitNoiseVariance(cap, committee));
  return WantedUnitVariance(wanted) / whole_cap;
}

absl::StatusOr<std::optional<privacy::LaplaceLevel>> NeededLevel(const WantedPrecision& wanted,
                                                                 int l1, CommitteeNoise committee) {
  const double most = WantedUnitVariance(wanted);
  for (const privacy::LaplaceLevel& level : privacy::LaplaceLevel::All()) {
    PERDURA_ASSIGN_OR_RETURN(const privacy::Charge epsilon,
                             privacy::Charge::Create(level.units(static_cast<uint64_t>(l1))));
    PERDURA_ASSIGN_OR_RETURN(const double variance,
                             FlagshipUnitNoiseVariance(epsilon, l1, committee));
    if (variance <= most) return level;
  }
  return std::nullopt;
}

absl::StatusOr<uint64_t> ReleasesInEpsilon(privacy::Charge cap, const WantedPrecision& wanted,
                                           int l1, CommitteeNoise committee) {
  PERDURA_ASSIGN_OR_RETURN(const auto level, NeededLevel(wanted, l1, committee));
  if (!level.has_value()) return uint64_t{0};
  return cap.units() / level->units(static_cast<uint64_t>(l1));
}

}  // namespace perdura::privacy_design
