#include "statistics/log_linear.h"

#include <gtest/gtest.h>

#include <cmath>

namespace perdura::statistics {
namespace {

TEST(MeanBetweenTest, IsTheAreaUnderTheExponential) {
  // The integral of 0.8 (0.5/0.8)^x over [0, 1], by the midpoint rule.
  double area = 0;
  const int steps = 100000;
  for (int i = 0; i < steps; ++i) area += 0.8 * std::pow(0.5 / 0.8, (i + 0.5) / steps) / steps;
  EXPECT_NEAR(MeanBetween(0.8, 0.5).value, area, 1e-10);
}

TEST(MeanBetweenTest, OfEqualEndsIsTheEnd) {
  EXPECT_DOUBLE_EQ(MeanBetween(0.7, 0.7).value, 0.7);
  EXPECT_DOUBLE_EQ(MeanBetween(0.7, 0.7).by_a, 0.5);
  EXPECT_DOUBLE_EQ(MeanBetween(0.7, 0.7).by_b, 0.5);
}

TEST(MeanBetweenTest, DerivativesAreThoseOfTheValue) {
  const double h = 1e-6;
  const LogMean mean = MeanBetween(0.8, 0.5);
  EXPECT_NEAR(mean.by_a,
              (MeanBetween(0.8 + h, 0.5).value - MeanBetween(0.8 - h, 0.5).value) / (2 * h), 1e-8);
  EXPECT_NEAR(mean.by_b,
              (MeanBetween(0.8, 0.5 + h).value - MeanBetween(0.8, 0.5 - h).value) / (2 * h), 1e-8);
}

TEST(CurveCrossingTest, IsLogLinearBetweenKnots) {
  // From 0.8 at 12 to 0.4 at 24: ln(0.8 / 0.5) / ln 2 of the way.
  EXPECT_NEAR(*CurveCrossing({12, 24}, {0.8, 0.4}, 0.5), 12 + 12 * std::log(1.6) / std::log(2),
              1e-12);
}

TEST(CurveCrossingTest, InTheFirstBinStartsAtOne) {
  EXPECT_NEAR(*CurveCrossing({12, 24}, {0.25, 0.2}, 0.5), 6, 1e-12);
}

TEST(CurveCrossingTest, AtAKnotIsThatKnot) {
  EXPECT_DOUBLE_EQ(*CurveCrossing({12, 24}, {0.8, 0.5}, 0.5), 24);
}

TEST(CurveCrossingTest, AboveTheLevelIsNotReached) {
  EXPECT_FALSE(CurveCrossing({12, 24}, {0.8, 0.51}, 0.5).has_value());
}

TEST(CurveCrossingTest, ACurveAtZeroIsFloored) {
  const double month = *CurveCrossing({12}, {0}, 0.5);
  EXPECT_NEAR(month, 12 * std::log(2) / std::log(1e4), 1e-12);
}

}  // namespace
}  // namespace perdura::statistics
