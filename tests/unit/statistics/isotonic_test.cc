#include "statistics/isotonic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perdura::statistics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(IsotonicTest, EmptyStaysEmpty) { EXPECT_THAT(IsotonicIncreasing({}), IsEmpty()); }

TEST(IsotonicTest, AscendingStaysAsItIs) {
  EXPECT_THAT(IsotonicIncreasing({-3, 0, 0, 5}), ElementsAre(-3, 0, 0, 5));
}

TEST(IsotonicTest, AViolationIsAveraged) {
  EXPECT_THAT(IsotonicIncreasing({1, 3, 2, 4}), ElementsAre(1, 2.5, 2.5, 4));
}

TEST(IsotonicTest, PoolsReachBackwards) {
  EXPECT_THAT(IsotonicIncreasing({4, 5, 0, 10}), ElementsAre(3, 3, 3, 10));
}

TEST(IsotonicTest, DescendingBecomesItsMean) {
  EXPECT_THAT(IsotonicIncreasing({3, 2, 1}), ElementsAre(2, 2, 2));
}

}  // namespace
}  // namespace perdura::statistics
