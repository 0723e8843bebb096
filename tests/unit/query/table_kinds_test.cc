// Tables that are not plain event tables: what they measure, what one patient can change, and what
// is read off their releases.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/reason.h"
#include "query/estimate.h"
#include "query/layout.h"
#include "query/plan.h"
#include "query/round_terms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using ::testing::ElementsAre;

constexpr uint64_t kOneRow = uint64_t{256} * 256;
constexpr uint64_t kEpsilonOne = uint64_t{1} << 40;

class TableKindsTest : public ::testing::Test {
 protected:
  static PlanRequest Request(const std::string& endpoint, bool flagship = false) {
    PlanRequest request = QuestionAbout(endpoint);
    if (endpoint != "late-entry-survival@1") request.grid = "";
    if (flagship) request.compartment = v1::COMPARTMENT_FLAGSHIP;
    if (flagship) request.charge_units = kEpsilonOne;
    return request;
  }

  absl::StatusOr<Layout> Make(const std::string& endpoint, bool flagship = false) const {
    const auto plan = Plan::Build(Request(endpoint, flagship), *charter_);
    if (!plan.ok()) return plan.status();
    return Layout::Create(*plan, *charter_);
  }

  // The estimates of a release that exact cells give, by cell number in the one group.
  GroupEstimates Read(const std::string& endpoint, const std::vector<int64_t>& counts,
                      uint64_t dealer_variance = 9) const {
    const TestRelease test(charter_, Request(endpoint), counts, dealer_variance);
    const auto estimates = Estimate(test.plan, test.layout, *charter_, test.release, {});
    EXPECT_OK(estimates);
    return estimates->groups.at(0);
  }

  const std::shared_ptr<const federation::Charter> charter_ = LoadTestCharter();
};

// ---- sensitivity: privacy.md 2 ----

TEST_F(TableKindsTest, LateEntryCostsAQuarterMoreUnderTheDefaultLaw) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make("late-entry-survival@1"));
  // 65,... of g8 with one cause and 16,502 of the entry margin (dp_golden.csv, strategy_entry).
  EXPECT_EQ(layout.l2_squared(), layout.shape().exit->l2_squared() + 16502);
  EXPECT_NEAR(static_cast<double>(layout.l2_squared()) / kOneRow, 1.255, 0.006);
  EXPECT_EQ(layout.rows(), 16 + 8 + 1);
  EXPECT_EQ(layout.cells(), 9 * 16 + 1);
}

TEST_F(TableKindsTest, LateEntryCostsTwiceUnderTheFlagshipLaw) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make("late-entry-survival@1", true));
  EXPECT_EQ(layout.l1(), 2u);
}

TEST_F(TableKindsTest, ACategoryTableCostsOneRow) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make("status-12@1"));
  EXPECT_EQ(layout.l2_squared(), kOneRow);
  EXPECT_EQ(layout.rows(), 6);
  ASSERT_OK_AND_ASSIGN(const Layout flagship, Make("status-12@1", true));
  EXPECT_EQ(flagship.l1(), 1u);
}

TEST_F(TableKindsTest, AFlagTableCostsAsManyRowsAsItsCap) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make("safety-12@1"));
  EXPECT_THAT(layout.shape().names,
              ElementsAre("all", "gvhd_acute", "gvhd_chronic", "infection", "crs"));
  EXPECT_EQ(layout.l2_squared(), 3 * kOneRow);
  ASSERT_OK_AND_ASSIGN(const Layout flagship, Make("safety-12@1", true));
  EXPECT_EQ(flagship.l1(), 3u);
}

TEST_F(TableKindsTest, AMomentTableWithSquaresCostsThreeRows) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make("age@1"));
  EXPECT_EQ(layout.l2_squared(), 3 * kOneRow);
  EXPECT_EQ(layout.rows(), 4);
  EXPECT_EQ(layout.patient_bound(), 256u);
}

