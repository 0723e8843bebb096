#include "crypto/quorum.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::StatusIs;
using ::testing::HasSubstr;

constexpr auto kRefusedCommittee = absl::StatusCode::kInvalidArgument;

void ExpectQuorum(int s, int t, int f, int q, int h) {
  ASSERT_OK_AND_ASSIGN(const Quorum quorum, Quorum::Create(s, t));
  EXPECT_EQ(quorum.s, s);
  EXPECT_EQ(quorum.t, t);
  EXPECT_EQ(quorum.f, f);
  EXPECT_EQ(quorum.q, q);
  EXPECT_EQ(quorum.h, h);
}

// dp_golden.csv, rows committee.
TEST(QuorumTest, GoldenTwoOfTwo) { ExpectQuorum(2, 2, 1, 2, 1); }
TEST(QuorumTest, GoldenTwoOfThree) { ExpectQuorum(3, 2, 1, 3, 2); }
TEST(QuorumTest, GoldenTwoOfFour) { ExpectQuorum(4, 2, 1, 3, 2); }
TEST(QuorumTest, GoldenThreeOfFive) { ExpectQuorum(5, 3, 2, 4, 2); }
TEST(QuorumTest, GoldenThreeOfSeven) { ExpectQuorum(7, 3, 2, 5, 3); }

TEST(QuorumTest, TwoQuorumsAlwaysShareAnHonestSteward) {
  for (int s = 2; s <= 15; ++s) {
    for (int t = 2; t <= s; ++t) {
      ASSERT_OK_AND_ASSIGN(const Quorum quorum, Quorum::Create(s, t));
      EXPECT_GT(2 * quorum.q - s, quorum.f) << s << " " << t;
      EXPECT_LE(quorum.q, s) << s << " " << t;
      EXPECT_GE(quorum.h, 1) << s << " " << t;
    }
  }
}
TEST(QuorumTest, CreateFailsIfThresholdIsOne) {
  EXPECT_THAT(Quorum::Create(3, 1), StatusIs(kRefusedCommittee, HasSubstr("t must")));
}
TEST(QuorumTest, CreateFailsIfThresholdIsAboveStewards) {
  EXPECT_THAT(Quorum::Create(3, 4), StatusIs(kRefusedCommittee, HasSubstr("t must")));
}
TEST(QuorumTest, CreateFailsIfStewardsAreFewOrMany) {
  EXPECT_THAT(Quorum::Create(1, 1), StatusIs(kRefusedCommittee, HasSubstr("s must")));
  EXPECT_THAT(Quorum::Create(16, 2), StatusIs(kRefusedCommittee, HasSubstr("s must")));
}

}  // namespace
}  // namespace perdura::crypto
