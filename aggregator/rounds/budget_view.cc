// What is left of the budgets, for analysts. Another part of RoundDesk.

#include <algorithm>
#include <utility>

#include "aggregator/rounds/round_desk.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/plan_fields.h"
#include "query/lifetimes.h"
#include "query/line_caps.h"

namespace perdura::aggregator {
namespace {

constexpr int kAttemptsShown = 200;

v1::AttemptSummary SummaryOf(const federation::AttemptRecord& record) {
  v1::AttemptSummary summary;
  summary.set_question_id(record.id.question_id);
  summary.set_attempt(record.id.attempt);
  summary.set_state(record.state);
  summary.set_reason(record.reason);
  summary.set_units(record.units);
  summary.set_plan(record.plan);
  summary.set_reserved_at(record.debited_at);
  summary.set_purpose(record.purpose);
  return summary;
}

}  // namespace

// Of the purpose that the ask names, or of all that its analyst may name.
absl::StatusOr<v1::LineState> RoundDesk::StateOf(const v1::Ask& ask,
                                                 const federation::CappedLine& capped,
                                                 const federation::Charter& charter) {
  const query::Line& line = capped.line;
  federation::ChargeOrigin origin = {ask.analyst(), ask.purpose(), crypto::Sha256(ask.plan())};
  PERDURA_ASSIGN_OR_RETURN(const federation::LineUse use, options_.store.UseOf(origin, capped));
  v1::LineState state;
  state.set_compartment(line.compartment);
  state.set_product(line.product);
  state.set_period(line.period);
  state.set_cap_units(capped.cap_units);
  state.set_spent_units(use.spent);
  state.set_analyst_cap_units(capped.analyst_cap_units);
  state.set_analyst_spent_units(use.analyst_spent);
  state.set_set_aside_units(use.set_aside);
  const v1::Analyst* analyst = charter.FindAnalyst(ask.analyst());
  if (analyst == nullptr) return state;
  for (const std::string& purpose : analyst->purposes()) {
    if (!ask.purpose().empty() && ask.purpose() != purpose) continue;
    origin.purpose = purpose;
    PERDURA_ASSIGN_OR_RETURN(const federation::LineUse own, options_.store.UseOf(origin, capped));
    v1::PurposeState& one = *state.add_purposes();
    one.set_purpose(purpose);
    one.set_cap_units(charter.PurposeCapUnits(purpose, line.compartment));
    one.set_spent_units(own.purpose_spent);
  }
  return state;
}

absl::StatusOr<std::vector<v1::LineState>> RoundDesk::Lines(const v1::Ask& ask,
                                                            const std::vector<query::Line>& lines,
                                                            const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const auto capped, query::CapLines(lines, ask, charter));
  std::vector<v1::LineState> states;
  for (const federation::CappedLine& one : capped) {
    PERDURA_ASSIGN_OR_RETURN(v1::LineState state, StateOf(ask, one, charter));
    states.push_back(std::move(state));
  }
  return states;
}

absl::Status RoundDesk::AddPlanned(const federation::Charter& charter,
                                   v1::GetBudgetResponse& response) {
  for (const v1::PlannedRelease& planned : charter.proto().planned_releases()) {
    v1::PlannedState& state = *response.add_planned();
    state.set_id(planned.id());
    state.set_plan(planned.plan());
    PERDURA_ASSIGN_OR_RETURN(const bool charged,
                             options_.store.IsCharged(crypto::Sha256(planned.plan())));
    state.set_charged(charged);
    PERDURA_ASSIGN_OR_RETURN(
        const auto releases,
        options_.store.ReleasesOf(federation::OverlapKeyOfPlan(planned.plan())));
    for (const StoredRelease& release : releases) {
      if (release.plan == planned.plan()) state.set_release_id(release.id);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetBudgetResponse> RoundDesk::Budget(const std::string& analyst) {
  const CharterPtr charter = chain_.current();
  if (charter == nullptr) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "charter_expired",
                        "no charter is held");
  }
  std::vector<query::Line> all;
  for (const v1::Budget& budget : charter->proto().budgets()) {
    all.push_back({budget.compartment(), budget.product(), budget.period(), 0});
  }
  v1::Ask anything;
  anything.set_analyst(analyst);
  v1::GetBudgetResponse response;
  PERDURA_ASSIGN_OR_RETURN(const auto lines, Lines(anything, all, *charter));
  for (const v1::LineState& line : lines) *response.add_lines() = line;
  PERDURA_ASSIGN_OR_RETURN(const auto attempts, options_.store.Attempts(analyst, kAttemptsShown));
  for (const federation::AttemptRecord& record : attempts) {
    *response.add_attempts() = SummaryOf(record);
  }
  PERDURA_ASSIGN_OR_RETURN(
      const auto lifetimes,
      query::LifetimesOf(chain_, [this](v1::Compartment compartment, const std::string& product) {
        return options_.store.LifetimeSpent(compartment, product);
      }));
  response.mutable_lifetimes()->Add(lifetimes.begin(), lifetimes.end());
  PERDURA_RETURN_IF_ERROR(AddPlanned(*charter, response));
  return response;
}

}  // namespace perdura::aggregator
