#include "query/round_terms.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/planted_fault.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/noise_field.h"
#include "privacy/charge.h"
#include "query/plan_names.h"
#include "query/planned_releases.h"

namespace perdura::query {
namespace {

absl::Status Mismatch(absl::StatusCode code, absl::string_view reason, absl::string_view field) {
  return base::Refuse(code, reason,
                      absl::StrCat(field, " differs from what plan and charter give"));
}

template <typename Values>
bool Has(const Values& values, absl::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Whether the records or the result leave a country.
bool CrossesBorder(const v1::Analyst& analyst, const federation::Charter& charter) {
  std::set<std::string> countries = {analyst.country()};
  for (const std::string& node : charter.NodeIds()) {
    countries.insert(charter.FindMember(node)->country());
  }
  return countries.size() > 1;
}

}  // namespace

absl::StatusOr<RoundTerms> RoundTerms::Create(const Plan& plan,
                                              const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(Layout layout, Layout::Create(plan, charter));
  const v1::DataCut* cut = charter.FindCut(plan.cut());
  if (cut == nullptr) return UnknownName("cut", plan.cut(), IdsOf(charter.proto().data_cuts()));
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge charge,
                           privacy::Charge::Create(plan.charge().units));
  const int honest = base::Planted(base::PlantedFault::kAllDealersHonest) ? charter.quorum().q
                                                                          : charter.quorum().h;
  auto noise = plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP
                   ? privacy::DealerNoise::ForEpsilon(layout.l1(), charge, honest)
                   : privacy::DealerNoise::ForRho(layout.l2_squared(), charge, honest);
  if (!noise.ok()) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "noise_mismatch",
                        absl::StrCat("this charge cannot be offered: ", noise.status().message()));
  }
  const auto bound =
      noise->SumBound(charter.proto().n_max(), layout.patient_bound(), charter.quorum().q);
  if (!bound.ok()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "overflow", bound.status().message());
  }
  RoundTerms terms(plan, std::move(layout), *std::move(noise));
  terms.sum_bound_ = *bound;
  terms.min_entities_ = charter.proto().committee().min_entities();
  terms.period_ = cut->period();
  if (plan.canary()) return terms;
  for (const std::string& product : plan.products()) {
    terms.lines_.push_back({plan.charge().compartment, product, cut->period(), charge.units()});
  }
  return terms;
}

void RoundTerms::WriteTo(v1::Manifest& manifest) const {
  manifest.set_plan(plan_.text());
  manifest.set_layout_hash(layout_.hash());
  manifest.set_rows(static_cast<uint32_t>(layout_.rows()));
  manifest.set_patient_bound(layout_.patient_bound());
  federation::WriteNoise(noise_, *manifest.mutable_noise());
  v1::LineCharge& charge = *manifest.mutable_charge();
  charge.set_compartment(plan_.charge().compartment);
  charge.set_period(period_);
  charge.set_units(plan_.charge().price());
  manifest.set_min_entities(min_entities_);
}

absl::Status RoundTerms::CheckManifest(const v1::Manifest& manifest) const {
  using absl::StatusCode::kFailedPrecondition;
  using absl::StatusCode::kInvalidArgument;
  if (manifest.plan() != plan_.text()) return Mismatch(kInvalidArgument, "layout_mismatch", "plan");
  if (manifest.layout_hash() != layout_.hash()) {
    return Mismatch(kInvalidArgument, "layout_mismatch", "layout_hash");
  }
  if (manifest.rows() != static_cast<uint32_t>(layout_.rows())) {
    return Mismatch(kInvalidArgument, "layout_mismatch", "rows");
  }
  if (manifest.patient_bound() != layout_.patient_bound()) {
    return Mismatch(kInvalidArgument, "layout_mismatch", "patient_bound");
  }
  v1::Noise noise;
  federation::WriteNoise(noise_, noise);
  if (manifest.noise().law() != noise.law() || manifest.noise().numerator() != noise.numerator() ||
      manifest.noise().denominator() != noise.denominator()) {
    return Mismatch(kFailedPrecondition, "noise_mismatch", "noise");
  }
  const v1::LineCharge& charge = manifest.charge();
  if (charge.compartment() != plan_.charge().compartment || charge.period() != period_ ||
      charge.units() != plan_.charge().price()) {
    return Mismatch(kFailedPrecondition, "charge_mismatch", "charge");
  }
  if (manifest.min_entities() < min_entities_) {
    return base::Refuse(
        kFailedPrecondition, "too_few_entities",
        absl::StrCat("min_entities must be at least the charter's ", min_entities_));
  }
  return absl::OkStatus();
}

absl::Status CheckEntitled(const v1::Ask& ask, const Plan& plan,
                           const federation::Charter& charter) {
  const v1::Analyst* analyst = charter.FindAnalyst(ask.analyst());
  if (analyst == nullptr) {
    return UnknownName("analyst", ask.analyst(), IdsOf(charter.proto().analysts()));
  }
  if (!charter.HasPurpose(ask.purpose())) {
    const auto& purposes = charter.proto().purposes();
    return UnknownName("purpose", ask.purpose(), {purposes.begin(), purposes.end()});
  }
  if (!Has(analyst->roles(), ask.role())) {
    return NotAllowed("role", absl::StrCat("the analyst does not have `", ask.role(), "`"));
  }
  if (charter.ScopeOfRole(ask.role()) != plan.scope()) {
    return NotAllowed("role", absl::StrCat("`", ask.role(), "` does not map to the plan's scope"));
  }
  if (!Has(analyst->purposes(), ask.purpose())) {
    return NotAllowed("purpose", absl::StrCat("the analyst may not name `", ask.purpose(), "`"));
  }
  PERDURA_RETURN_IF_ERROR(CheckMayRead(*analyst, plan, charter));
  return CheckDrawnOnce(ask, charter);
}

absl::Status CheckMayRead(const v1::Analyst& analyst, const Plan& plan,
                          const federation::Charter& charter) {
  for (const std::string& product : plan.products()) {
    if (Has(analyst.products(), product)) continue;
    return NotAllowed("products", absl::StrCat("the analyst may not ask about `", product, "`"));
  }
  if (!plan.cross_border() && CrossesBorder(analyst, charter)) {
    return NotAllowed("cross_border",
                      "must be yes: analyst and centres are not all in one country");
  }
  return absl::OkStatus();
}

absl::Status CheckCut(const Plan& plan, const federation::Charter& charter, absl::Time now) {
  const v1::DataCut* cut = charter.FindCut(plan.cut());
  if (cut == nullptr || cut->state() != v1::CUT_OPEN) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "cut_not_ready",
                        "the charter has this data cut closed");
  }
  if (now < absl::FromUnixSeconds(cut->known_at())) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "cut_not_ready",
                        "known_at of this data cut has not passed on this clock");
  }
  return absl::OkStatus();
}

}  // namespace perdura::query
