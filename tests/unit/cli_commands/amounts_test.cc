#include "cli/commands/amounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr uint64_t kEpsilonOne = uint64_t{1} << 40;

TEST(AmountsTest, EachCompartmentHasItsCurrency) {
  EXPECT_EQ(ShowUnits(v1::COMPARTMENT_ADHOC, 96'924'905'894),
            "rho 0.08815 (epsilon 2.00 at delta 1e-6)");
  EXPECT_EQ(ShowUnits(v1::COMPARTMENT_FLAGSHIP, kEpsilonOne / 8), "epsilon 0.125 (pure)");
  EXPECT_EQ(ShowUnits(v1::COMPARTMENT_FLAGSHIP, 0), "nothing");
}

TEST(AmountsTest, PlanTellsTheCurrencyOfItsCharge) {
  EXPECT_EQ(ShowUnitsOfPlan("perdura-plan/1 charge=flagship:1099511627776 cohort=all", kEpsilonOne),
            "epsilon 1 (pure)");
  EXPECT_EQ(ShowUnitsOfPlan("perdura-plan/1 charge=adhoc:96924905894 cohort=all", 96'924'905'894),
            "rho 0.08815 (epsilon 2.00 at delta 1e-6)");
}

TEST(AmountsTest, EpsilonIsANumberOrAFraction) {
  EXPECT_THAT(ParseEpsilon("1"), IsOkAndHolds(kEpsilonOne));
  EXPECT_THAT(ParseEpsilon("3/2"), IsOkAndHolds(3 * kEpsilonOne / 2));
  EXPECT_THAT(ParseEpsilon("0.125"), IsOkAndHolds(kEpsilonOne / 8));
}

TEST(AmountsTest, EpsilonsAreShownAsTheyAreRead) {
  EXPECT_EQ(ShowEpsilons({3 * kEpsilonOne / 8, kEpsilonOne, 9 * kEpsilonOne / 2}), "0.375, 1, 4.5");
  EXPECT_THAT(ParseEpsilon("0.375"), IsOkAndHolds(3 * kEpsilonOne / 8));
}

// Neither rounded nor read in part.
TEST(AmountsTest, EpsilonThatIsNoNumberOfEighthsIsRefused) {
  for (const char* text : {"0.1", "1/3", "0", "-1", "1/0", "nan", "inf", "", "1/", "rho(1)"}) {
    EXPECT_THAT(ParseEpsilon(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--epsilon")))
        << text;
  }
}

}  // namespace
}  // namespace perdura::cli
