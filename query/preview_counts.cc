#include "query/preview_counts.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "query/preview_inputs.h"
#include "query/row_noise.h"

namespace perdura::query {
namespace {

constexpr double kGuidanceShare = 0.5;
constexpr double kFloorShare = 0.75;

// Patients at which noise of variance `noise` on a count has `share` of the variance of count / n,
// `spread` / n being the rest.
double PatientsFor(double noise, double spread, double share) {
  return noise / spread * (1 - share) / share;
}

// Of what is judged: half of the range of a mean's values, which the table measures in such halves.
double UnitOf(const v1::Endpoint& endpoint) {
  if (endpoint.kind() != v1::TABLE_MOMENT) return 1;
  const v1::MomentTable& table = endpoint.moment();
  return (static_cast<double>(table.high()) - static_cast<double>(table.low())) / 2;
}

std::string TextFor(const Preview& preview, double noise) {
  const double n = preview.expected_n;
  std::string text = absl::StrFormat(
      "With %.0f patients in a group, a count has a privacy sd of %.1f patients, %.3f of the "
      "group.",
      n, std::sqrt(noise), std::sqrt(noise) / n);
  switch (preview.advice) {
    case Advice::kFine:
      return absl::StrCat(text, absl::StrFormat(" Fine: privacy is half of the variance at %.0f "
                                                "patients.",
                                                preview.guidance_n));
    case Advice::kWarn:
      return absl::StrCat(text, absl::StrFormat(" Imprecise: below %.0f patients privacy is more "
                                                "than half of the variance.",
                                                preview.guidance_n));
    default:
      return absl::StrCat(text, absl::StrFormat(" Too imprecise: below %.0f patients privacy is "
                                                "more than three quarters of the variance.",
                                                preview.floor_n));
  }
}

}  // namespace

absl::StatusOr<Preview> PreviewCounts(const RoundTerms& terms, const federation::Charter& charter,
                                      const PreviewOptions& options) {
  const Plan& plan = terms.plan();
  Preview preview;
  PERDURA_ASSIGN_OR_RETURN(preview.expected_n, ExpectedN(plan, charter, options.expected_n));
  const auto entry = static_cast<double>(terms.layout().not_evaluable_entry());
  const double noise =
      RowNoiseVariance(terms.noise(), charter.quorum().q, charter.quorum().h) / (entry * entry);
  preview.kind = terms.layout().shape().kind;
  const double spread = preview.kind == v1::TABLE_MOMENT ? 1.0 : 0.25;
  const double unit = UnitOf(*charter.FindEndpoint(plan.endpoint()));
  preview.sampling_sd = unit * std::sqrt(spread / preview.expected_n);
  preview.noise_sd = unit * std::sqrt(noise) / preview.expected_n;
  preview.guidance_n = PatientsFor(noise, spread, kGuidanceShare);
  preview.floor_n = PatientsFor(noise, spread, kFloorShare);
  preview.compartment = plan.charge().compartment;
  preview.price_units = plan.charge().units;
  // In `adhoc` the noise variance goes with 1 / price; `flagship` has a list (preview.h).
  if (preview.compartment == v1::COMPARTMENT_ADHOC) {
    const double needed = PatientsFor(noise, spread, options.wanted_share) / preview.expected_n;
    preview.needed_units =
        static_cast<uint64_t>(std::ceil(static_cast<double>(preview.price_units) * needed));
  }
  preview.advice = preview.expected_n < preview.floor_n      ? Advice::kRefuse
                   : preview.expected_n < preview.guidance_n ? Advice::kWarn
                                                             : Advice::kFine;
  preview.text = TextFor(preview, noise);
  return preview;
}

}  // namespace perdura::query
