#include "query/preview_laws.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"
#include "privacy/design/precision.h"
#include "privacy/laplace_level.h"
#include "query/preview_inputs.h"

namespace perdura::query {
namespace {

constexpr double kDelta = 1e-6;
// Caps whose epsilons differ by no more than this part count as equal budgets.
constexpr double kEqualBudgets = 0.1;

// The table that both laws would measure.
struct Measured {
  const Plan& plan;
  const federation::Charter& charter;
  const privacy::Grid& grid;
  int causes;
  privacy_design::Cohort cohort;
  double n;
};

LawOffer OfferFor(const Measured& table, uint64_t units, double kappa, double unit_variance) {
  const double survival = table.cohort.Survival(table.grid.knots().back());
  return {.units = units,
          .noise_sd = privacy_design::NoiseSd(kappa, unit_variance, table.n),
          .share = privacy_design::PredictedShare(kappa, unit_variance, table.n, survival)};
}

absl::StatusOr<std::optional<LawOffer>> AdhocOffer(const Measured& table, uint64_t cap_units,
                                                   uint64_t releases) {
  const v1::Strategy* record = GaussianRecord(table.plan, table.charter);
  const uint64_t units = cap_units / releases;
  if (record == nullptr || units == 0) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge rho, privacy::Charge::Create(units));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> kappa,
                           privacy_design::Kappa(*table.charter.FindStrategy(record->id()),
                                                 table.grid, table.causes, table.cohort));
  PERDURA_ASSIGN_OR_RETURN(const double unit_variance,
                           privacy_design::UnitNoiseVariance(rho, CommitteeOf(table.charter)));
  const double nodes = table.charter.nodes_per_patient();
  return OfferFor(table, units, kappa.back(), nodes * nodes * unit_variance);
}

// The largest level that the cap holds `releases` times.
absl::StatusOr<std::optional<LawOffer>> FlagshipOffer(const Measured& table, uint64_t cap_units,
                                                      uint64_t releases) {
  const uint64_t l1 = table.charter.nodes_per_patient();
  uint64_t units = 0;
  for (const privacy::LaplaceLevel& level : privacy::LaplaceLevel::All()) {
    if (level.units(l1) <= cap_units / releases) units = level.units(l1);
  }
  if (units == 0) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge epsilon, privacy::Charge::Create(units));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> kappa,
                           privacy_design::IdentityKappa(table.grid, table.causes, table.cohort));
  PERDURA_ASSIGN_OR_RETURN(const double unit_variance,
                           privacy_design::FlagshipUnitNoiseVariance(epsilon, static_cast<int>(l1),
                                                                     CommitteeOf(table.charter)));
  return OfferFor(table, units, kappa.back(), unit_variance);
}

absl::StatusOr<bool> EqualBudgets(uint64_t adhoc_cap, uint64_t flagship_cap) {
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge rho, privacy::Charge::Create(adhoc_cap));
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge pure, privacy::Charge::Create(flagship_cap));
  PERDURA_ASSIGN_OR_RETURN(const double of_rho,
                           privacy_design::EpsilonFromRho(privacy_design::ValueOf(rho), kDelta));
  const double epsilon = privacy_design::ValueOf(pure);
  return std::abs(epsilon - of_rho) <= kEqualBudgets * std::max(epsilon, of_rho);
}

void Recommend(bool equal_budgets, LawAdvice& advice) {
  bool flagship = false;
  if (!advice.flagship.has_value()) {
    advice.reason = absl::StrFormat(
        "the charter's flagship budget holds no charge of the list %u time(s)", advice.releases);
  } else if (!advice.adhoc.has_value()) {
    flagship = true;
    advice.reason = "the charter has no budget or no strategy for this table under the default law";
  } else if (equal_budgets) {
    flagship = advice.releases <= kMostFlagshipReleases;
    advice.reason = absl::StrFormat(
        "the budget must still serve %u release(s), and on equal budgets the %s law is the more "
        "precise one %s %u",
        advice.releases, flagship ? "flagship" : "default", flagship ? "up to" : "beyond",
        kMostFlagshipReleases);
  } else {
    flagship = advice.flagship->noise_sd < advice.adhoc->noise_sd;
    advice.reason = absl::StrFormat(
        "the caps of the two laws are not worth the same, and for %u release(s) the %s law's "
        "noise is the smaller one",
        advice.releases, flagship ? "flagship" : "default");
  }
  advice.recommended = flagship ? v1::COMPARTMENT_FLAGSHIP : v1::COMPARTMENT_ADHOC;
}

}  // namespace

absl::StatusOr<LawAdvice> CompareLaws(const Plan& plan, const federation::Charter& charter,
                                      uint64_t releases, double expected_n) {
  PERDURA_ASSIGN_OR_RETURN(const double n, ExpectedN(plan, charter, expected_n));
  const Measured table{.plan = plan,
                       .charter = charter,
                       .grid = *charter.FindGrid(plan.grid()),
                       .causes = charter.FindEndpoint(plan.endpoint())->causes_size(),
                       .cohort = PriorFor(plan, charter),
                       .n = n};
  const uint64_t adhoc_cap = SmallestCapUnits(plan, charter, v1::COMPARTMENT_ADHOC);
  const uint64_t flagship_cap = SmallestCapUnits(plan, charter, v1::COMPARTMENT_FLAGSHIP);
  LawAdvice advice;
  advice.releases =
      releases > 0 ? releases
                   : std::max<uint64_t>(1, adhoc_cap / charter.proto().default_charge().units());
  PERDURA_ASSIGN_OR_RETURN(advice.adhoc, AdhocOffer(table, adhoc_cap, advice.releases));
  PERDURA_ASSIGN_OR_RETURN(advice.flagship, FlagshipOffer(table, flagship_cap, advice.releases));
  if (!advice.adhoc.has_value() && !advice.flagship.has_value()) {
    return absl::FailedPreconditionError("budgets: the charter has none for this plan");
  }
  bool equal_budgets = false;
  if (advice.adhoc.has_value() && advice.flagship.has_value()) {
    PERDURA_ASSIGN_OR_RETURN(equal_budgets, EqualBudgets(adhoc_cap, flagship_cap));
  }
  Recommend(equal_budgets, advice);
  return advice;
}

}  // namespace perdura::query
