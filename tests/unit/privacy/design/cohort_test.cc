#include "privacy/design/cohort.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::privacy_design {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

TEST(CohortTest, CurativeLevelsOffAtOneHalf) {
  EXPECT_DOUBLE_EQ(CurativePrior().Survival(0), 1);
  EXPECT_DOUBLE_EQ(CurativePrior().Survival(12), 0.75);
  EXPECT_NEAR(CurativePrior().Survival(1200), 0.5, 1e-12);
}

TEST(CohortTest, DurableIsFourFifthsAtFiveYears) {
  EXPECT_NEAR(DurablePrior().Survival(60), 0.8, 1e-12);
  EXPECT_NEAR(DurablePrior().FollowUp(60), std::exp(-0.3), 1e-12);
}

TEST(CohortTest, CartHasMedianSixMonthsInTheUncured) {
  EXPECT_NEAR(CartCohort().Survival(6), 0.4 + 0.3, 1e-12);
  EXPECT_NEAR(CartCohort().FollowUp(10), std::exp(-0.085), 1e-12);
}

TEST(CohortTest, GeneHasItsFiveYearSurvival) {
  EXPECT_NEAR(GeneCohort().Survival(60), 0.85, 1e-12);
}

TEST(CohortTest, ShippedCohortsPassTheCheck) {
  for (const Cohort& cohort : {CurativePrior(), DurablePrior(), CartCohort(), GeneCohort()}) {
    EXPECT_THAT(CheckCohort(cohort), IsOk());
  }
}

TEST(CohortTest, CheckFailsIfAllAreCured) {
  EXPECT_THAT(CheckCohort({.cured = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cured")));
}

TEST(CohortTest, CheckFailsIfHazardIsNegative) {
  EXPECT_THAT(CheckCohort({.hazard = -0.1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hazard")));
}

TEST(CohortTest, CheckFailsIfDropoutIsNotANumber) {
  EXPECT_THAT(CheckCohort({.dropout = std::numeric_limits<double>::quiet_NaN()}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dropout")));
}

}  // namespace
}  // namespace perdura::privacy_design
