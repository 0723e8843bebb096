#include "cli/charter/stated_amount.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"

namespace perdura::cli {
namespace {

absl::Status NotAnAmount(absl::string_view stated, Currency currency) {
  return absl::InvalidArgumentError(absl::StrCat(
      "`", stated, "` is no amount; write ",
      currency == Currency::kRho ? "rho(epsilon, delta), rho(value)" : "epsilon(value)",
      " or units(number)"));
}

absl::StatusOr<privacy::Charge> FromEpsilonDelta(double epsilon, double delta, Rounding rounding) {
  return rounding == Rounding::kUp ? privacy_design::ChargeFromEpsilon(epsilon, delta)
                                   : privacy_design::CapFromEpsilon(epsilon, delta);
}
absl::StatusOr<privacy::Charge> FromValue(double value, Rounding rounding) {
  return rounding == Rounding::kUp ? privacy_design::ChargeFromValue(value)
                                   : privacy_design::CapFromValue(value);
}

}  // namespace

absl::StatusOr<uint64_t> UnitsOfStated(absl::string_view stated, Rounding rounding,
                                       Currency currency) {
  absl::string_view inner = absl::StripAsciiWhitespace(stated);
  if (!absl::ConsumeSuffix(&inner, ")")) return NotAnAmount(stated, currency);
  if (absl::ConsumePrefix(&inner, "units(")) {
    uint64_t units = 0;
    if (!absl::SimpleAtoi(inner, &units) || units == 0) return NotAnAmount(stated, currency);
    return units;
  }
  if (!absl::ConsumePrefix(&inner, currency == Currency::kRho ? "rho(" : "epsilon(")) {
    return NotAnAmount(stated, currency);
  }
  std::vector<double> numbers;
  for (const absl::string_view part : absl::StrSplit(inner, ',')) {
    double number = 0;
    if (!absl::SimpleAtod(part, &number)) return NotAnAmount(stated, currency);
    numbers.push_back(number);
  }
  const size_t most = currency == Currency::kRho ? 2 : 1;
  if (numbers.size() > most) return NotAnAmount(stated, currency);
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge charge,
                           numbers.size() == 2 ? FromEpsilonDelta(numbers[0], numbers[1], rounding)
                                               : FromValue(numbers[0], rounding));
  return charge.units();
}

}  // namespace perdura::cli
