#include "base/failpoint.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace perdura::base {
namespace {

// Each case runs in a child of its own: the variable is read once for each process.
void PassTwice(const char* variable) {
  ::setenv("PERDURA_FAILPOINT", variable, 1);
  PERDURA_FAILPOINT("other");
  PERDURA_FAILPOINT("here");
  PERDURA_FAILPOINT("here");
  std::_Exit(3);
}

class FailpointDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "fast"; }
};

#if defined(PERDURA_FAILPOINTS)
TEST_F(FailpointDeathTest, FirstPassKills) {
  EXPECT_EXIT(PassTwice("here"), ::testing::KilledBySignal(SIGKILL), "");
}
TEST_F(FailpointDeathTest, SecondPassKillsWhereTwoAreCounted) {
  EXPECT_EXIT(PassTwice("here:2"), ::testing::KilledBySignal(SIGKILL), "");
}
TEST_F(FailpointDeathTest, BrokenCountEndsTheProcess) {
  EXPECT_EXIT(PassTwice("here:0"), ::testing::KilledBySignal(SIGABRT), "check.failed");
}
#endif
TEST_F(FailpointDeathTest, ThirdPassNeverComes) {
  EXPECT_EXIT(PassTwice("here:3"), ::testing::ExitedWithCode(3), "");
}
TEST_F(FailpointDeathTest, OtherNameDoesNothing) {
  EXPECT_EXIT(PassTwice("elsewhere"), ::testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace perdura::base
