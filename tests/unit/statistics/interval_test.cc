#include "statistics/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::statistics {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

TEST(NormalQuantileTest, KnownLevels) {
  EXPECT_NEAR(*NormalQuantile(0.95), 1.959963984540054, 1e-12);
  EXPECT_NEAR(*NormalQuantile(0.9), 1.6448536269514722, 1e-12);
}

TEST(NormalQuantileTest, FailsOutsideTheUnitInterval) {
  for (const double level : {0.0, 1.0, -0.5, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(NormalQuantile(level),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("level")));
  }
}

TEST(ExactIntervalTest, NoneAtZero) {
  EXPECT_FALSE(ExactInterval(0, 0, 1.96, IntervalType::kLog).has_value());
  EXPECT_FALSE(ExactInterval(0, 0, 1.96, IntervalType::kLogLog).has_value());
  EXPECT_FALSE(ExactInterval(0, 0, 1.96, IntervalType::kPlain).has_value());
}

TEST(ExactIntervalTest, AtOneOnlyTheLogLogScaleFails) {
  EXPECT_FALSE(ExactInterval(1, 0, 1.96, IntervalType::kLogLog).has_value());
  EXPECT_EQ(ExactInterval(1, 0, 1.96, IntervalType::kLog)->lower, 1);
  EXPECT_EQ(ExactInterval(1, 0, 1.96, IntervalType::kPlain)->upper, 1);
}

TEST(ExactIntervalTest, UpperLimitsAreCutAtOne) {
  EXPECT_EQ(ExactInterval(0.95, 0.1, 1.96, IntervalType::kLog)->upper, 1);
  EXPECT_EQ(ExactInterval(0.95, 0.1, 1.96, IntervalType::kPlain)->upper, 1);
  EXPECT_LT(ExactInterval(0.95, 0.1, 1.96, IntervalType::kLogLog)->upper, 1);
}

TEST(NoisedIntervalTest, IsLogLogForASmallError) {
  const Interval noised = NoisedInterval(0.6, 0.04, 1.96, 0.01);
  const Interval exact = *ExactInterval(0.6, 0.04, 1.96, IntervalType::kLogLog);
  EXPECT_DOUBLE_EQ(noised.lower, exact.lower);
  EXPECT_DOUBLE_EQ(noised.upper, exact.upper);
}

TEST(NoisedIntervalTest, IsPlainBeyondAScaledErrorOf035) {
  // x |ln x| at 0.99 is 0.00995: an error of 0.02 is 2.0 on the log(-log) scale.
  const Interval noised = NoisedInterval(0.99, 0.02, 1.96, 0.001);
  EXPECT_DOUBLE_EQ(noised.lower, 0.99 - 1.96 * 0.02);
  EXPECT_EQ(noised.upper, 1);
}

TEST(NoisedIntervalTest, HasLimitsAtZeroAndOne) {
  const Interval at_one = NoisedInterval(1, 0.02, 1.96, 0.005);
  EXPECT_LT(at_one.lower, 1);
  EXPECT_EQ(at_one.upper, 1);
  const Interval at_zero = NoisedInterval(0, 0.02, 1.96, 0.005);
  EXPECT_EQ(at_zero.lower, 0);
  EXPECT_GT(at_zero.upper, 0);
}

}  // namespace
}  // namespace perdura::statistics
