#include "query/planned_releases.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "query/plan.h"
#include "query/round_terms.h"

namespace perdura::query {
namespace {

using ProductLine = std::pair<v1::Compartment, std::string>;
using PeriodLine = std::tuple<v1::Compartment, std::string, std::string>;

absl::Status BadPlanned(absl::string_view id, absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_planned_release",
                      absl::StrCat("charter: planned_releases ", id, ": ", why));
}

// Adds up planned charges; a sum stops at its cap.
class PlannedSums final {
 public:
  explicit PlannedSums(const federation::Charter& charter) : charter_(charter) {}

  absl::Status Add(const std::string& id, const Line& line) {
    uint64_t& period = by_period_[{line.compartment, line.product, line.period}];
    const uint64_t cap = charter_.CapUnits(line.compartment, line.product, line.period);
    if (line.units > cap - std::min(cap, period)) {
      return BadPlanned(id,
                        absl::StrCat("the planned charges on product ", line.product, ", period ",
                                     line.period, " exceed its cap of ", cap, " units"));
    }
    period += line.units;
    uint64_t& lifetime = by_product_[{line.compartment, line.product}];
    const auto most = charter_.LifetimeCapUnits(line.compartment, line.product);
    if (most.has_value() && line.units > *most - std::min(*most, lifetime)) {
      return BadPlanned(id, absl::StrCat("the planned charges on product ", line.product,
                                         " exceed its lifetime cap of ", *most, " units"));
    }
    lifetime += line.units;
    return absl::OkStatus();
  }

 private:
  const federation::Charter& charter_;
  std::map<PeriodLine, uint64_t> by_period_;
  std::map<ProductLine, uint64_t> by_product_;
};

}  // namespace

absl::Status CheckPlannedReleases(const federation::Charter& charter) {
  PlannedSums sums(charter);
  for (const v1::PlannedRelease& planned : charter.proto().planned_releases()) {
    const auto plan = Plan::Parse(planned.plan(), charter);
    if (!plan.ok()) return BadPlanned(planned.id(), plan.status().message());
    if (plan->canary()) return BadPlanned(planned.id(), "a canary round is no table to promise");
    const auto terms = RoundTerms::Create(*plan, charter);
    if (!terms.ok()) return BadPlanned(planned.id(), terms.status().message());
    for (const Line& line : terms->lines()) {
      PERDURA_RETURN_IF_ERROR(sums.Add(planned.id(), line));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<federation::PlannedCharge>> PlannedCharges(
    v1::Compartment compartment, absl::string_view product, const federation::Charter& charter) {
  std::vector<federation::PlannedCharge> charges;
  for (const v1::PlannedRelease& planned : charter.proto().planned_releases()) {
    PERDURA_ASSIGN_OR_RETURN(const Plan plan, Plan::Parse(planned.plan(), charter));
    const v1::DataCut& cut = *charter.FindCut(plan.cut());
    const auto& products = plan.products();
    if (cut.state() != v1::CUT_OPEN || plan.charge().compartment != compartment ||
        std::find(products.begin(), products.end(), product) == products.end()) {
      continue;
    }
    charges.push_back({plan.hash(), cut.period(), plan.charge().units});
  }
  return charges;
}

absl::Status CheckDrawnOnce(const v1::Ask& ask, const federation::Charter& charter) {
  if (ask.repeat_of().empty()) return absl::OkStatus();
  const v1::PlannedRelease* planned = charter.FindPlanned(ask.plan());
  if (planned == nullptr) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "released_once",
                      absl::StrCat("repeat_of: `", planned->id(),
                                   "` is a planned table, which is released once; its release "
                                   "answers for free"));
}

}  // namespace perdura::query
