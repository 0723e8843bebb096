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

absl::Status NotAnAmount(absl::string_view stated) {
  return absl::InvalidArgumentError(absl::StrCat(
      "`", stated, "` is no amount; write rho(epsilon, delta), rho(value) or units(number)"));
}

absl::StatusOr<privacy::Charge> FromEpsilon(double epsilon, double delta, Rounding rounding) {
  return rounding == Rounding::kUp ? privacy_design::ChargeFromEpsilon(epsilon, delta)
                                   : privacy_design::CapFromEpsilon(epsilon, delta);
}
absl::StatusOr<privacy::Charge> FromRho(double rho, Rounding rounding) {
  return rounding == Rounding::kUp ? privacy_design::ChargeFromValue(rho)
                                   : privacy_design::CapFromValue(rho);
}

}  // namespace

absl::StatusOr<uint64_t> UnitsOfStated(absl::string_view stated, Rounding rounding) {
  absl::string_view inner = absl::StripAsciiWhitespace(stated);
  if (!absl::ConsumeSuffix(&inner, ")")) return NotAnAmount(stated);
  if (absl::ConsumePrefix(&inner, "units(")) {
    uint64_t units = 0;
    if (!absl::SimpleAtoi(inner, &units) || units == 0) return NotAnAmount(stated);
    return units;
  }
  if (!absl::ConsumePrefix(&inner, "rho(")) return NotAnAmount(stated);
  std::vector<double> numbers;
  for (const absl::string_view part : absl::StrSplit(inner, ',')) {
    double number = 0;
    if (!absl::SimpleAtod(part, &number)) return NotAnAmount(stated);
    numbers.push_back(number);
  }
  if (numbers.size() > 2) return NotAnAmount(stated);
  PERDURA_ASSIGN_OR_RETURN(const privacy::Charge charge,
                           numbers.size() == 2 ? FromEpsilon(numbers[0], numbers[1], rounding)
                                               : FromRho(numbers[0], rounding));
  return charge.units();
}

}  // namespace perdura::cli
