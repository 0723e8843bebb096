#include "cli/commands/amounts.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cli/charter/stated_amount.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"

namespace perdura::cli {

std::string ShowUnits(uint64_t units) {
  const auto charge = privacy::Charge::Create(units);
  if (!charge.ok()) return "nothing";
  const double rho = privacy_design::ValueOf(*charge);
  const auto epsilon = privacy_design::EpsilonFromRho(rho, 1e-6);
  if (!epsilon.ok()) return absl::StrFormat("rho %.5f", rho);
  return absl::StrFormat("rho %.5f (epsilon %.2f at delta 1e-6)", rho, *epsilon);
}

absl::StatusOr<uint64_t> ParseCharge(absl::string_view text, uint64_t default_units) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, '/');
  uint32_t numerator = 0;
  uint32_t denominator = 0;
  if (absl::SimpleAtoi(parts.first, &numerator) && absl::SimpleAtoi(parts.second, &denominator) &&
      numerator > 0 && denominator > 0 && numerator <= 1000 && denominator <= 1000) {
    return (default_units / denominator) * numerator + numerator;
  }
  auto units = UnitsOfStated(text, Rounding::kUp);
  if (units.ok()) return units;
  return absl::InvalidArgumentError(
      "--charge: write rho(2, 1e-6), units(123) or a fraction of the default charge such as 1/4");
}

}  // namespace perdura::cli
