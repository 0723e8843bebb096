#include "privacy/grid.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/status_matchers.h"
#include "tests/unit/privacy/grids.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<int64_t> LastDays(const Grid& grid) {
  std::vector<int64_t> days;
  for (int bin = 0; bin < grid.bins(); ++bin) days.push_back(grid.LastDay(bin));
  return days;
}

TEST(GridTest, CreateFailsWithoutKnots) {
  EXPECT_THAT(Grid::Create({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("knots")));
}

TEST(GridTest, CreateTakesUpTo64Knots) {
  std::vector<int> knots(64);
  std::iota(knots.begin(), knots.end(), 1);
  EXPECT_THAT(Grid::Create(knots), IsOk());
  knots.push_back(65);
  EXPECT_THAT(Grid::Create(knots), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("64")));
}

TEST(GridTest, CreateFailsIfAKnotIsZero) {
  EXPECT_THAT(Grid::Create({0, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1200 months")));
}

TEST(GridTest, CreateFailsIfAKnotIsNegative) {
  EXPECT_THAT(Grid::Create({-1, 1}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(GridTest, CreateFailsBeyond1200Months) {
  EXPECT_THAT(Grid::Create({1, 1200}), IsOk());
  EXPECT_THAT(Grid::Create({1, 1201}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1200 months")));
}

TEST(GridTest, CreateFailsIfNotAscending) {
  EXPECT_THAT(Grid::Create({3, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ascending")));
}

TEST(GridTest, CreateFailsIfAKnotRepeats) {
  EXPECT_THAT(Grid::Create({3, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ascending")));
}

TEST(GridTest, LastDaysOfShippedGrids) {
  EXPECT_THAT(LastDays(ShippedGrid("g8")), ElementsAre(30, 91, 182, 273, 365, 730, 1095, 1826));
  EXPECT_THAT(LastDays(ShippedGrid("g10")),
              ElementsAre(30, 91, 182, 273, 365, 547, 730, 1095, 1461, 1826));
  EXPECT_THAT(LastDays(ShippedGrid("g15")), ElementsAre(30, 60, 91, 121, 182, 243, 304, 365, 456,
                                                        547, 730, 913, 1095, 1461, 1826));
  EXPECT_THAT(LastDays(ShippedGrid("g20")),
              ElementsAre(30, 60, 91, 121, 152, 182, 213, 243, 273, 304, 334, 365, 456, 547, 639,
                          730, 913, 1095, 1461, 1826));
  EXPECT_THAT(LastDays(ShippedGrid("g15y")),
              ElementsAre(30, 60, 91, 121, 182, 243, 304, 365, 456, 547, 730, 913, 1095, 1461, 1826,
                          2556, 3287, 4017, 4748, 5478));
}

TEST(GridTest, DayZeroIsInTheFirstBin) { EXPECT_EQ(ShippedGrid("g15").BinOf(0), 0); }

TEST(GridTest, EveryDayFollowsTheRuleOfSixteenths) {
  const Grid grid = ShippedGrid("g15y");
  int expected = 0;
  for (int64_t day = 0; day <= 5478; ++day) {
    while (16 * day > 487 * grid.knots()[static_cast<size_t>(expected)]) ++expected;
    ASSERT_EQ(grid.BinOf(day), expected) << day;
  }
}

TEST(GridTest, BeyondTheLastKnotIsNoBin) {
  const Grid grid = ShippedGrid("g15");
  EXPECT_EQ(grid.BinOf(1826), 14);
  EXPECT_EQ(grid.BinOf(1827), std::nullopt);
  EXPECT_EQ(grid.BinOf(INT64_MAX), std::nullopt);
}

TEST(GridTest, NegativeDayIsNoBin) {
  EXPECT_EQ(ShippedGrid("g15").BinOf(-1), std::nullopt);
  EXPECT_EQ(ShippedGrid("g15").BinOf(INT64_MIN), std::nullopt);
}

}  // namespace
}  // namespace perdura::privacy
