// Neighbouring databases, the same seed: everything that anybody outside a centre sees, and every
// ledger, must be the same bytes. Only sealed shares, what hashes or signs them, and the noised
// table may differ. (I8; attacks 6 to 10, D6, D7, D9, D12 to D14 of the design.)

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "tests/simulation/observed_run.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

struct Neighbours {
  const char* name;
  Counts one;
  Counts other;
};

// Cells of overall survival on g8: 0 to 7 deaths by bin, 8 to 15 censored, 16 not evaluable.
std::vector<Neighbours> WorstPairs() {
  const Counts usual = {
      {"ohio", {{0, 3}, {9, 7}}}, {"alfred", {{2, 1}}}, {"hahnemann", {{15, 40}}}};
  const auto with = [&usual](const std::string& node, int cell) {
    Counts more = usual;
    ++more[node][cell];
    return more;
  };
  return {{"the only patient of everybody", {}, {{"ohio", {{0, 1}}}}},
          {"the only patient of a hospital", usual, with("st-vincent", 4)},
          {"an event in an empty bin", usual, with("ohio", 7)},
          {"a patient who is not evaluable", usual, with("alfred", 16)},
          {"one more of many", usual, with("hahnemann", 15)}};
}

std::vector<int64_t> Difference(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  PERDURA_CHECK(a.size() == b.size());
  std::vector<int64_t> difference(a.size());
  std::transform(a.begin(), a.end(), b.begin(), difference.begin(), std::minus<>());
  return difference;
}

// Rows of the one cell in which the pair differs.
std::vector<int64_t> OnePatient(const Neighbours& pair) {
  const SimulatedFederation sim(TestFederation::Make(), /*seed=*/1, Faults{}, {});
  const auto plan = query::Plan::Parse(PlanFor(sim, "overall-survival"), *sim.charter());
  PERDURA_CHECK(plan.ok());
  const auto layout = query::Layout::Create(*plan, *sim.charter());
  PERDURA_CHECK(layout.ok());
  std::vector<int64_t> cells(static_cast<size_t>(layout->cells()), 0);
  for (const auto& [node, counts] : pair.other) {
    for (const auto& [cell, count] : counts) cells[static_cast<size_t>(cell)] += count;
  }
  for (const auto& [node, counts] : pair.one) {
    for (const auto& [cell, count] : counts) cells[static_cast<size_t>(cell)] -= count;
  }
  PERDURA_CHECK(std::count(cells.begin(), cells.end(), 0) + 1 ==
                static_cast<std::ptrdiff_t>(cells.size()));
  return layout->Measure(cells);
}

class NeighboursTest : public ::testing::TestWithParam<Neighbours> {};

TEST_P(NeighboursTest, OnlyTheNoisedTableDiffers) {
  const Seen one = Watch(GetParam().one);
  const Seen other = Watch(GetParam().other);
  ASSERT_EQ(one.answers.size(), 4u);
  EXPECT_EQ(one.answers[0], "OK");
  EXPECT_NE(one.answers[2], "OK");
  EXPECT_EQ(one.answers, other.answers);
  EXPECT_EQ(one.traffic, other.traffic);
  EXPECT_EQ(one.logs, other.logs);
  EXPECT_EQ(one.ledgers, other.ledgers);
  EXPECT_FALSE(one.ledgers.at("ohio").empty());
  // Under the same noise the tables differ by what the strategy makes of one patient, no more.
  EXPECT_EQ(Difference(other.released, one.released), OnePatient(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Pairs, NeighboursTest, ::testing::ValuesIn(WorstPairs()),
                         [](const ::testing::TestParamInfo<Neighbours>& pair) {
                           return absl::StrReplaceAll(pair.param.name, {{" ", "_"}});
                         });

}  // namespace
}  // namespace perdura::simulation
