#include "registry-node/steward/share_sum.h"

#include <gtest/gtest.h>

#include <string>

namespace perdura::registry_node {
namespace {

using crypto::Field64;

// Each sender holds another power of two, so that a sum tells who is in it.
class SumSharesTest : public ::testing::Test {
 protected:
  SumSharesTest() {
    Hold(v1::CONTRIBUTION_ROLE_NODE, "alfred", 1);
    Hold(v1::CONTRIBUTION_ROLE_NODE, "hahnemann", 2);
    Hold(v1::CONTRIBUTION_ROLE_NODE, "ohio", 4);
    Hold(v1::CONTRIBUTION_ROLE_DEALER, "alfred", 8);
    Hold(v1::CONTRIBUTION_ROLE_DEALER, "ohio", 16);
    Hold(v1::CONTRIBUTION_ROLE_DEALER, "st-vincent", 32);
  }
  // Two rows and the uniform element, which is never summed.
  void Hold(v1::ContributionRole role, const std::string& member, int64_t value) {
    shares_[{role, member}] = {Field64::FromSigned(value), Field64::FromSigned(64 * value),
                               Field64::FromSigned(-1)};
  }

  HeldShares shares_;
  v1::Commit commit_;
};

TEST_F(SumSharesTest, HoldsTheContributorsAndDealersOfTheCommitAndNobodyElse) {
  commit_.add_contributors()->set_member("alfred");
  commit_.add_contributors()->set_member("ohio");
  commit_.add_dealers()->set_member("ohio");
  commit_.add_dealers()->set_member("st-vincent");
  const crypto::FieldVector sum = SumShares(shares_, commit_, 2);
  ASSERT_EQ(sum.size(), 2u);
  EXPECT_EQ(sum[0].Lift(), 1 + 4 + 16 + 32);
  EXPECT_EQ(sum[1].Lift(), 64 * (1 + 4 + 16 + 32));
}

TEST_F(SumSharesTest, OfAnEmptyCommitIsZero) {
  EXPECT_EQ(SumShares(shares_, commit_, 1)[0].Lift(), 0);
}

}  // namespace
}  // namespace perdura::registry_node
