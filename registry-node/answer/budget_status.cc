#include "registry-node/answer/budget_status.h"

#include <string>
#include <vector>

#include "base/status_macros.h"
#include "query/lifetimes.h"
#include "query/line_caps.h"
#include "query/plan_charge.h"

namespace perdura::registry_node {

absl::Status AddBudgetStatus(federation::ChargeLedger& ledger,
                             const federation::CharterChain& chain, const OwnCaps& own_caps,
                             v1::GetStatusResponse& response) {
  const federation::Charter& charter = *chain.current();
  std::vector<federation::ChargeLine> all;
  for (const v1::Budget& budget : charter.proto().budgets()) {
    all.push_back({budget.compartment(), budget.product(), budget.period(), 0});
  }
  PERDURA_ASSIGN_OR_RETURN(const auto capped, query::CapLines(all, v1::Ask(), charter));
  for (const federation::CappedLine& one : capped) {
    // Of nobody's plan: all that is planned is set aside.
    PERDURA_ASSIGN_OR_RETURN(const federation::LineUse use, ledger.UseOf({}, one));
    v1::NodeLine& line = *response.add_lines();
    line.set_compartment(std::string(query::CompartmentText(one.line.compartment)));
    line.set_product(one.line.product);
    line.set_period(one.line.period);
    line.set_cap_units(own_caps.Lower(one.line.compartment, one.cap_units));
    line.set_spent_units(use.spent);
    line.set_set_aside_units(use.set_aside);
  }
  PERDURA_ASSIGN_OR_RETURN(
      const auto lifetimes,
      query::LifetimesOf(chain, [&](v1::Compartment compartment, const std::string& product) {
        return ledger.LifetimeSpent(compartment, product);
      }));
  response.mutable_lifetimes()->Add(lifetimes.begin(), lifetimes.end());
  return absl::OkStatus();
}

}  // namespace perdura::registry_node
