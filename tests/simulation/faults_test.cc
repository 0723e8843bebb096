// The same protocol with dropped, doubled and delayed messages, and parties that crash at random
// moments. Every seed must keep the invariants; which questions are answered differs from seed to
// seed.

#include <gtest/gtest.h>

#include <cmath>

#include "base/reason.h"
#include "federation/bundle.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

// One unique cell for each hospital, so that a double count shows as a 2.
std::map<std::string, CellTable::Function> UniqueCells() {
  std::map<std::string, CellTable::Function> tables;
  int next = 0;
  for (const char* id : {"ohio", "alfred", "st-vincent", "hahnemann"}) {
    tables[id] = [cell = next++](const query::Plan&, const query::Layout& layout) {
      std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
      cells[static_cast<size_t>(cell)] = 1;
      return cells;
    };
  }
  return tables;
}

// So large that a dealer's sigma is near its floor of 3: the noise is far below one patient (256).
constexpr uint64_t kHugeCharge = uint64_t{1} << 51;

std::string HugePlan(const federation::Charter& charter, int question) {
  query::PlanRequest request;
  request.endpoint = question % 2 == 0 ? "overall-survival" : "disease-free-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  request.charge_units = kHugeCharge + static_cast<uint64_t>(question);
  const auto plan = query::Plan::Build(request, charter);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? plan->text() : "";
}

// Cells back from rows by substitution: noise is small enough to round.
std::vector<int64_t> CellsOf(const v1::Release& release, const federation::Charter& charter) {
  const auto plan = query::Plan::Parse(release.plan(), charter);
  const auto layout = query::Layout::Create(*plan, charter);
  const privacy::Strategy& strategy = layout->strategy();
  const int n = strategy.rows();
  std::vector<double> cells(static_cast<size_t>(n));
  for (int i = n - 1; i >= 0; --i) {
    double rest = static_cast<double>(release.values(i));
    for (int j = i + 1; j < n; ++j) rest -= strategy.at(i, j) * cells[static_cast<size_t>(j)];
    cells[static_cast<size_t>(i)] = rest / strategy.at(i, i);
  }
  std::vector<int64_t> rounded;
  for (const double cell : cells) rounded.push_back(std::llround(cell));
  return rounded;
}

struct Outcome {
  int released = 0;
  int refused = 0;
};

void CheckRelease(const v1::Answer& answer, SimulatedFederation& sim) {
  v1::ReleaseBundle bundle;
  ASSERT_TRUE(bundle.ParseFromString(answer.bundle()));
  const auto opened = federation::OpenBundle(bundle, sim.federation().pin);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::vector<int64_t> cells = CellsOf(opened->release, *opened->charter);
  int64_t sum = 0;
  for (const int64_t cell : cells) {
    // I7: a 2 is a double count, a stray 1 a leak.
    EXPECT_TRUE(cell == 0 || cell == 1) << cell;
    sum += cell;
  }
  EXPECT_EQ(sum, opened->commit.contributors_size());
  // I2: whoever is in the sum has paid.
  for (const v1::CommitEntry& entry : opened->commit.contributors()) {
    const auto record =
        sim.answers(entry.member())
            .Find({opened->ask.analyst(), opened->ask.question_id(), opened->ask.attempt()});
    ASSERT_TRUE(record.ok());
    EXPECT_TRUE(record->has_value()) << entry.member();
  }
}

Outcome RunSeed(uint64_t seed, const Faults& faults, int questions) {
  // Slots wide enough for a few lost messages.
  TestOptions options{.cap_units = uint64_t{1} << 57,
                      .deal_ms = 200,
                      .upload_ms = 200,
                      .collect_ms = 600,
                      .commit_ms = 400,
                      .answer_ms = 100};
  SimulatedFederation sim(TestFederation::Make(options), seed, faults, UniqueCells());
  sim.RunFor(absl::Milliseconds(300));
  Outcome outcome;
  for (int question = 0; question < questions; ++question) {
    const auto answer = sim.Ask(sim.MakeAsk(HugePlan(*sim.charter(), question)));
    if (answer.ok()) {
      ++outcome.released;
      CheckRelease(*answer, sim);
    } else {
      EXPECT_FALSE(base::ReasonOf(answer.status()).empty()) << answer.status();
      ++outcome.refused;
    }
    sim.RunFor(absl::Milliseconds(200));
  }
  // I4: whatever is sent again for a round has the same bytes.
  for (const auto& [what, bytes] : sim.sent()) EXPECT_EQ(bytes.size(), 1u) << what;
  return outcome;
}

TEST(FaultsTest, LossDelayAndDuplicatesKeepEveryInvariant) {
  Outcome total;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    const Outcome one = RunSeed(
        seed, {.drop_request = 60, .drop_response = 60, .duplicate = 60, .max_delay_ms = 8}, 4);
    total.released += one.released;
    total.refused += one.refused;
  }
  EXPECT_GT(total.released, 15);
}

TEST(FaultsTest, CrashesOfAnyPartyKeepEveryInvariant) {
  Outcome total;
  for (uint64_t seed = 100; seed < 116; ++seed) {
    SCOPED_TRACE(seed);
    const Outcome one = RunSeed(seed, {.drop_response = 20, .max_delay_ms = 4, .crash = 3}, 4);
    total.released += one.released;
    total.refused += one.refused;
  }
  // Both happen, or the test shows nothing.
  EXPECT_GT(total.released, 4);
  EXPECT_GT(total.refused, 5);
}

}  // namespace
}  // namespace perdura::simulation
