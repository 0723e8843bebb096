#include "tests/statistical/audit/behaviour.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/reason.h"
#include "query/layout.h"
#include "query/plan.h"
#include "tests/simulation/observed_run.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::audit {
namespace {

using simulation::Counts;
using simulation::Seen;
using simulation::SimulatedFederation;
using test_support::TestFederation;

// One patient more at `node`, in `cell` of overall survival on g8.
struct OneMore {
  const char* name;
  Counts before;
  const char* node;
  int cell;
};

std::vector<OneMore> Pairs() {
  const Counts usual = {
      {"ohio", {{0, 3}, {9, 7}}}, {"alfred", {{2, 1}}}, {"hahnemann", {{15, 40}}}};
  return {{"first patient of a hospital", usual, "st-vincent", 4},
          {"one more of many", usual, "hahnemann", 15},
          {"new first cell", usual, "alfred", 0}};
}

std::vector<int64_t> RowsOf(int cell) {
  const SimulatedFederation sim(TestFederation::Make(), /*seed=*/1, simulation::Faults{}, {});
  const auto plan =
      query::Plan::Parse(simulation::PlanFor(sim, "overall-survival"), *sim.charter());
  PERDURA_CHECK(plan.ok());
  const auto layout = query::Layout::Create(*plan, *sim.charter());
  PERDURA_CHECK(layout.ok());
  std::vector<int64_t> cells(static_cast<size_t>(layout->cells()), 0);
  cells[static_cast<size_t>(cell)] = 1;
  return layout->Measure(cells);
}

void JudgePair(const OneMore& pair, std::vector<std::string>& broken) {
  Counts after = pair.before;
  ++after[pair.node][pair.cell];
  const Seen one = simulation::Watch(pair.before);
  const Seen other = simulation::Watch(after);
  const auto note = [&](bool equal, const char* what) {
    if (!equal) broken.push_back(absl::StrCat(what, " differ (", pair.name, ")"));
  };
  note(one.traffic == other.traffic, "messages");
  note(one.answers == other.answers, "answers");
  note(one.logs == other.logs, "logs");
  note(one.ledgers == other.ledgers, "ledgers");
  std::vector<int64_t> difference(other.released.size());
  if (one.released.size() == other.released.size()) {
    std::transform(other.released.begin(), other.released.end(), one.released.begin(),
                   difference.begin(), std::minus<>());
  }
  note(difference == RowsOf(pair.cell), "tables by other than one patient's rows");
}

constexpr char kAskedTwice[] = "ohio";

// Whether a node's announcement, which has dealers' headers, waits; copies it.
bool WaitingForNode(SimulatedFederation& sim, v1::Announcement& announcement) {
  const auto items = sim.store().ItemsAfter(kAskedTwice, 0, 1 << 20);
  PERDURA_CHECK(items.ok());
  for (const v1::Item& item : *items) {
    if (item.announcement().dealer_headers_size() == 0) continue;
    announcement = item.announcement();
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> JudgeNeighbours() {
  std::vector<std::string> broken;
  for (const OneMore& pair : Pairs()) JudgePair(pair, broken);
  return broken;
}

std::vector<std::string> JudgeRepeats() {
  SimulatedFederation sim(TestFederation::Make(), /*seed=*/5, simulation::Faults{},
                          simulation::TablesOf({{kAskedTwice, {{0, 9}}}}));
  sim.Settle();
  const std::string analyst = sim.charter()->proto().analysts(0).id();
  const auto ask = sim.MakeAsk(simulation::PlanFor(sim, "overall-survival"));
  PERDURA_CHECK(sim.desk().Ask(analyst, ask, sim.now()).ok());
  v1::PollResponse again;
  v1::Item& item = *again.add_items();
  while (!WaitingForNode(sim, *item.mutable_announcement())) sim.RunFor(absl::Microseconds(100));
  sim.RunFor(absl::Milliseconds(10));
  // A later number, so that it counts as a new item.
  item.set_number(1'000'000);
  PERDURA_CHECK(sim.member(kAskedTwice).OnPoll(again, sim.now()).ok());
  sim.RunFor(absl::Seconds(1));
  std::vector<std::string> broken;
  for (const auto& [key, posts] : sim.sent()) {
    if (posts.size() > 1) broken.push_back(absl::StrCat(key.member, " sent other bytes again"));
  }
  return broken;
}

std::vector<std::string> JudgeBurntCharge() {
  constexpr uint64_t kCharge = 96'924'905'894;
  SimulatedFederation sim(TestFederation::Make({.cap_units = kCharge * 3 / 2}), /*seed=*/5,
                          simulation::Faults{}, {});
  sim.Settle();
  const std::string analyst = sim.charter()->proto().analysts(0).id();
  const auto ask = [&](const char* endpoint) {
    return sim.desk().Ask(analyst, sim.MakeAsk(simulation::PlanFor(sim, endpoint)), sim.now());
  };
  PERDURA_CHECK(ask("overall-survival").ok());
  // Two stewards gone: the question is burnt, its charge stands.
  for (const char* member : {"ohio", "alfred"}) sim.Stop(member);
  sim.RunFor(absl::Seconds(3));
  for (const char* member : {"ohio", "alfred"}) sim.StartMember(member);
  sim.RunFor(absl::Seconds(1));
  const auto second = ask("disease-free-survival");
  if (base::ReasonOf(second.status()) == "budget_exhausted" ||
      base::ReasonOf(second.status()) == "analyst_cap") {
    return {};
  }
  return {absl::StrCat("after a burnt question the next was not refused for its budget: ",
                       second.status().ToString())};
}

}  // namespace perdura::audit
