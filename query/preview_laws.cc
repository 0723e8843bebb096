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
#include "privacy/laplace_level.h"
#include "query/layout.h"
#include "query/preview.h"
#include "query/preview_inputs.h"

namespace perdura::query {
namespace {

constexpr double kDelta = 1e-6;
// Caps whose epsilons differ by no more than this part count as equal budgets.
constexpr double kEqualBudgets = 0.1;

// What PreviewPlan says of the table at this price; empty where that price cannot be offered.
std::optional<LawOffer> OfferAt(const Plan& plan, const federation::Charter& charter,
                                const PlanCharge& charge, double n) {
  const auto priced = AtPrice(plan, charter, charge);
  if (!priced.ok()) return std::nullopt;
  const auto preview = PreviewPlan(*priced, charter, {.expected_n = n});
  if (!preview.ok() || preview->knots.empty()) return std::nullopt;
  return LawOffer{
      .units = charge.units, .noise_sd = preview->noise_sd, .share = preview->knots.back().share};
}

// The largest charge of the list that the cap holds `releases` times; 0 without one.
absl::StatusOr<uint64_t> LargestLevel(const Plan& plan, const federation::Charter& charter,
                                      uint64_t cap_units, uint64_t releases) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<uint64_t> charges, FlagshipCharges(plan, charter));
  uint64_t units = 0;
  for (const uint64_t charge : charges) {
    if (charge <= cap_units / releases) units = charge;
  }
  return units;
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

absl::StatusOr<std::vector<uint64_t>> FlagshipCharges(const Plan& plan,
                                                      const federation::Charter& charter) {
  constexpr PlanCharge kAnyCharge = {v1::COMPARTMENT_FLAGSHIP, 1};
  PERDURA_ASSIGN_OR_RETURN(const Plan flagship, AtPrice(plan, charter, kAnyCharge));
  PERDURA_ASSIGN_OR_RETURN(const Layout layout, Layout::Create(flagship, charter));
  std::vector<uint64_t> charges;
  for (const privacy::LaplaceLevel& level : privacy::LaplaceLevel::All()) {
    charges.push_back(level.units(layout.l1()));
  }
  return charges;
}

absl::StatusOr<LawAdvice> CompareLaws(const Plan& plan, const federation::Charter& charter,
                                      uint64_t releases, double expected_n) {
  PERDURA_ASSIGN_OR_RETURN(const double n, ExpectedN(plan, charter, expected_n));
  const uint64_t adhoc_cap = SmallestCapUnits(plan, charter, v1::COMPARTMENT_ADHOC);
  const uint64_t flagship_cap = SmallestCapUnits(plan, charter, v1::COMPARTMENT_FLAGSHIP);
  LawAdvice advice;
  advice.releases =
      releases > 0 ? releases
                   : std::max<uint64_t>(1, adhoc_cap / charter.proto().default_charge().units());
  PERDURA_ASSIGN_OR_RETURN(const uint64_t level,
                           LargestLevel(plan, charter, flagship_cap, advice.releases));
  const uint64_t share = adhoc_cap / advice.releases;
  advice.adhoc = OfferAt(plan, charter, {v1::COMPARTMENT_ADHOC, share}, n);
  advice.flagship = OfferAt(plan, charter, {v1::COMPARTMENT_FLAGSHIP, level}, n);
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
