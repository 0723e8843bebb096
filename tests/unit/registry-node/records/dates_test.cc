#include "registry-node/records/dates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(DatesTest, DayIsExact) {
  EXPECT_THAT(ParseDay("1970-01-02"), IsOkAndHolds(DayInterval{1, 1, 'd'}));
}

TEST(DatesTest, MonthIsPlacedOnIts15thOr16th) {
  EXPECT_EQ(ParseDay("2024-06")->Placed(), Day("2024-06-15"));
  EXPECT_EQ(ParseDay("2024-07")->Placed(), Day("2024-07-16"));
}

TEST(DatesTest, FebruaryIsPlacedOnThe14thAndIn29DaysOnThe15th) {
  EXPECT_EQ(ParseDay("2023-02")->Placed(), Day("2023-02-14"));
  EXPECT_EQ(ParseDay("2024-02")->Placed(), Day("2024-02-15"));
}

TEST(DatesTest, YearIsPlacedOn2JulyAndInALeapYearOn1July) {
  EXPECT_EQ(ParseDay("2023")->Placed(), Day("2023-07-02"));
  EXPECT_EQ(ParseDay("2024")->Placed(), Day("2024-07-01"));
}

TEST(DatesTest, PlacingRoundsDownBefore1970) {
  EXPECT_EQ(ParseDay("1969-12")->Placed(), Day("1969-12-16"));
  EXPECT_EQ(ParseDay("1969")->Placed(), Day("1969-07-02"));
}

// Trap 15: several readings.
TEST(DatesTest, AmbiguousFormFailsWithHint) {
  EXPECT_THAT(ParseDay("12-09-1994"), StatusIs(kInvalid, HasSubstr("two readings")));
}

TEST(DatesTest, PlaceholderFails) { EXPECT_THAT(ParseDay("YYYY-MM-DD"), StatusIs(kInvalid)); }
TEST(DatesTest, TimestampFails) { EXPECT_THAT(ParseDay("2024-03-05T10:00"), StatusIs(kInvalid)); }
TEST(DatesTest, SpaceAroundFails) { EXPECT_THAT(ParseDay(" 2024"), StatusIs(kInvalid)); }
TEST(DatesTest, EmptyFails) { EXPECT_THAT(ParseDay(""), StatusIs(kInvalid)); }
TEST(DatesTest, SlashFails) { EXPECT_THAT(ParseDay("2024/03/05"), StatusIs(kInvalid)); }
TEST(DatesTest, Month13Fails) { EXPECT_THAT(ParseDay("2024-13"), StatusIs(kInvalid)); }
TEST(DatesTest, Day30OfFebruaryFails) { EXPECT_THAT(ParseDay("2024-02-30"), StatusIs(kInvalid)); }
TEST(DatesTest, Day29OfFebruaryOutsideLeapYearFails) {
  EXPECT_THAT(ParseDay("2023-02-29"), StatusIs(kInvalid));
}
TEST(DatesTest, YearBefore1800Fails) { EXPECT_THAT(ParseDay("1799-12-31"), StatusIs(kInvalid)); }

TEST(DatesTest, PrintReadsBack) {
  EXPECT_EQ(PrintDay(*ParseDay("2024-02-29")), "2024-02-29");
  EXPECT_EQ(PrintDay(*ParseDay("2024-02")), "2024-02");
  EXPECT_EQ(PrintDay(*ParseDay("2024")), "2024");
}

TEST(DatesTest, SentinelDaysAreKnown) {
  EXPECT_TRUE(IsSentinelDay(*ParseDay("1800-01-01")));
  EXPECT_TRUE(IsSentinelDay(*ParseDay("1900-01-01")));
  EXPECT_TRUE(IsSentinelDay(*ParseDay("1970-01-01")));
  EXPECT_TRUE(IsSentinelDay(*ParseDay("9999-12-31")));
  EXPECT_FALSE(IsSentinelDay(*ParseDay("1970-01-02")));
  EXPECT_FALSE(IsSentinelDay(*ParseDay("1970")));
}

TEST(DatesTest, LatestDayIsThatOfTheFirstTimeZone) {
  // 2026-07-01T00:00Z is 14:00 on the same day at UTC+14; ten hours later it is the next day there.
  EXPECT_EQ(LatestDay(absl::FromUnixSeconds(1782864000)), Day("2026-07-01"));
  EXPECT_EQ(LatestDay(absl::FromUnixSeconds(1782864000 + 10 * 3600)), Day("2026-07-02"));
}

TEST(DatesTest, WholeYearsTurnOnTheBirthday) {
  const DayInterval birth = *ParseDay("1980-05-17");
  EXPECT_EQ(WholeYears(birth, Day("2020-05-16")), 39);
  EXPECT_EQ(WholeYears(birth, Day("2020-05-17")), 40);
  EXPECT_EQ(WholeYears(birth, Day("1979-01-01")), -2);
}

TEST(DatesTest, WholeYearsOfABirthOn29FebruaryTurnOn1March) {
  const DayInterval birth = *ParseDay("2000-02-29");
  EXPECT_EQ(WholeYears(birth, Day("2021-02-28")), 20);
  EXPECT_EQ(WholeYears(birth, Day("2021-03-01")), 21);
}

}  // namespace
}  // namespace perdura::registry_node
