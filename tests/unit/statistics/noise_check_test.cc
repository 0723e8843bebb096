// False-alarm rates and power of the checks of known noise, on seeded draws. A pass of these tests
// shows that the checks see the faults listed here, no others.

#include "statistics/noise_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace perdura::statistics {
namespace {

constexpr int kRows = 17;
constexpr int kRounds = 40;
constexpr double kFalseAlarm = 0.001;

using Generator = std::mt19937_64;
// The residual of one row of one round.
using Draw = std::function<double(Generator&, int row)>;

double Normal(Generator& generator) { return std::normal_distribution<>()(generator); }

NoiseReport ReportOf(uint64_t seed, const Draw& draw, double false_alarm = kFalseAlarm,
                     int rounds = kRounds) {
  Generator generator(seed);
  std::vector<double> residuals;
  for (int i = 0; i < rounds * kRows; ++i) residuals.push_back(draw(generator, i % kRows));
  const auto report = CheckNoise(residuals, kRows, false_alarm);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : NoiseReport();
}

// How many of `runs` runs fail a check; of any name where `name` is empty.
int Failures(int runs, const Draw& draw, const std::string& name = "",
             double false_alarm = kFalseAlarm, int rounds = kRounds) {
  int failures = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    const NoiseReport report = ReportOf(static_cast<uint64_t>(seed), draw, false_alarm, rounds);
    bool failed = false;
    for (const NoiseCheck& check : report.checks) {
      failed |= !check.passes && (name.empty() || check.name == name);
    }
    failures += failed ? 1 : 0;
  }
  return failures;
}

Draw Scaled(double deviation) {
  return [deviation](Generator& generator, int) { return deviation * Normal(generator); };
}

// 2,000 runs at 1 in 20: 100 failures expected, sd below 10.
TEST(NoiseCheckTest, TrueLawFailsAsOftenAsStated) {
  const int failures = Failures(2000, Scaled(1), "", 0.05);
  EXPECT_GT(failures, 55);
  EXPECT_LT(failures, 145);
}

// Each check has its own third: 33 expected, sd below 6.
TEST(NoiseCheckTest, EachCheckTakesItsShareOfTheFalseAlarms) {
  for (const char* name : {"mean", "variance", "law"}) {
    const int failures = Failures(2000, Scaled(1), name, 0.05);
    EXPECT_GT(failures, 10) << name;
    EXPECT_LT(failures, 62) << name;
  }
}

TEST(NoiseCheckTest, HalfTheDeviationIsAlwaysSeen) {
  EXPECT_EQ(Failures(200, Scaled(0.5), "variance"), 200);
}
TEST(NoiseCheckTest, HalfTheDeviationIsSeenInThreeRounds) {
  EXPECT_EQ(Failures(200, Scaled(0.5), "variance", kFalseAlarm, 3), 200);
}
TEST(NoiseCheckTest, TwiceTheDeviationIsAlwaysSeen) {
  EXPECT_EQ(Failures(200, Scaled(2), "variance"), 200);
}
// Two of three dealers: power above 0.999.
TEST(NoiseCheckTest, MissingDealerIsSeen) {
  EXPECT_GE(Failures(200, Scaled(std::sqrt(2.0 / 3)), "variance"), 199);
}
// Variance (1 + 1 + 1/4) / 3: power 0.93 at 40 rounds.
TEST(NoiseCheckTest, OneOfThreeDealersAtHalfItsDeviationIsMostlySeen) {
  EXPECT_GE(Failures(300, Scaled(std::sqrt(0.75)), "variance"), 250);
}
// A dealer that is off by 0.3 of the release's deviation on every row: power 0.97.
TEST(NoiseCheckTest, BiasedDealerIsSeen) {
  const Draw biased = [](Generator& generator, int) { return Normal(generator) + 0.3; };
  EXPECT_GE(Failures(200, biased, "mean"), 185);
}
// By 1.5 on one row only: power above 0.999.
TEST(NoiseCheckTest, BiasOnOneRowIsSeen) {
  const Draw biased = [](Generator& generator, int row) {
    return Normal(generator) + (row == 3 ? 1.5 : 0);
  };
  EXPECT_GE(Failures(200, biased, "mean"), 199);
}
TEST(NoiseCheckTest, RepeatedNoiseIsSeen) {
  const Draw repeated = [](Generator&, int row) {
    Generator same(static_cast<uint64_t>(row));
    return Normal(same);
  };
  EXPECT_EQ(Failures(1, repeated, "mean"), 1);
}
// Mean and variance are right: only the law tells. Uniform on +-sqrt(3).
TEST(NoiseCheckTest, AnotherLawOfTheSameVarianceIsSeen) {
  const Draw uniform = [](Generator& generator, int) {
    return std::uniform_real_distribution<>(-std::sqrt(3.0), std::sqrt(3.0))(generator);
  };
  EXPECT_GE(Failures(200, uniform, "law"), 199);
  EXPECT_LE(Failures(200, uniform, "mean"), 2);
}
TEST(NoiseCheckTest, NoNoiseAtAllFails) {
  const Draw zero = [](Generator&, int) { return 0.0; };
  EXPECT_EQ(Failures(1, zero, "variance"), 1);
  EXPECT_EQ(Failures(1, zero, "law"), 1);
}

