#include "query/preview_year.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/cohort.h"
#include "privacy/design/precision.h"
#include "privacy/design/releases_in_cap.h"
#include "query/layout.h"
#include "query/preview_inputs.h"

namespace perdura::query {
namespace {

using privacy_design::Cohort;
using privacy_design::WantedPrecision;

constexpr double kHalf = 0.5;
constexpr double kThreeQuarters = 0.75;
constexpr double kPatients[] = {100, 300, 1000};
// A table and what a patient can change in it do not depend on its price.
constexpr uint64_t kAnyUnits = 1;

// Kappa at every knot of the table that `plan` makes under this law, in units of the noise on one
// cell for a sensitivity of 1: what one patient can change is in it.
absl::StatusOr<std::vector<double>> SensitiveKappa(const Plan& plan,
                                                   const federation::Charter& charter,
                                                   const Cohort& cohort) {
  PERDURA_ASSIGN_OR_RETURN(const Layout layout, Layout::Create(plan, charter));
  PERDURA_ASSIGN_OR_RETURN(std::vector<double> kappa, KappaOf(layout, cohort));
  const double changed = std::sqrt(static_cast<double>(layout.l2_squared()) /
                                   static_cast<double>(layout.shape().exit->l2_squared()));
  for (double& one : kappa) one *= changed;
  return kappa;
}

// SensitiveKappa at the last knot of the charter's strategy for the plan's table that fits the
// cohort best: least largest kappa over the knots. Infinite without one, so that a cap holds no
// release.
absl::StatusOr<double> BestKappa(const Plan& plan, const federation::Charter& charter,
                                 const Cohort& cohort) {
  double least = std::numeric_limits<double>::infinity();
  double last = std::numeric_limits<double>::infinity();
  const int causes = charter.FindEndpoint(plan.endpoint())->causes_size();
  for (const v1::Strategy& record : charter.proto().strategies()) {
    if (record.grid() != plan.grid() || record.causes() != static_cast<uint32_t>(causes)) continue;
    PERDURA_ASSIGN_OR_RETURN(
        const Plan measured,
        MeasuredBy(plan, charter, {v1::COMPARTMENT_ADHOC, kAnyUnits}, record.id()));
    const auto kappa = SensitiveKappa(measured, charter, cohort);
    // Where entries are measured and have no strategy, the law has no such table.
    if (!kappa.ok()) continue;
    const double largest = *std::max_element(kappa->begin(), kappa->end());
    if (largest >= least) continue;
    least = largest;
    last = kappa->back();
  }
  return last;
}

absl::StatusOr<double> DefaultReleases(const federation::Charter& charter, uint64_t cap_units,
                                       const WantedPrecision& wanted) {
  if (cap_units == 0) return 0.0;
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge cap, privacy::Charge::Create(cap_units));
  return privacy_design::ReleasesInRho(cap, wanted, CommitteeOf(charter));
}

absl::StatusOr<uint64_t> FlagshipReleases(const federation::Charter& charter, uint64_t l1,
                                          uint64_t cap_units, const WantedPrecision& wanted) {
  if (cap_units == 0) return uint64_t{0};
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge cap, privacy::Charge::Create(cap_units));
  return privacy_design::ReleasesInEpsilon(cap, wanted, static_cast<int>(l1), CommitteeOf(charter));
}

absl::Status AddRows(const std::string& name, const Cohort& cohort, const Plan& plan,
                     const federation::Charter& charter, YearPlan& year) {
  PERDURA_ASSIGN_OR_RETURN(const double kappa, BestKappa(plan, charter, cohort));
  PERDURA_ASSIGN_OR_RETURN(const Plan flagship,
                           AtPrice(plan, charter, {v1::COMPARTMENT_FLAGSHIP, kAnyUnits}));
  PERDURA_ASSIGN_OR_RETURN(const Layout flat_layout, Layout::Create(flagship, charter));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> flat, KappaOf(flat_layout, cohort));
  const int horizon = charter.FindGrid(plan.grid())->knots().back();
  for (const double patients : kPatients) {
    WantedPrecision wanted{.kappa = kappa, .survival = cohort.Survival(horizon), .n = patients};
    YearRow row{.cohort = name, .patients = patients};
    wanted.share = kHalf;
    PERDURA_ASSIGN_OR_RETURN(row.default_half,
                             DefaultReleases(charter, year.adhoc_cap_units, wanted));
    wanted.share = kThreeQuarters;
    PERDURA_ASSIGN_OR_RETURN(row.default_three_quarters,
                             DefaultReleases(charter, year.adhoc_cap_units, wanted));
    wanted.kappa = flat.back();
    PERDURA_ASSIGN_OR_RETURN(
        row.flagship_three_quarters,
        FlagshipReleases(charter, flat_layout.l1(), year.flagship_cap_units, wanted));
    wanted.share = kHalf;
    PERDURA_ASSIGN_OR_RETURN(row.flagship_half, FlagshipReleases(charter, flat_layout.l1(),
                                                                 year.flagship_cap_units, wanted));
    year.rows.push_back(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<YearPlan> PlanYear(const Plan& plan, const federation::Charter& charter) {
  YearPlan year;
  year.period = charter.FindCut(plan.cut())->period();
  year.adhoc_cap_units = SmallestCapUnits(plan, charter, v1::COMPARTMENT_ADHOC);
  year.flagship_cap_units = SmallestCapUnits(plan, charter, v1::COMPARTMENT_FLAGSHIP);
  year.horizon_months = charter.FindGrid(plan.grid())->knots().back();
  PERDURA_RETURN_IF_ERROR(AddRows("40 % cured", privacy_design::CartCohort(), plan, charter, year));
  PERDURA_RETURN_IF_ERROR(
      AddRows("85 % event-free at 60 months", privacy_design::GeneCohort(), plan, charter, year));
  return year;
}

}  // namespace perdura::query
