#include "query/line_caps.h"

#include <utility>

#include "base/status_macros.h"
#include "query/planned_releases.h"

namespace perdura::query {

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

}  // namespace perdura::query
