#include "query/preview.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/cohort.h"
#include "privacy/design/conversion.h"
#include "query/round_terms.h"

namespace perdura::query {
namespace {

constexpr double kRefusedShare = 0.75;

privacy_design::Cohort PriorOf(const v1::Strategy& record) {
  return record.prior() == v1::DURABLE ? privacy_design::DurablePrior()
                                       : privacy_design::CurativePrior();
}

absl::StatusOr<double> ExpectedN(const Plan& plan, const federation::Charter& charter,
                                 const Layout& layout, double stated) {
  if (stated > 0 && std::isfinite(stated)) return stated;
  if (stated != 0) return absl::InvalidArgumentError("expected_n: must be above 0");
  double planned = 0;
  for (const std::string& product : plan.products()) {
    planned += charter.FindProduct(product)->planned_patients();
  }
  if (planned == 0) {
    return absl::InvalidArgumentError(
        "expected_n: the charter plans no number of patients for these products; state one");
  }
  return planned / static_cast<double>(layout.groups().size());
}

// sigma_1 squared: the noise of all dealers on a row, by the row's scale. It has the charter's
// nodes_per_patient in it.
double UnitVariance(const RoundTerms& terms, const federation::Charter& charter) {
  return static_cast<double>(terms.dealer_variance()) * charter.quorum().q /
         static_cast<double>(terms.layout().strategy().l2_squared());
}

// Unit variance and price are inverse to one another.
absl::StatusOr<uint64_t> NeededUnits(const privacy_design::KnotPrecision& last, double n,
                                     double share, uint64_t units, double unit_variance) {
  const double wanted =
      share / (1 - share) * n * last.survival * (1 - last.survival) / (last.kappa * last.kappa);
  const double rho = std::ldexp(static_cast<double>(units), -privacy::kChargeUnitBits);
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge charge,
                           privacy_design::ChargeFromValue(rho * unit_variance / wanted));
  return charge.units();
}

Advice AdviceFor(const Preview& preview) {
  if (preview.expected_n < preview.floor_n) return Advice::kRefuse;
  return preview.expected_n < preview.guidance_n ? Advice::kWarn : Advice::kFine;
}

std::string RhoText(uint64_t units) {
  return absl::StrFormat("rho %.4g",
                         std::ldexp(static_cast<double>(units), -privacy::kChargeUnitBits));
}

std::string AdviceText(const Preview& preview, double wanted_share) {
  const privacy_design::KnotPrecision& last = preview.knots.back();
  std::string text = absl::StrFormat(
      "With %.0f patients in a group, S at %d months gets a privacy sd of %.3f: %.0f %% of its "
      "variance.",
      preview.expected_n, last.months, last.noise_sd, 100 * last.share);
  if (preview.advice == Advice::kFine) {
    return absl::StrCat(text, absl::StrFormat(" Fine: privacy is half of it at %.0f patients.",
                                              preview.guidance_n));
  }
  absl::StrAppend(
      &text,
      preview.advice == Advice::kWarn
          ? absl::StrFormat(" Imprecise: below %.0f patients privacy is more than half of it.",
                            preview.guidance_n)
          : absl::StrFormat(" Too imprecise: below %.0f patients privacy is more than three "
                            "quarters of it.",
                            preview.floor_n));
  absl::StrAppend(
      &text, absl::StrFormat(" A share of %.0f %% would cost %s instead of %s; fewer groups and a "
                             "coarser grid need less.",
                             100 * wanted_share, RhoText(preview.needed_units),
                             RhoText(preview.price_units)));
  return text;
}

}  // namespace

absl::StatusOr<Preview> PreviewPlan(const Plan& plan, const federation::Charter& charter,
                                    const PreviewOptions& options) {
  if (!(options.wanted_share > 0 && options.wanted_share < 1)) {
    return absl::InvalidArgumentError("wanted_share: must be above 0 and below 1");
  }
  PERDURA_ASSIGN_OR_RETURN(const RoundTerms terms, RoundTerms::Create(plan, charter));
  const Layout& layout = terms.layout();
  const double unit_variance = UnitVariance(terms, charter);
  Preview preview;
  PERDURA_ASSIGN_OR_RETURN(preview.expected_n,
                           ExpectedN(plan, charter, layout, options.expected_n));
  PERDURA_ASSIGN_OR_RETURN(preview.knots, privacy_design::PredictPrecision(
                                              layout.strategy(), layout.grid(), layout.causes(),
                                              PriorOf(*charter.FindStrategyRecord(plan.strategy())),
                                              unit_variance, preview.expected_n));
  const privacy_design::KnotPrecision& last = preview.knots.back();
  preview.guidance_n = privacy_design::GuidanceN(last.kappa, unit_variance, last.survival);
  preview.floor_n =
      privacy_design::GuidanceN(last.kappa, unit_variance, last.survival, kRefusedShare);
  preview.price_units = plan.charge_units();
  PERDURA_ASSIGN_OR_RETURN(preview.needed_units,
                           NeededUnits(last, preview.expected_n, options.wanted_share,
                                       preview.price_units, unit_variance));
  preview.advice = AdviceFor(preview);
  preview.text = AdviceText(preview, options.wanted_share);
  return preview;
}

}  // namespace perdura::query
