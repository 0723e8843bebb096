#include "query/plan_charge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "federation/ledger/charge_line.h"
#include "query/plan_names.h"

namespace perdura::query {
namespace {

struct CompartmentRow {
  v1::Compartment compartment;
  absl::string_view text;
  absl::string_view mechanism;
  privacy::NoiseLaw law;
};
constexpr std::array<CompartmentRow, 3> kCompartments = {{
    {v1::COMPARTMENT_ADHOC, "adhoc", "discrete-gaussian", privacy::NoiseLaw::kDiscreteGaussian},
    {v1::COMPARTMENT_FLAGSHIP, "flagship", "discrete-laplace", privacy::NoiseLaw::kDiscreteLaplace},
    {v1::COMPARTMENT_CANARY, "canary", "discrete-gaussian", privacy::NoiseLaw::kDiscreteGaussian},
}};
constexpr CompartmentRow kNoCompartment = {v1::COMPARTMENT_UNSPECIFIED, "", "",
                                           privacy::NoiseLaw::kUnspecified};

const CompartmentRow& RowOf(v1::Compartment compartment) {
  const auto row = std::find_if(
      kCompartments.begin(), kCompartments.end(),
      [compartment](const CompartmentRow& one) { return one.compartment == compartment; });
  return row == kCompartments.end() ? kNoCompartment : *row;
}

}  // namespace

absl::StatusOr<PlanCharge> ParsePlanCharge(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  PlanCharge charge{.compartment = CompartmentFromText(parts.first), .units = 0};
  if (charge.compartment == v1::COMPARTMENT_UNSPECIFIED ||
      !absl::SimpleAtoi(parts.second, &charge.units) || charge.units == 0 ||
      PrintPlanCharge(charge) != text) {
    return NotCanonical(
        "charge", "reads adhoc:<units of 2^-40>, flagship:<units> or canary:<units>, above 0");
  }
  if (charge.units > federation::kMaxChargeUnits) {
    return base::Refuse(absl::StatusCode::kResourceExhausted, "budget_exhausted",
                        "charge: is larger than any budget, above 2^58 units");
  }
  return charge;
}

std::string PrintPlanCharge(const PlanCharge& charge) {
  return absl::StrCat(CompartmentText(charge.compartment), ":", charge.units);
}

absl::StatusOr<PlanCharge> ChargeOfPlanText(absl::string_view plan) {
  for (absl::string_view field : absl::StrSplit(plan, ' ')) {
    if (absl::ConsumePrefix(&field, "charge=")) return ParsePlanCharge(field);
  }
  return NotCanonical("charge", "is missing");
}

absl::string_view CompartmentText(v1::Compartment compartment) { return RowOf(compartment).text; }

v1::Compartment CompartmentFromText(absl::string_view text) {
  for (const CompartmentRow& row : kCompartments) {
    if (row.text == text) return row.compartment;
  }
  return v1::COMPARTMENT_UNSPECIFIED;
}

absl::string_view MechanismText(v1::Compartment compartment) {
  return RowOf(compartment).mechanism;
}

privacy::NoiseLaw LawOf(v1::Compartment compartment) { return RowOf(compartment).law; }

}  // namespace perdura::query