TEST(NoiseCheckTest, VarianceRatioIsThatOfTheSquares) {
  const std::vector<double> residuals(60, 2.0);
  ASSERT_OK_AND_ASSIGN(const NoiseReport report, CheckNoise(residuals, 6, kFalseAlarm));
  EXPECT_EQ(report.variance_ratio, 4);
  EXPECT_EQ(report.rounds, 10);
  // Six rows, each 10 x 2^2.
  EXPECT_EQ(report.checks[0].statistic, 240);
  EXPECT_EQ(report.checks[2].degrees, 5);
}

TEST(NoiseCheckTest, RowsThatDoNotDivideAreRefused) {
  EXPECT_FALSE(CheckNoise(std::vector<double>(60, 0.0), 7, kFalseAlarm).ok());
  EXPECT_FALSE(CheckNoise(std::vector<double>(60, 0.0), 0, kFalseAlarm).ok());
}
TEST(NoiseCheckTest, TooFewResidualsAreRefused) {
  EXPECT_FALSE(CheckNoise(std::vector<double>(48, 0.0), 6, kFalseAlarm).ok());
  EXPECT_FALSE(CheckNoise(std::vector<double>(60, 0.0), 60, kFalseAlarm).ok());
}
TEST(NoiseCheckTest, ResidualThatIsNoNumberIsRefused) {
  std::vector<double> residuals(60, 0.0);
  residuals[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(CheckNoise(residuals, 6, kFalseAlarm).ok());
}
TEST(NoiseCheckTest, FalseAlarmOutsideItsRangeIsRefused) {
  const std::vector<double> residuals(60, 0.0);
  EXPECT_FALSE(CheckNoise(residuals, 6, 0).ok());
  EXPECT_FALSE(CheckNoise(residuals, 6, 0.5).ok());
}

// The number that ResidualsToSee gives, tried: power 0.95, so 285 of 300 are expected, sd below 4.
TEST(ResidualsToSeeTest, NumberIsEnoughForTheStatedPower) {
  ASSERT_OK_AND_ASSIGN(const int needed, ResidualsToSee(2.0 / 3, kFalseAlarm, 0.95));
  const int rounds = (needed + kRows - 1) / kRows;
  const int seen = Failures(300, Scaled(std::sqrt(2.0 / 3)), "variance", kFalseAlarm, rounds);
  EXPECT_GE(seen, 270);
  const int half = Failures(300, Scaled(std::sqrt(2.0 / 3)), "variance", kFalseAlarm, rounds / 2);
  EXPECT_LT(half, 200);
}
// By R: the least n with pchisq(qchisq(0.001 / 6, n) / ratio, n) >= 0.95.
TEST(ResidualsToSeeTest, WorkedNumbers) {
  EXPECT_EQ(ResidualsToSee(2.0 / 3, 0.001, 0.95).value_or(0), 352);
  EXPECT_EQ(ResidualsToSee(0.75, 0.001, 0.95).value_or(0), 687);
}
TEST(ResidualsToSeeTest, ValuesOutsideTheirRangesAreRefused) {
  EXPECT_FALSE(ResidualsToSee(1, 0.001, 0.95).ok());
  EXPECT_FALSE(ResidualsToSee(0, 0.001, 0.95).ok());
  EXPECT_FALSE(ResidualsToSee(0.5, 0, 0.95).ok());
  EXPECT_FALSE(ResidualsToSee(0.5, 0.001, 1).ok());
}

}  // namespace
}  // namespace perdura::statistics
