#include "privacy/design/cohort.h"

#include <cmath>
#include <numbers>

namespace perdura::privacy_design {
namespace {

constexpr double kPriorDropout = 0.005;

}  // namespace

double Cohort::Survival(double months) const {
  return cured + (1 - cured) * std::exp(-hazard * months);
}

double Cohort::FollowUp(double months) const { return std::exp(-dropout * months); }

absl::Status CheckCohort(const Cohort& cohort) {
  if (!(cohort.cured >= 0 && cohort.cured < 1)) {
    return absl::InvalidArgumentError("cured: must be in [0, 1)");
  }
  if (!(cohort.hazard >= 0 && cohort.hazard <= 1)) {
    return absl::InvalidArgumentError("hazard: must be in [0, 1] per month");
  }
  if (!(cohort.dropout >= 0 && cohort.dropout <= 1)) {
    return absl::InvalidArgumentError("dropout: must be in [0, 1] per month");
  }
  return absl::OkStatus();
}

Cohort CurativePrior() {
  return {.cured = 0.5, .hazard = std::numbers::ln2 / 12, .dropout = kPriorDropout};
}

Cohort DurablePrior() { return ConstantHazard(0.80, 60, kPriorDropout); }

Cohort CartCohort() { return {.cured = 0.4, .hazard = std::numbers::ln2 / 6, .dropout = 0.0085}; }

Cohort GeneCohort() { return ConstantHazard(0.85, 60, 0.0042); }

Cohort ConstantHazard(double survival, double months, double dropout) {
  return {.cured = 0, .hazard = -std::log(survival) / months, .dropout = dropout};
}

}  // namespace perdura::privacy_design
