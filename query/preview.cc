#include "query/preview.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"
#include "privacy/design/releases_in_cap.h"
#include "query/preview_counts.h"
#include "query/preview_inputs.h"
#include "query/round_terms.h"
#include "query/row_noise.h"

namespace perdura::query {
namespace {

constexpr double kRefusedShare = 0.75;

// sigma_1 squared: the noise of all dealers on a row, by the row's scale. It has all in it that one
// patient can change: nodes_per_patient, an entry margin.
double UnitVariance(const RoundTerms& terms, const federation::Charter& charter) {
  return RowNoiseVariance(terms.noise(), charter.quorum().q, charter.quorum().h) /
         static_cast<double>(terms.layout().shape().exit->l2_squared());
}

// In `adhoc` unit variance and price are inverse to one another; in `flagship` the list decides.
absl::StatusOr<uint64_t> NeededUnits(const privacy_design::WantedPrecision& wanted,
                                     const RoundTerms& terms, const federation::Charter& charter,
                                     double unit_variance) {
  const PlanCharge& charge = terms.plan().charge();
  if (charge.compartment == v1::COMPARTMENT_FLAGSHIP) {
    const uint64_t l1 = terms.layout().l1();
    PERDURA_ASSIGN_OR_RETURN(
        const auto level,
        privacy_design::NeededLevel(wanted, static_cast<int>(l1), CommitteeOf(charter)));
    return level.has_value() ? level->units(l1) : 0;
  }
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge paid, privacy::Charge::Create(charge.units));
  PERDURA_ASSIGN_OR_RETURN(
      const privacy::Charge needed,
      privacy_design::ChargeFromValue(privacy_design::ValueOf(paid) * unit_variance /
                                      privacy_design::WantedUnitVariance(wanted)));
  return needed.units();
}

Advice AdviceFor(const Preview& preview) {
  if (preview.expected_n < preview.floor_n) return Advice::kRefuse;
  return preview.expected_n < preview.guidance_n ? Advice::kWarn : Advice::kFine;
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
  if (preview.needed_units == 0) {
    return absl::StrCat(text, absl::StrFormat(" No charge of the list gives a share of %.0f %%.",
                                              100 * wanted_share));
  }
  absl::StrAppend(
      &text,
      absl::StrFormat(" A share of %.0f %% would cost %s instead of %s; fewer groups and a "
                      "coarser grid need less.",
                      100 * wanted_share, AmountText(preview.compartment, preview.needed_units),
                      AmountText(preview.compartment, preview.price_units)));
  return text;
}

}  // namespace

double Preview::interval_width() const {
  return privacy_design::IntervalWidth(sampling_sd * sampling_sd + noise_sd * noise_sd);
}

double Preview::detectable_difference() const {
  return privacy_design::DetectableDifference(sampling_sd * sampling_sd + noise_sd * noise_sd);
}

absl::StatusOr<Preview> PreviewPlan(const Plan& plan, const federation::Charter& charter,
                                    const PreviewOptions& options) {
  if (!(options.wanted_share > 0 && options.wanted_share < 1)) {
    return absl::InvalidArgumentError("wanted_share: must be above 0 and below 1");
  }
  PERDURA_ASSIGN_OR_RETURN(const RoundTerms terms, RoundTerms::Create(plan, charter));
  const Layout& layout = terms.layout();
  if (layout.shape().kind != v1::TABLE_EVENT) return PreviewCounts(terms, charter, options);
  const double unit_variance = UnitVariance(terms, charter);
  const privacy_design::Cohort cohort = PriorFor(plan, charter);
  Preview preview;
  preview.kind = layout.shape().kind;
  PERDURA_ASSIGN_OR_RETURN(preview.expected_n, ExpectedN(plan, charter, options.expected_n));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> kappa, KappaOf(layout, cohort));
  PERDURA_ASSIGN_OR_RETURN(
      preview.knots, privacy_design::PredictPrecision(kappa, layout.grid(), layout.causes(), cohort,
                                                      unit_variance, preview.expected_n));
  const privacy_design::KnotPrecision& last = preview.knots.back();
  preview.guidance_n = privacy_design::GuidanceN(last.kappa, unit_variance, last.survival);
  preview.floor_n =
      privacy_design::GuidanceN(last.kappa, unit_variance, last.survival, kRefusedShare);
  preview.compartment = plan.charge().compartment;
  preview.price_units = plan.charge().units;
  PERDURA_ASSIGN_OR_RETURN(preview.needed_units, NeededUnits({.kappa = last.kappa,
                                                              .survival = last.survival,
                                                              .n = preview.expected_n,
                                                              .share = options.wanted_share},
                                                             terms, charter, unit_variance));
  preview.sampling_sd = last.sampling_sd;
  preview.noise_sd = last.noise_sd;
  preview.advice = AdviceFor(preview);
  preview.text = AdviceText(preview, options.wanted_share);
  return preview;
}

}  // namespace perdura::query