TEST_F(TableKindsTest, MomentsAreNotOfferedUnderTheFlagshipLaw) {
  EXPECT_FALSE(Make("age@1", true).ok());
}

TEST_F(TableKindsTest, NoiseFollowsTheSensitivity) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms one,
                       RoundTerms::Create(PlanOf(Request("status-12@1"), *charter_), *charter_));
  ASSERT_OK_AND_ASSIGN(const RoundTerms three,
                       RoundTerms::Create(PlanOf(Request("safety-12@1"), *charter_), *charter_));
  EXPECT_NEAR(static_cast<double>(three.noise().numerator()),
              3.0 * static_cast<double>(one.noise().numerator()), 4);
}

TEST_F(TableKindsTest, EachKindIsAnotherLayout) {
  ASSERT_OK_AND_ASSIGN(const Layout plain, Make("status-12@1"));
  ASSERT_OK_AND_ASSIGN(const Layout flags, Make("safety-12@1"));
  EXPECT_NE(plain.hash(), flags.hash());
}

// ---- plans ----

TEST_F(TableKindsTest, PlansOfOtherKindsHaveNoGrid) {
  const Plan plan = PlanOf(Request("status-12@1"), *charter_);
  EXPECT_EQ(plan.grid(), "none");
  EXPECT_EQ(plan.strategy(), "identity");
  EXPECT_EQ(PlanOf(Request("age@1"), *charter_).strategy(), "moments");
  ASSERT_OK_AND_ASSIGN(const Plan again, Plan::Parse(plan.text(), *charter_));
  EXPECT_EQ(again.hash(), plan.hash());
}

TEST_F(TableKindsTest, AGridOnSuchATableIsRefused) {
  PlanRequest request = Request("status-12@1");
  request.grid = "g8@1";
  EXPECT_EQ(base::ReasonOf(Plan::Build(request, *charter_).status()), "unknown_name");
}

TEST_F(TableKindsTest, AnEventTableNeedsItsGrid) {
  std::string text = PlanOf(QuestionAbout("overall-survival@1"), *charter_).text();
  text.replace(text.find("grid=g8@1"), 9, "grid=none");
  EXPECT_EQ(base::ReasonOf(Plan::Parse(text, *charter_).status()), "unknown_name");
}

// ---- estimates ----

TEST_F(TableKindsTest, ProportionsHaveTwoDenominators) {
  // Event-free, relapse, death in remission, missing, not yet due; not evaluable.
  const GroupEstimates group = Read("status-12@1", {60, 30, 10, 40, 60, 3});
  EXPECT_NEAR(*group.n, 200, 1e-9);
  EXPECT_NEAR(group.not_evaluable, 3, 1e-9);
  ASSERT_EQ(group.counts.size(), 5u);
  EXPECT_NEAR(*group.counts[0].of_all->value, 0.30, 1e-9);
  EXPECT_NEAR(*group.counts[0].of_evaluable->value, 0.60, 1e-9);
  EXPECT_FALSE(group.counts[3].of_evaluable.has_value());
}

TEST_F(TableKindsTest, ProportionWithoutNoiseHasWilsonsInterval) {
  // Dealers of variance 9: noise of 0.02 patients.
  const GroupEstimates group = Read("status-12@1", {60, 40, 0, 0, 0, 0});
  // Wilson, 60 of 100, 95 %: 0.5020 to 0.6906.
  EXPECT_NEAR(*group.counts[0].of_all->lower, 0.5020, 1e-3);
  EXPECT_NEAR(*group.counts[0].of_all->upper, 0.6906, 1e-3);
}

