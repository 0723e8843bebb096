#include "cli/commands/amounts.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/charter/stated_amount.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"
#include "query/plan_charge.h"

namespace perdura::cli {

namespace {

// epsilon(1/8): the levels of the flagship law are eighths.
constexpr double kEighths = 8;
constexpr uint64_t kUnitsOfAnEighth = uint64_t{1} << (privacy::kChargeUnitBits - 3);
constexpr double kLargestEpsilon = 1 << 20;
constexpr double kShownDelta = 1e-6;

// "0.5" or "1/2".
bool ParseNumber(absl::string_view text, double& number) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  double denominator = 1;
  if (!absl::SimpleAtod(parts.first, &number)) return false;
  if (text.size() > parts.first.size() && !absl::SimpleAtod(parts.second, &denominator)) {
    return false;
  }
  number /= denominator;
  return true;
}

std::string ShowShare(v1::Compartment compartment, uint64_t spent, uint64_t cap) {
  return absl::StrCat("spent ", ShowUnits(compartment, spent), " of ", ShowUnits(compartment, cap),
                      "\n");
}

}  // namespace

std::string ShowUnits(v1::Compartment compartment, uint64_t units) {
  const auto charge = privacy::Charge::Create(units);
  if (!charge.ok()) return "nothing";
  const double value = privacy_design::ValueOf(*charge);
  if (compartment == v1::COMPARTMENT_FLAGSHIP) return absl::StrFormat("epsilon %g (pure)", value);
  const auto epsilon = privacy_design::EpsilonFromRho(value, kShownDelta);
  if (!epsilon.ok()) return absl::StrFormat("rho %.5f", value);
  return absl::StrFormat("rho %.5f (epsilon %.2f at delta 1e-6)", value, *epsilon);
}

std::string ShowEpsilons(const std::vector<uint64_t>& charges) {
  return absl::StrJoin(charges, ", ", [](std::string* out, uint64_t units) {
    absl::StrAppendFormat(out, "%g",
                          std::ldexp(static_cast<double>(units), -privacy::kChargeUnitBits));
  });
}

double EpsilonOf(v1::Compartment compartment, uint64_t units) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const auto amount = privacy::Charge::Create(units);
  if (!amount.ok()) return units == 0 ? 0 : kInfinite;
  const double value = privacy_design::ValueOf(*amount);
  if (compartment == v1::COMPARTMENT_FLAGSHIP) return value;
  return privacy_design::EpsilonFromRho(value, kShownDelta).value_or(kInfinite);
}

std::string ShowUnitsOfPlan(absl::string_view plan, uint64_t units) {
  const auto charge = query::ChargeOfPlanText(plan);
  return charge.ok() ? ShowUnits(charge->compartment, units) : absl::StrCat(units, " units");
}

absl::string_view LawWord(v1::Compartment compartment) {
  return compartment == v1::COMPARTMENT_FLAGSHIP ? "flagship law" : "default law";
}

std::string ShowSetAside(v1::Compartment compartment, uint64_t units) {
  return absl::StrCat("set aside for planned tables: ", ShowUnits(compartment, units), "\n");
}

std::string ShowLines(const google::protobuf::RepeatedPtrField<v1::LineState>& lines) {
  std::string text;
  for (const v1::LineState& line : lines) {
    const uint64_t taken = line.spent_units() + line.set_aside_units();
    const uint64_t left = line.cap_units() > taken ? line.cap_units() - taken : 0;
    absl::StrAppend(&text, "  ", LawWord(line.compartment()), ", ", line.product(), ", period ",
                    line.period(), ": spent ", ShowUnits(line.compartment(), line.spent_units()),
                    " of ", ShowUnits(line.compartment(), line.cap_units()), "; left ",
                    ShowUnits(line.compartment(), left), "\n");
    if (line.set_aside_units() > 0) {
      absl::StrAppend(&text, "    ", ShowSetAside(line.compartment(), line.set_aside_units()));
    }
    absl::StrAppend(
        &text, "    yours: ",
        ShowShare(line.compartment(), line.analyst_spent_units(), line.analyst_cap_units()));
    for (const v1::PurposeState& purpose : line.purposes()) {
      absl::StrAppend(&text, "    everybody's for ", purpose.purpose(), ": ",
                      ShowShare(line.compartment(), purpose.spent_units(), purpose.cap_units()));
    }
  }
  return text;
}

absl::StatusOr<uint64_t> ParseCharge(absl::string_view text, uint64_t default_units) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, '/');
  uint32_t numerator = 0;
  uint32_t denominator = 0;
  if (absl::SimpleAtoi(parts.first, &numerator) && absl::SimpleAtoi(parts.second, &denominator) &&
      numerator > 0 && denominator > 0 && numerator <= 1000 && denominator <= 1000) {
    return (default_units / denominator) * numerator + numerator;
  }
  auto units = UnitsOfStated(text, Rounding::kUp, Currency::kRho);
  if (units.ok()) return units;
  return absl::InvalidArgumentError(
      "--charge: write rho(2, 1e-6), units(123) or a fraction of the default charge such as 1/4");
}

absl::StatusOr<uint64_t> ParseEpsilon(absl::string_view text) {
  double epsilon = 0;
  if (ParseNumber(text, epsilon) && epsilon > 0 && epsilon <= kLargestEpsilon) {
    const double eighths = epsilon * kEighths;
    if (eighths == std::floor(eighths)) {
      return static_cast<uint64_t>(eighths) * kUnitsOfAnEighth;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--epsilon: `", text, "` is no whole number of eighths; write 1/2, 1 or 3/2"));
}

}  // namespace perdura::cli
