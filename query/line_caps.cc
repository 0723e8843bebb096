#include "query/line_caps.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "query/planned_releases.h"

namespace perdura::query {
namespace {

void LowerLine(federation::CappedLine& line, const federation::CappedLine& other) {
  line.cap_units = std::min(line.cap_units, other.cap_units);
  line.analyst_cap_units = std::min(line.analyst_cap_units, other.analyst_cap_units);
  line.purpose_cap_units = std::min(line.purpose_cap_units, other.purpose_cap_units);
  if (other.lifetime_cap_units.has_value()) {
    line.lifetime_cap_units = std::min(line.lifetime_cap_units.value_or(*other.lifetime_cap_units),
                                       *other.lifetime_cap_units);
  }
  for (const federation::PlannedCharge& planned : other.planned) {
    const bool known = std::any_of(
        line.planned.begin(), line.planned.end(),
        [&](const federation::PlannedCharge& one) { return one.plan_hash == planned.plan_hash; });
    if (!known) line.planned.push_back(planned);
  }
}

}  // namespace

absl::StatusOr<std::vector<federation::CappedLine>> CapLines(
    const std::vector<federation::ChargeLine>& lines, const v1::Ask& ask,
    const federation::Charter& charter) {
  std::vector<federation::CappedLine> capped;
  for (const federation::ChargeLine& line : lines) {
    federation::CappedLine& one = capped.emplace_back();
    one.line = line;
    one.cap_units = charter.CapUnits(line.compartment, line.product, line.period);
    one.analyst_cap_units = charter.AnalystCapUnits(ask.analyst(), line.compartment);
    one.purpose_cap_units = charter.PurposeCapUnits(ask.purpose(), line.compartment);
    one.lifetime_cap_units = charter.LifetimeCapUnits(line.compartment, line.product);
    PERDURA_ASSIGN_OR_RETURN(one.planned, PlannedCharges(line.compartment, line.product, charter));
  }
  return capped;
}

void LowerCaps(std::vector<federation::CappedLine>& capped,
               const std::vector<federation::CappedLine>& other) {
  for (size_t i = 0; i < capped.size(); ++i) LowerLine(capped[i], other[i]);
}

}  // namespace perdura::query
