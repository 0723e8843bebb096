#include "statistics/simultaneous.h"

#include <gtest/gtest.h>

#include <cmath>

namespace perdura::statistics {
namespace {

TEST(PlainNormalTest, EqualSeedsGiveEqualDraws) {
  PlainNormal first("release 7"), second("release 7"), other("release 8");
  bool differs = false;
  for (int i = 0; i < 10; ++i) {
    const double draw = first.Draw();
    EXPECT_EQ(draw, second.Draw());
    differs |= draw != other.Draw();
  }
  EXPECT_TRUE(differs);
}

TEST(PlainNormalTest, HasMeanZeroAndVarianceOne) {
  PlainNormal normal("seed");
  double sum = 0, squares = 0;
  const int draws = 200000;
  for (int i = 0; i < draws; ++i) {
    const double z = normal.Draw();
    sum += z;
    squares += z * z;
  }
  EXPECT_NEAR(sum / draws, 0, 0.01);  // 4.5 sd
  EXPECT_NEAR(squares / draws, 1, 0.015);
}

TEST(MaxAbsQuantileTest, OfOneComponentIsTheNormalQuantile) {
  const Eigen::MatrixXd variance = Eigen::MatrixXd::Constant(1, 1, 7);
  EXPECT_NEAR(MaxAbsQuantile(variance, 0.95, 100000, "seed"), 1.96, 0.02);
}

TEST(MaxAbsQuantileTest, OfIndependentComponentsIsTheirProduct) {
  // 0.95^(1/10) = 0.99488: two-sided quantile 2.800.
  EXPECT_NEAR(MaxAbsQuantile(Eigen::MatrixXd::Identity(10, 10), 0.95, 100000, "seed"), 2.800, 0.03);
}

TEST(MaxAbsQuantileTest, OfEqualComponentsIsThatOfOne) {
  // Singular: all components move together.
  EXPECT_NEAR(MaxAbsQuantile(Eigen::MatrixXd::Constant(10, 10, 4), 0.95, 100000, "seed"), 1.96,
              0.02);
}

}  // namespace
}  // namespace perdura::statistics