TEST_F(TableKindsTest, NoiseWidensTheIntervalAndIsNamed) {
  const TestRelease test(charter_, Request("status-12@1"), {60, 40, 0, 0, 0, 0},
                         /*dealer_variance=*/65536 * 8);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates,
                       Estimate(test.plan, test.layout, *charter_, test.release, {}));
  const Estimated share = *estimates.groups[0].counts[0].of_all;
  // v Q / 256^2 = 24 patients squared on a row; (1-p)^2 v + p^2 4 v = 38.4, over n^2.
  EXPECT_NEAR(*share.se_noise, std::sqrt(38.4) / 100, 1e-6);
  EXPECT_GT(*share.upper - *share.lower, 0.19);
}

TEST_F(TableKindsTest, FlagsAreSharesOfTheRowForEverybody) {
  const GroupEstimates group = Read("safety-12@1", {100, 40, 10, 5, 0, 0});
  EXPECT_NEAR(*group.n, 100, 1e-9);
  ASSERT_EQ(group.counts.size(), 4u);
  EXPECT_EQ(group.counts[0].name, "gvhd_acute");
  EXPECT_NEAR(*group.counts[0].of_all->value, 0.40, 1e-9);
}

TEST_F(TableKindsTest, MomentsGiveMeanAndSdInTheValuesOwnUnit) {
  std::vector<int64_t> cells(514, 0);
  // 50 patients aged 25 and 50 aged 75 of 0 to 100: mean 50, sd 25.
  cells[128] = 50;
  cells[384] = 50;
  const GroupEstimates group = Read("age@1", cells);
  EXPECT_NEAR(*group.moment->mean.value, 50, 1e-9);
  EXPECT_NEAR(*group.moment->sd->value, 25, 1e-9);
  EXPECT_NEAR(*group.moment->mean.se_sampling, 2.5, 1e-3);
}

// V = 1/4 in halves of the range, of which 24 patients squared are the noise on each row:
// (24 + (1/4)^2 24) / 100^2 = 0.00255. Its sampling variance is at most 1/4 (1 - 1/4) / 100.
TEST_F(TableKindsTest, SdHasAnIntervalWithTheNoiseInIt) {
  std::vector<int64_t> cells(514, 0);
  cells[128] = 50;
  cells[384] = 50;
  const GroupEstimates group = Read("age@1", cells, /*dealer_variance=*/65536 * 8);
  const Estimated sd = *group.moment->sd;
  EXPECT_NEAR(*sd.se_noise, 50 * std::sqrt(0.00255), 1e-6);
  EXPECT_NEAR(*sd.se_sampling, 50 * std::sqrt(0.001875), 1e-6);
  const double se = std::sqrt(0.00255 + 0.001875);
  EXPECT_NEAR(*sd.lower, 50 * std::sqrt(0.25 - 1.959964 * se), 1e-4);
  EXPECT_NEAR(*sd.upper, 50 * std::sqrt(0.25 + 1.959964 * se), 1e-4);
  EXPECT_EQ(sd.ci_type, "root");
}

// All of one age: the squares show no spread, but their noise could hide some.
TEST_F(TableKindsTest, SpreadBelowItsNoiseIsNotShownAndNotTakenForNone) {
  std::vector<int64_t> cells(514, 0);
  cells[256] = 100;
  const GroupEstimates group = Read("age@1", cells, /*dealer_variance=*/65536 * 8);
  EXPECT_TRUE(group.moment->sd->suppressed);
  EXPECT_FALSE(group.moment->sd->value.has_value());
  // V is taken as sqrt(24) / 100.
  EXPECT_NEAR(*group.moment->mean.se_sampling, 50 * std::sqrt(std::sqrt(24.0) / 100 / 100), 1e-6);
}

