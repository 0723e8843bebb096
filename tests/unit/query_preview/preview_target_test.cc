// From a wanted width to a price and back.

#include "query/preview_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_replace.h"
#include "privacy/design/precision.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query_preview/preview_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

class ChargeForWidthTest : public ::testing::Test {
 protected:
  ChargeForWidthTest() : charter_(LoadPreviewCharter({.flagship_cap_units = 5 * kEpsilonOne})) {}

  Plan Adhoc(uint64_t units = 0) const {
    return PreviewedPlan(*charter_, v1::COMPARTMENT_ADHOC, units, "g15@1");
  }
  Plan Flagship(uint64_t units = kEpsilonOne) const {
    return PreviewedPlan(*charter_, v1::COMPARTMENT_FLAGSHIP, units, "g15@1");
  }
  absl::StatusOr<TargetCharge> Target(const Plan& plan, double width, double n = 2000) const {
    return ChargeForWidth(plan, *charter_, n, width);
  }
  double Width(const Plan& plan, double n = 2000) const {
    const auto preview = PreviewPlan(plan, *charter_, {.expected_n = n});
    EXPECT_OK(preview);
    return preview->interval_width();
  }

  const std::shared_ptr<const federation::Charter> charter_;
};

TEST_F(ChargeForWidthTest, PriceGivesTheWidthAndOneUnitLessDoesNot) {
  for (const double width : {0.05, 0.06, 0.1, 0.3}) {
    ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(Adhoc(), width));
    ASSERT_TRUE(target.plan.has_value()) << width;
    const uint64_t units = target.plan->charge().units;
    EXPECT_LE(Width(Adhoc(units)), width);
    EXPECT_GT(Width(Adhoc(units - 1)), width);
    EXPECT_EQ(target.plan->text(), Adhoc(units).text());
  }
}

// 1 / (2 rho): width^2 = (2 z)^2 (sampling + phi kappa^2 / (2 rho n^2)), phi = 3/2.
TEST_F(ChargeForWidthTest, PriceFollowsThePreflightFormula) {
  ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(Adhoc(), 0.06));
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       PreviewPlan(Adhoc(), *charter_, {.expected_n = 2000}));
  const auto& last = preview.knots.back();
  const double se = 0.06 / (2 * 1.959963984540054);
  const double noise = se * se - last.sampling_sd * last.sampling_sd;
  const double rho = 1.5 * last.kappa * last.kappa / (2 * noise * 2000.0 * 2000.0);
  EXPECT_NEAR(std::ldexp(static_cast<double>(target.plan->charge().units), -40), rho, 1e-4 * rho);
}

TEST_F(ChargeForWidthTest, ChargeOfTheQuestionDoesNotMatter) {
  ASSERT_OK_AND_ASSIGN(const TargetCharge one, Target(Adhoc(), 0.06));
  ASSERT_OK_AND_ASSIGN(const TargetCharge other, Target(Adhoc(1'000'000'000), 0.06));
  EXPECT_EQ(one.plan->text(), other.plan->text());
}

TEST_F(ChargeForWidthTest, FlagshipGetsTheSmallestLevelOfTheList) {
  // Between the widths of the levels 1/4 and 1/2, and equal to that of 1/2.
  const double quarter = Width(Flagship(kEpsilonOne / 4));
  const double half = Width(Flagship(kEpsilonOne / 2));
  for (const double width : {(quarter + half) / 2, half}) {
    ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(Flagship(), width));
    ASSERT_TRUE(target.plan.has_value());
    EXPECT_EQ(target.plan->charge().units, kEpsilonOne / 2);
  }
}

TEST_F(ChargeForWidthTest, TooFewPatientsAreSaidSo) {
  ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(Adhoc(), 0.05, 300));
  EXPECT_FALSE(target.plan.has_value());
  EXPECT_GT(target.sampling_width, 0.05);
  EXPECT_GE(target.smallest_width, target.sampling_width);
  EXPECT_LT(target.smallest_width, 1.001 * target.sampling_width);
}

// The dearest level of the list still has noise.
TEST_F(ChargeForWidthTest, ListThatEndsTooEarlyIsSaidSo) {
  const double best = Width(Flagship(2 * kEpsilonOne), 100);
  ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(Flagship(), 0.999 * best, 100));
  EXPECT_FALSE(target.plan.has_value());
  EXPECT_DOUBLE_EQ(target.smallest_width, best);
  EXPECT_LT(target.sampling_width, best);
}

TEST_F(ChargeForWidthTest, TablesOfCountsHaveAPriceToo) {
  PlanRequest request;
  request.endpoint = "status-12@1";
  request.cut = "bmt@1";
  request.role = "researcher";
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  ASSERT_OK_AND_ASSIGN(const TargetCharge target, Target(plan, 0.1, 500));
  ASSERT_TRUE(target.plan.has_value());
  EXPECT_LE(Width(*target.plan, 500), 0.1);
}

TEST_F(ChargeForWidthTest, WidthMustLieBetweenNoneAndAll) {
  for (const double width : {0.0, 1.0, -0.1, std::nan("")}) {
    EXPECT_THAT(Target(Adhoc(), width),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("target width")));
  }
}

// ---- what a preview says of its own price ----

TEST_F(ChargeForWidthTest, WidthAndDifferenceByHand) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, PreviewPlan(Adhoc(), *charter_, {.expected_n = 300}));
  const double variance =
      preview.sampling_sd * preview.sampling_sd + preview.noise_sd * preview.noise_sd;
  EXPECT_NEAR(preview.interval_width(), 3.919928 * std::sqrt(variance), 1e-6);
  EXPECT_NEAR(preview.detectable_difference(), 2.801585 * std::sqrt(2 * variance), 1e-6);
  EXPECT_DOUBLE_EQ(preview.noise_sd, preview.knots.back().noise_sd);
}

TEST_F(ChargeForWidthTest, ProportionOfOneHalfIsJudgedInCountTables) {
  PlanRequest request;
  request.endpoint = "status-12@1";
  request.cut = "bmt@1";
  request.role = "researcher";
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  ASSERT_OK_AND_ASSIGN(const Preview preview, PreviewPlan(plan, *charter_, {.expected_n = 400}));
  EXPECT_DOUBLE_EQ(preview.sampling_sd, 0.025);
  // v Q in 256ths of patients: sigma_1 = sqrt(phi / (2 rho)) patients.
  const double rho = std::ldexp(static_cast<double>(preview.price_units), -40);
  EXPECT_NEAR(preview.noise_sd, std::sqrt(1.5 / (2 * rho)) / 400, 1e-5 * preview.noise_sd);
}

}  // namespace
}  // namespace perdura::query
