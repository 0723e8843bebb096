#include "query/preview_year.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/status_matchers.h"
#include "tests/unit/query_preview/preview_charter.h"

namespace perdura::query {
namespace {

// The year's budget of privacy.md 7: cap (2, 1e-6), g15, phi = 1.5, S(60); the strategy that fits
// each cohort best.
TEST(PlanYearTest, DefaultReleasesAreThoseOfTheDesign) {
  const auto charter =
      LoadPreviewCharter({.cap_units = kRhoOfTwo, .flagship_cap_units = 2 * kEpsilonOne});
  ASSERT_OK_AND_ASSIGN(
      const YearPlan year,
      PlanYear(PreviewedPlan(*charter, v1::COMPARTMENT_ADHOC, 1000, "g15@1"), *charter));
  EXPECT_EQ(year.period, "2026");
  EXPECT_EQ(year.horizon_months, 60);
  EXPECT_EQ(year.adhoc_cap_units, kRhoOfTwo);
  EXPECT_EQ(year.flagship_cap_units, 2 * kEpsilonOne);
  struct Row {
    double patients, half, three_quarters;
  };
  const Row rows[] = {{100, 1.3, 3.8}, {300, 3.8, 11},  {1000, 12.5, 38},
                      {100, 0.4, 1.3}, {300, 1.3, 3.9}, {1000, 4.4, 13}};
  ASSERT_EQ(year.rows.size(), std::size(rows));
  for (size_t i = 0; i < std::size(rows); ++i) {
    EXPECT_EQ(year.rows[i].patients, rows[i].patients);
    // The design reckons with kappa to two decimals, and prints whole numbers from 11 on.
    EXPECT_NEAR(year.rows[i].default_half, rows[i].half, std::max(0.05, 0.01 * rows[i].half)) << i;
    EXPECT_NEAR(year.rows[i].default_three_quarters, rows[i].three_quarters,
                rows[i].three_quarters < 10 ? 0.05 : 0.5)
        << i;
  }
}

// Cohort guidance of privacy.md 7: at share 1/2 CART needs level 1 from 78 patients on, 1/2 from
// 330 on; GENE 1 from 270 on, 2 from 53 on.
TEST(PlanYearTest, FlagshipReleasesFollowTheGuidance) {
  const auto charter =
      LoadPreviewCharter({.cap_units = kRhoOfTwo, .flagship_cap_units = 2 * kEpsilonOne});
  ASSERT_OK_AND_ASSIGN(
      const YearPlan year,
      PlanYear(PreviewedPlan(*charter, v1::COMPARTMENT_FLAGSHIP, kEpsilonOne, "g15@1"), *charter));
  EXPECT_EQ(year.rows[0].flagship_half, 2u);  // 100 patients: level 1
  EXPECT_EQ(year.rows[1].flagship_half, 2u);  // 300: 3/4
  EXPECT_GE(year.rows[2].flagship_half, 4u);  // 1000: 1/2 or less
  EXPECT_EQ(year.rows[3].flagship_half, 1u);  // 100: 2 or 3/2
  EXPECT_EQ(year.rows[4].flagship_half, 2u);  // 300: 1
  for (const YearRow& row : year.rows) {
    EXPECT_GE(row.flagship_three_quarters, row.flagship_half);
    EXPECT_GT(row.default_three_quarters, row.default_half);
  }
}

TEST(PlanYearTest, TwoNodesPerPatientLeaveAQuarterOfTheReleases) {
  const auto once = LoadPreviewCharter({});
  const auto twice = LoadPreviewCharter({.nodes_per_patient = 2});
  ASSERT_OK_AND_ASSIGN(const YearPlan one,
                       PlanYear(PreviewedPlan(*once, v1::COMPARTMENT_ADHOC, 0, "g8@1"), *once));
  ASSERT_OK_AND_ASSIGN(const YearPlan two,
                       PlanYear(PreviewedPlan(*twice, v1::COMPARTMENT_ADHOC, 0, "g8@1"), *twice));
  EXPECT_NEAR(one.rows[0].default_half / two.rows[0].default_half, 4, 1e-9);
}

TEST(PlanYearTest, WithoutAFlagshipBudgetThereAreNoReleases) {
  const auto charter = LoadPreviewCharter({});
  ASSERT_OK_AND_ASSIGN(
      const YearPlan year,
      PlanYear(PreviewedPlan(*charter, v1::COMPARTMENT_ADHOC, 0, "g8@1"), *charter));
  EXPECT_EQ(year.flagship_cap_units, 0u);
  for (const YearRow& row : year.rows) {
    EXPECT_EQ(row.flagship_half, 0u);
    EXPECT_GT(row.default_half, 0);
  }
}

}  // namespace
}  // namespace perdura::query