// Without squares the spread is bounded by 1 - m^2, which is nothing at the end of the range.
TEST_F(TableKindsTest, MeanAtTheEndOfItsRangeStillHasASamplingError) {
  const auto charter = LoadTestCharter({}, [](v1::Charter& proto) {
    for (v1::Endpoint& endpoint : *proto.mutable_endpoints()) {
      if (endpoint.has_moment()) endpoint.mutable_moment()->set_second_moment(false);
    }
  });
  std::vector<int64_t> cells(514, 0);
  cells[512] = 100;
  const TestRelease test(charter, Request("age@1"), cells);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates,
                       Estimate(test.plan, test.layout, *charter, test.release, {}));
  const MomentEstimate& moment = *estimates.groups[0].moment;
  EXPECT_FALSE(moment.sd.has_value());
  // Half of a patient at the other end: 4 (1/200) (199/200) / 100.
  EXPECT_NEAR(*moment.mean.se_sampling, 50 * std::sqrt(4 * 0.005 * 0.995 / 100), 1e-6);
}

TEST_F(TableKindsTest, FlagsWithoutARowForEverybodyDoNotSayHowManyThereAre) {
  const auto charter = LoadTestCharter({}, [](v1::Charter& proto) {
    for (v1::Endpoint& endpoint : *proto.mutable_endpoints()) {
      if (endpoint.has_flags()) endpoint.mutable_flags()->set_all(false);
    }
  });
  const TestRelease test(charter, Request("safety-12@1"), {45, 10, 5, 0, 0});
  ASSERT_OK_AND_ASSIGN(const Estimates estimates,
                       Estimate(test.plan, test.layout, *charter, test.release, {}));
  EXPECT_FALSE(estimates.groups[0].n.has_value());
  EXPECT_NEAR(estimates.groups[0].counts[0].count, 45, 1e-9);
  EXPECT_FALSE(estimates.groups[0].counts[0].of_all.has_value());
}

// ---- what a client checks before it pays ----

TEST_F(TableKindsTest, WhatATableCannotBeReadForIsKnownBeforehand) {
  const auto check = [this](const std::string& endpoint, const EstimateOptions& options) {
    return CheckReading(PlanOf(Request(endpoint), *charter_), *charter_, options);
  };
  const EstimateOptions smoothed = {.decoder = statistics::Decoder::kSmoothedHazards};
  using test_support::StatusIs;
  using ::testing::HasSubstr;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_OK(check("late-entry-survival@1", {.landmarks = {0, 18, 60}}));
  EXPECT_OK(check("status-12@1", {}));
  EXPECT_THAT(check("late-entry-survival@1", smoothed), StatusIs(kInvalid, HasSubstr("decoder")));
  EXPECT_THAT(check("status-12@1", smoothed), StatusIs(kInvalid, HasSubstr("decoder")));
  EXPECT_THAT(check("status-12@1", {.landmarks = {18}}),
              StatusIs(kInvalid, HasSubstr("landmarks")));
  EXPECT_THAT(check("late-entry-survival@1", {.landmarks = {18, 90}}),
              StatusIs(kInvalid, HasSubstr("from 0 to 60")));
  EXPECT_THAT(check("late-entry-survival@1", {.landmarks = {std::nan("")}}),
              StatusIs(kInvalid, HasSubstr("landmarks")));
}

TEST_F(TableKindsTest, TooFewPatientsAreSuppressed) {
  const GroupEstimates group = Read("status-12@1", {3, 2, 0, 0, 0, 0});
  EXPECT_TRUE(group.counts[0].of_all->suppressed);
  EXPECT_FALSE(group.counts[0].of_all->value.has_value());
}

// 20 enter on day 0 and 20 in the third bin (months 3 to 6); all are censored in the last. Who came
// late is not at risk before.
TEST_F(TableKindsTest, LateEntriesAreNotAtRiskBeforeTheyCome) {
  std::vector<int64_t> cells(9 * 16 + 1, 0);
  cells[15] = 20;
  cells[3 * 16 + 15] = 20;
  const GroupEstimates group = Read("late-entry-survival@1", cells);
  EXPECT_NEAR(*group.n, 40, 1e-6);
  EXPECT_NEAR(group.km[0].n_risk, 20, 0.5);
  EXPECT_NEAR(group.km[4].n_risk, 40, 0.5);
}

}  // namespace
}  // namespace perdura::query
