// Previews of tables in which one patient changes more than one row: delayed entry, flags, moments.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "privacy/design/strategy_design.h"
#include "query/estimate.h"
#include "query/preview.h"
#include "query/preview_laws.h"
#include "query/preview_target.h"
#include "query/preview_year.h"
#include "query/round_terms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"
#include "tests/unit/query_preview/preview_charter.h"

namespace perdura::query {
namespace {

constexpr double kPatients = 90'000;

class PreviewSensitivityTest : public ::testing::Test {
 protected:
  static PlanRequest Request(const std::string& endpoint, v1::Compartment compartment,
                             uint64_t units) {
    PlanRequest request = QuestionAbout(endpoint);
    if (endpoint == "safety-12@1" || endpoint == "age@1") request.grid = "";
    request.compartment = compartment;
    request.charge_units = units;
    return request;
  }
  Plan Adhoc(const std::string& endpoint) const {
    return PlanOf(Request(endpoint, v1::COMPARTMENT_ADHOC, 0), *charter_);
  }
  Plan Flagship(const std::string& endpoint, uint64_t units) const {
    return PlanOf(Request(endpoint, v1::COMPARTMENT_FLAGSHIP, units), *charter_);
  }

  // The sd of the noise on S at the last knot, as an estimate from a release of the cohort that
  // previews imagine says it. Everybody is there from day 0.
  double NoiseOfEstimate(const PlanRequest& request) const {
    const Plan plan = PlanOf(request, *charter_);
    const auto terms = RoundTerms::Create(plan, *charter_);
    EXPECT_OK(terms);
    const auto imagined = privacy_design::PriorCells(terms->layout().grid(), 1,
                                                     privacy_design::CurativePrior(), kPatients);
    std::vector<int64_t> cells(static_cast<size_t>(terms->layout().cells()), 0);
    for (Eigen::Index i = 0; i < imagined.size(); ++i) {
      cells[static_cast<size_t>(i)] = std::llround(imagined(i));
    }
    const TestRelease test(charter_, request, cells, terms->noise().numerator());
    const auto estimates = Estimate(test.plan, test.layout, *charter_, test.release, {});
    EXPECT_OK(estimates);
    return *estimates->groups[0].km.back().survival.se_noise;
  }
  double NoiseOfPreview(const Plan& plan) const {
    const auto preview = PreviewPlan(plan, *charter_, {.expected_n = kPatients});
    EXPECT_OK(preview);
    return preview->noise_sd;
  }

  const std::shared_ptr<const federation::Charter> charter_ =
      LoadPreviewCharter({.cap_units = kRhoOfTwo, .flagship_cap_units = 6 * kEpsilonOne});
};

// ---- delayed entry ----

TEST_F(PreviewSensitivityTest, ExpectedNoiseIsThatOfTheEstimate) {
  for (const char* endpoint : {"overall-survival@1", "late-entry-survival@1"}) {
    const double adhoc = NoiseOfEstimate(Request(endpoint, v1::COMPARTMENT_ADHOC, 0));
    EXPECT_NEAR(NoiseOfPreview(Adhoc(endpoint)), adhoc, 0.03 * adhoc) << endpoint;
    const double flagship =
        NoiseOfEstimate(Request(endpoint, v1::COMPARTMENT_FLAGSHIP, 2 * kEpsilonOne));
    EXPECT_NEAR(NoiseOfPreview(Flagship(endpoint, 2 * kEpsilonOne)), flagship, 0.03 * flagship)
        << endpoint;
  }
}

// One price has one precision: that of the knots is that of the comparison.
TEST_F(PreviewSensitivityTest, LawsAreComparedByWhatThePreviewSays) {
  const Plan plan = Adhoc("late-entry-survival@1");
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, CompareLaws(plan, *charter_, 3, 300));
  ASSERT_TRUE(advice.adhoc.has_value() && advice.flagship.has_value());
  EXPECT_EQ(advice.adhoc->units, kRhoOfTwo / 3);
  // A third of 6, of which a patient's two rows get 1 each.
  EXPECT_EQ(advice.flagship->units, 2 * kEpsilonOne);
  ASSERT_OK_AND_ASSIGN(const Preview flagship,
                       PreviewPlan(Flagship("late-entry-survival@1", 2 * kEpsilonOne), *charter_,
                                   {.expected_n = 300}));
  EXPECT_DOUBLE_EQ(advice.flagship->noise_sd, flagship.noise_sd);
  EXPECT_DOUBLE_EQ(advice.flagship->share, flagship.knots.back().share);
}

TEST_F(PreviewSensitivityTest, NeededPriceOfDelayedEntryIsTwiceALevel) {
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       PreviewPlan(Flagship("late-entry-survival@1", kEpsilonOne / 4), *charter_,
                                   {.expected_n = 400}));
  ASSERT_GT(preview.needed_units, 0u);
  ASSERT_OK_AND_ASSIGN(const Preview paid,
                       PreviewPlan(Flagship("late-entry-survival@1", preview.needed_units),
                                   *charter_, {.expected_n = 400}));
  EXPECT_LE(paid.knots.back().share, 0.5);
}

TEST_F(PreviewSensitivityTest, YearHoldsFewerTablesWithDelayedEntry) {
  ASSERT_OK_AND_ASSIGN(const YearPlan plain, PlanYear(Adhoc("overall-survival@1"), *charter_));
  ASSERT_OK_AND_ASSIGN(const YearPlan late, PlanYear(Adhoc("late-entry-survival@1"), *charter_));
  for (size_t i = 0; i < plain.rows.size(); ++i) {
    // The sensitivity alone takes a quarter, under the flagship law half.
    EXPECT_LT(late.rows[i].default_half, plain.rows[i].default_half / 1.24);
    EXPECT_LE(late.rows[i].flagship_half, plain.rows[i].flagship_half / 2 + 1);
  }
}

// ---- flags: three rows of a patient ----

TEST_F(PreviewSensitivityTest, WidthOfAFlagTableHasAPriceUnderTheFlagshipLaw) {
  const Plan any = Flagship("safety-12@1", kEpsilonOne);
  ASSERT_OK_AND_ASSIGN(const TargetCharge target, ChargeForWidth(any, *charter_, 500, 0.1));
  ASSERT_TRUE(target.plan.has_value());
  EXPECT_EQ(target.plan->charge().units % (3 * kEpsilonOne / 8), 0u);
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       PreviewPlan(*target.plan, *charter_, {.expected_n = 500}));
  EXPECT_LE(preview.interval_width(), 0.1);
}

// ---- moments: in the value's own unit, of 0 to 100 years ----

TEST_F(PreviewSensitivityTest, MeanIsJudgedInItsOwnUnit) {
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       PreviewPlan(Adhoc("age@1"), *charter_, {.expected_n = 400}));
  EXPECT_EQ(preview.kind, v1::TABLE_MOMENT);
  // 50 / sqrt(400).
  EXPECT_DOUBLE_EQ(preview.sampling_sd, 2.5);
  EXPECT_GT(preview.interval_width(), 9.7);
}

TEST_F(PreviewSensitivityTest, WidthOfAMeanMayBeAboveOne) {
  ASSERT_OK_AND_ASSIGN(const TargetCharge target,
                       ChargeForWidth(Adhoc("age@1"), *charter_, 400, 10));
  EXPECT_TRUE(target.plan.has_value());
  EXPECT_THAT(ChargeForWidth(Adhoc("age@1"), *charter_, 400, 100),
              test_support::StatusIs(absl::StatusCode::kInvalidArgument,
                                     ::testing::HasSubstr("below 100")));
}

}  // namespace
}  // namespace perdura::query
