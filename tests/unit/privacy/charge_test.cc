#include "privacy/charge.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

TEST(ChargeTest, CreateFailsIfZero) {
  EXPECT_THAT(Charge::Create(0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("units")));
}

TEST(ChargeTest, CreateKeepsUnits) {
  ASSERT_OK_AND_ASSIGN(const Charge charge, Charge::Create(26779672616));
  EXPECT_EQ(charge.units(), 26779672616u);
}

TEST(ChargeTest, PlusAddsUnits) {
  ASSERT_OK_AND_ASSIGN(const Charge a, Charge::Create(3));
  ASSERT_OK_AND_ASSIGN(const Charge b, Charge::Create(4));
  ASSERT_OK_AND_ASSIGN(const Charge sum, a.Plus(b));
  EXPECT_EQ(sum.units(), 7u);
}

TEST(ChargeTest, PlusReachesTheLargestUnits) {
  ASSERT_OK_AND_ASSIGN(const Charge one, Charge::Create(1));
  ASSERT_OK_AND_ASSIGN(const Charge rest, Charge::Create(std::numeric_limits<uint64_t>::max() - 1));
  ASSERT_OK_AND_ASSIGN(const Charge sum, rest.Plus(one));
  EXPECT_EQ(sum.units(), std::numeric_limits<uint64_t>::max());
}

TEST(ChargeTest, PlusFailsInsteadOfWrapping) {
  ASSERT_OK_AND_ASSIGN(const Charge one, Charge::Create(1));
  ASSERT_OK_AND_ASSIGN(const Charge most, Charge::Create(std::numeric_limits<uint64_t>::max()));
  EXPECT_THAT(most.Plus(one), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(one.Plus(most), StatusIs(absl::StatusCode::kOutOfRange));
}

// Ten tenths of a cap fit it exactly; the sum of floating-point tenths would not.
TEST(ChargeTest, TenTenthsAreTheWhole) {
  ASSERT_OK_AND_ASSIGN(const Charge tenth, Charge::Create(2677967261));
  Charge sum = tenth;
  for (int i = 1; i < 10; ++i) {
    ASSERT_OK_AND_ASSIGN(sum, sum.Plus(tenth));
  }
  EXPECT_EQ(sum.units(), 26779672610u);
}

TEST(ChargeTest, ComparesByUnits) {
  ASSERT_OK_AND_ASSIGN(const Charge small, Charge::Create(1));
  ASSERT_OK_AND_ASSIGN(const Charge large, Charge::Create(2));
  EXPECT_LT(small, large);
  EXPECT_EQ(small, small);
  EXPECT_NE(small, large);
}

}  // namespace
}  // namespace perdura::privacy
