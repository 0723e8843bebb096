#include "tests/statistical/timing/two_classes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace perdura::timing {
namespace {

TEST(TwoClassesTest, WelchTOfAWorkedPair) {
  // Means 2 and 5, variances 1 and 4 over 3 values each: -3 / sqrt(5 / 3).
  EXPECT_NEAR(WelchT(std::vector<double>{1, 2, 3}, std::vector<double>{3, 5, 7}),
              -3 / std::sqrt(5.0 / 3), 1e-12);
}

TEST(TwoClassesTest, EqualConstantsAreNotToldApart) {
  const std::vector<double> same(1000, 0.1);
  EXPECT_EQ(WelchT(same, same), 0);
}

TEST(TwoClassesTest, DifferentConstantsAreToldApartForSure) {
  const double t = WelchT(std::vector<double>{2, 2}, std::vector<double>{1, 1});
  EXPECT_TRUE(std::isinf(t));
  EXPECT_GT(t, 0);
}

TEST(TwoClassesTest, AucCountsTiesHalfAndTakesTheBetterDirection) {
  // Of nine pairs the second is larger in 1, equal in 3: 2.5 of 9, so 6.5 the other way.
  EXPECT_NEAR(Auc({{1, 2, 3}, {1, 1, 2}}), 6.5 / 9, 1e-12);
  EXPECT_EQ(Auc({{1, 1}, {1, 1}}), 0.5);
  EXPECT_EQ(Auc({{1, 2}, {3, 4}}), 1);
}

// A few interrupts hide a shift from the mean, not from the cropped one.
TEST(TwoClassesTest, CroppingFindsAShiftUnderInterrupts) {
  TwoClasses samples;
  for (int i = 0; i < 1000; ++i) {
    samples.Add(false, i % 10);
    samples.Add(true, i % 10 + 1);
  }
  samples.Add(false, 1e6);
  samples.Add(true, 9e6);
  EXPECT_LT(std::abs(WelchT(samples.first, samples.second)), kLeakT);
  EXPECT_GT(LargestT(samples), kLeakT);
}

}  // namespace
}  // namespace perdura::timing
