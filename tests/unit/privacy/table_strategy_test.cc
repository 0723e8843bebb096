#include "privacy/table_strategy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::testing::ElementsAre;

Strategy MakeStrategy(int rows, int columns, std::vector<int16_t> entries) {
  auto strategy = Strategy::Create(rows, columns, std::move(entries));
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(DelayedEntryStrategyTest, MeasuresTheMarginsOfExitAndEntry) {
  const Strategy exit = MakeStrategy(2, 2, {3, 1, 0, 2});
  const Strategy entry = MakeStrategy(2, 2, {5, 1, 0, 4});
  const auto both = DelayedEntryStrategy(exit, entry);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->rows(), 4);
  EXPECT_EQ(both->columns(), 6);
  // One patient each: entered on day 0 with exit cell 1; in entry bin 1 with exit cell 0; in entry
  // bin 2 with exit cell 1.
  EXPECT_THAT(both->Apply(std::vector<int64_t>{0, 1, 0, 0, 0, 0}), ElementsAre(1, 2, 0, 0));
  EXPECT_THAT(both->Apply(std::vector<int64_t>{0, 0, 1, 0, 0, 0}), ElementsAre(3, 0, 5, 0));
  EXPECT_THAT(both->Apply(std::vector<int64_t>{0, 0, 0, 0, 0, 1}), ElementsAre(1, 2, 1, 4));
}

TEST(DelayedEntryStrategyTest, SensitivityIsTheSumOfBothLargestNorms) {
  const Strategy exit = MakeStrategy(2, 2, {3, 1, 0, 2});
  const Strategy entry = MakeStrategy(2, 2, {5, 1, 0, 4});
  const auto both = DelayedEntryStrategy(exit, entry);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->l2_squared(), exit.l2_squared() + entry.l2_squared());
  EXPECT_EQ(both->l1(), exit.l1() + entry.l1());
}

TEST(DelayedEntryStrategyTest, RefusesATableWithTooManyPairs) {
  const auto exit = Strategy::Identity(128, 1);
  const auto entry = Strategy::Identity(64, 1);
  ASSERT_TRUE(exit.ok() && entry.ok());
  EXPECT_THAT(DelayedEntryStrategy(*exit, *entry),
              test_support::StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MomentStrategyTest, OnePatientCostsTwoOrThreeRowsOf256) {
  EXPECT_EQ(MomentStrategy(false).l2_squared(), 2u << 16);
  EXPECT_EQ(MomentStrategy(true).l2_squared(), 3u << 16);
  EXPECT_EQ(MomentStrategy(true).columns(), 513);
}

TEST(MomentStrategyTest, RowsAreCountSumAndSumOfSquares) {
  const Strategy moments = MomentStrategy(true);
  std::vector<int64_t> cells(513, 0);
  cells[static_cast<size_t>(MomentCell(0, 0, 100))] += 1;    // a = -256
  cells[static_cast<size_t>(MomentCell(75, 0, 100))] += 2;   // a = 128
  cells[static_cast<size_t>(MomentCell(200, 0, 100))] += 1;  // clamped: a = 256
  EXPECT_THAT(moments.Apply(cells), ElementsAre(4 * 256, 256, 256 + 2 * 64 + 256));
}

TEST(MomentCellTest, RoundsHalvesAwayFromTheMiddle) {
  EXPECT_EQ(MomentCell(50, 0, 100), 256);
  // 256 (2 x - 512) / 512: x = 257 gives 1, x = 255 gives -1.
  EXPECT_EQ(MomentCell(257, 0, 512), 257);
  EXPECT_EQ(MomentCell(255, 0, 512), 255);
  // 256 (2 x - 1024) / 1024: x = 513 gives one half.
  EXPECT_EQ(MomentCell(513, 0, 1024), 257);
  EXPECT_EQ(MomentCell(511, 0, 1024), 255);
}

TEST(MomentCellTest, ClampsToTheBounds) {
  EXPECT_EQ(MomentCell(-9999, -10, 10), 0);
  EXPECT_EQ(MomentCell(9999, -10, 10), 512);
}

}  // namespace
}  // namespace perdura::privacy
