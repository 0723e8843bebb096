#include "cli/charter/stated_amount.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr auto kMalformed = absl::StatusCode::kInvalidArgument;

// Caps of dp_golden.csv; a charge of the same amount is one unit more, since no amount is whole.
TEST(StatedAmountTest, CapIsRoundedDown) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1e-6)", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(26779672616u));
  EXPECT_THAT(UnitsOfStated("rho(2, 1e-6)", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(96924905893u));
  EXPECT_THAT(UnitsOfStated("rho(5, 1e-6)", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(509145341073u));
}

TEST(StatedAmountTest, ChargeIsRoundedUp) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1e-6)", Rounding::kUp, Currency::kRho),
              IsOkAndHolds(26779672617u));
}

TEST(StatedAmountTest, RhoItself) {
  EXPECT_THAT(UnitsOfStated("rho(0.5)", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(uint64_t{1} << 39));
}

TEST(StatedAmountTest, UnitsThemselves) {
  EXPECT_THAT(UnitsOfStated("units(26779672616)", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(26779672616u));
}

TEST(StatedAmountTest, SpacesDoNotMatter) {
  EXPECT_THAT(UnitsOfStated(" rho(1,1e-6) ", Rounding::kDown, Currency::kRho),
              IsOkAndHolds(26779672616u));
}

TEST(StatedAmountTest, RefusesAnotherWord) {
  EXPECT_THAT(UnitsOfStated("epsilon(1)", Rounding::kDown, Currency::kRho),
              StatusIs(kMalformed, HasSubstr("write rho(epsilon, delta)")));
}

TEST(StatedAmountTest, EpsilonItself) {
  EXPECT_THAT(UnitsOfStated("epsilon(2)", Rounding::kDown, Currency::kEpsilon),
              IsOkAndHolds(uint64_t{1} << 41));
  EXPECT_THAT(UnitsOfStated("units(5)", Rounding::kDown, Currency::kEpsilon),
              IsOkAndHolds(uint64_t{5}));
}

// 0.1 2^40 is 109951162777.6.
TEST(StatedAmountTest, EpsilonIsRoundedLikeRho) {
  EXPECT_THAT(UnitsOfStated("epsilon(0.1)", Rounding::kDown, Currency::kEpsilon),
              IsOkAndHolds(uint64_t{109951162777}));
  EXPECT_THAT(UnitsOfStated("epsilon(0.1)", Rounding::kUp, Currency::kEpsilon),
              IsOkAndHolds(uint64_t{109951162778}));
}

TEST(StatedAmountTest, RefusesTheOtherCurrency) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1e-6)", Rounding::kDown, Currency::kEpsilon),
              StatusIs(kMalformed, HasSubstr("write epsilon(value)")));
  EXPECT_THAT(UnitsOfStated("rho(1)", Rounding::kDown, Currency::kEpsilon), StatusIs(kMalformed));
}

TEST(StatedAmountTest, PureEpsilonHasNoDelta) {
  EXPECT_THAT(UnitsOfStated("epsilon(1, 1e-6)", Rounding::kDown, Currency::kEpsilon),
              StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesAMissingBracket) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1e-6", Rounding::kDown, Currency::kRho), StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesThreeNumbers) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1e-6, 2)", Rounding::kDown, Currency::kRho),
              StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesAWordForANumber) {
  EXPECT_THAT(UnitsOfStated("rho(much)", Rounding::kDown, Currency::kRho), StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesNothing) {
  EXPECT_THAT(UnitsOfStated("rho(0)", Rounding::kUp, Currency::kRho), StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesZeroUnits) {
  EXPECT_THAT(UnitsOfStated("units(0)", Rounding::kUp, Currency::kRho), StatusIs(kMalformed));
}

TEST(StatedAmountTest, RefusesADeltaOfOne) {
  EXPECT_THAT(UnitsOfStated("rho(1, 1)", Rounding::kDown, Currency::kRho),
              StatusIs(kMalformed, HasSubstr("delta")));
}

TEST(StatedAmountTest, RefusesNotANumber) {
  EXPECT_THAT(UnitsOfStated("rho(nan)", Rounding::kDown, Currency::kRho), StatusIs(kMalformed));
}

}  // namespace
}  // namespace perdura::cli
