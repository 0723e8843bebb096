#include "base/check.h"

#include <gtest/gtest.h>

namespace perdura::base {
namespace {

TEST(CheckTest, HoldingConditionIsEvaluatedOnce) {
  int calls = 0;
  PERDURA_CHECK(++calls == 1);
  EXPECT_EQ(calls, 1);
}
TEST(CheckDeathTest, BrokenConditionNamesExpressionAndPlaceButNoValue) {
  const int secret = 4711;
  EXPECT_DEATH(PERDURA_CHECK(secret == 0),
               "check.failed.*check_test.cc.*line.*\"expression\":\"secret == 0\"\\}");
}

}  // namespace
}  // namespace perdura::base
