#include "query/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/reason.h"
#include "statistics/binned_survival.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr char kBothCauses[] = "disease-free-survival@1";
constexpr char kDeath[] = "overall-survival@1";

// Columns of one group's points, for comparison with golden rows.
template <typename Points, typename Get>
std::vector<double> Column(const Points& points, Get get) {
  std::vector<double> column;
  for (const auto& point : points) column.push_back(get(point));
  return column;
}

absl::StatusOr<Estimates> Decode(const TestRelease& test, const EstimateOptions& options = {}) {
  return Estimate(test.plan, test.layout, *test.charter, test.release, options);
}

// R q goes through strategy, release and back substitution; the numbers are rows decode_* of
// dp_golden.csv. Its noise part is another mechanism's, so only sampling variances are compared.
class GoldenEstimateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test_, {.tau = 60}));
    ASSERT_EQ(estimates.groups.size(), 1u);
    group_ = estimates.groups[0];
  }
  const TestRelease test_{LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells()};
  GroupEstimates group_;
};

TEST_F(GoldenEstimateTest, CohortSize) { EXPECT_NEAR(*group_.n, 221, 1e-9); }

TEST_F(GoldenEstimateTest, NumbersAtRisk) {
  EXPECT_THAT(
      Column(group_.km, [](const SurvivalPoint& p) { return p.n_risk; }),
      Pointwise(DoubleNear(1e-9), {221.0, 205.0, 191.0, 178.0, 175.5, 171.5, 154.0, 142.0}));
}

TEST_F(GoldenEstimateTest, Survival) {
  EXPECT_THAT(Column(group_.km, [](const SurvivalPoint& p) { return *p.survival.value; }),
              Pointwise(DoubleNear(1e-11),
                        {0.934165720772, 0.870369037402, 0.82667812139, 0.824342872459,
                         0.805554430922, 0.759866269168, 0.754749324594, 0.744119052417}));
}

TEST_F(GoldenEstimateTest, SamplingErrorIsGreenwoods) {
  EXPECT_THAT(Column(group_.km,
                     [](const SurvivalPoint& p) {
                       return *p.survival.se_sampling * *p.survival.se_sampling;
                     }),
              Pointwise(DoubleNear(1e-13), {0.000279228726023, 0.000513254206361, 0.000653868506828,
                                            0.000661055517266, 0.00071750529141, 0.000845689701051,
                                            0.000860345094579, 0.000891986240736}));
}

TEST_F(GoldenEstimateTest, IncidenceOfEachCause) {
  ASSERT_EQ(group_.cif.size(), 2u);
  EXPECT_EQ(group_.cif[0].cause, "relapse");
  EXPECT_EQ(group_.cif[1].cause, "death-in-remission");
  const auto value = [](const IncidencePoint& p) { return *p.incidence.value; };
  EXPECT_THAT(
      Column(group_.cif[0].points, value),
      Pointwise(DoubleNear(1e-11), {0.0408626560726, 0.104659339442, 0.113857427024, 0.113857427024,
                                    0.132645868561, 0.1518829893, 0.156999933873, 0.156999933873}));
  EXPECT_THAT(Column(group_.cif[1].points, value),
              Pointwise(DoubleNear(1e-11),
                        {0.0249716231555, 0.0249716231555, 0.0594644515862, 0.0617997005167,
                         0.0617997005167, 0.0882507415321, 0.0882507415321, 0.0988810137094}));
}

TEST_F(GoldenEstimateTest, MeanTime) {
  EXPECT_DOUBLE_EQ(group_.tau, 60);
  EXPECT_NEAR(*group_.rmst.value, 46.7004023259, 1e-9);
  EXPECT_NEAR(*group_.rmst.se_sampling * *group_.rmst.se_sampling, 2.51651389916, 1e-9);
  EXPECT_EQ(group_.rmst.ci_type, "plain");
}

// Events and censorings add up over bins, after isotonic cumulation.
TEST_F(GoldenEstimateTest, CountsAreCumulative) {
  EXPECT_NEAR(group_.km.back().n_event_cum, 34 + 21, 1e-9);
  EXPECT_NEAR(group_.km.back().n_censor_cum, 26, 1e-9);
  EXPECT_NEAR(group_.cif[0].points.back().n_event_cum, 34, 1e-9);
  EXPECT_NEAR(group_.cif[1].points.back().n_event_cum, 21, 1e-9);
}

TEST_F(GoldenEstimateTest, MedianIsNotReached) {
  ASSERT_EQ(group_.quantiles.size(), 1u);
  EXPECT_DOUBLE_EQ(group_.quantiles[0].quantile, 0.5);
  EXPECT_FALSE(group_.quantiles[0].reached);
  EXPECT_FALSE(group_.quantiles[0].months.value.has_value());
  EXPECT_FALSE(group_.quantiles[0].months.suppressed);
}

// The interval has the noise of all Q = 3 dealers, not of one, nor of the h that the price counts.
TEST(EstimateTest, NoiseIsThatOfAllDealers) {
  const uint64_t v = 20000;
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells(), v);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  const privacy::Strategy& r = *test.layout.shape().exit;
  std::vector<double> cells;
  for (const int64_t q : GoldenCells()) cells.push_back(static_cast<double>(q));
  cells.pop_back();
  ASSERT_OK_AND_ASSIGN(auto covariance, statistics::CellCovariance::FromStrategy(
                                            r.rows(), r.columns(), r.entries(), 3.0 * v));
  ASSERT_OK_AND_ASSIGN(
      const auto fit,
      statistics::BinnedSurvival::Fit(
          {.knots = {1, 3, 6, 9, 12, 24, 36, 60}, .causes = 2, .minimum_cohort = 10}, cells,
          covariance));
  EXPECT_DOUBLE_EQ(estimates.row_noise_variance, 3.0 * v);
  for (int bin = 0; bin < 8; ++bin) {
    const Estimated& shown = estimates.groups[0].km[static_cast<size_t>(bin)].survival;
    const auto expected = fit.Survival(bin);
    ASSERT_FALSE(shown.suppressed);
    EXPECT_NEAR(*shown.se_noise, std::sqrt(expected.variance_noise), 1e-9);
    EXPECT_NEAR(*shown.noise_share, expected.noise_share(), 1e-9);
    EXPECT_NEAR(*shown.lower, expected.lower, 1e-9);
    EXPECT_NEAR(*shown.upper, expected.upper, 1e-9);
  }
}

TEST(EstimateTest, NotEvaluableStandsApart) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells(7), 4096);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  EXPECT_NEAR(*estimates.groups[0].n, 221, 1e-9);
  EXPECT_DOUBLE_EQ(estimates.groups[0].not_evaluable, 7);
  EXPECT_DOUBLE_EQ(estimates.groups[0].not_evaluable_sd, std::sqrt(3.0 * 4096) / 256);
}

TEST(EstimateTest, GroupsKeepTheirOrder) {
  PlanRequest request = QuestionAbout(kDeath);
  request.group_by = "disease";
  const auto charter = LoadTestCharter();
  const Plan plan = PlanOf(request, *charter);
  ASSERT_OK_AND_ASSIGN(const Layout layout, Layout::Create(plan, *charter));
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
  for (int group = 0; group < static_cast<int>(layout.groups().size()); ++group) {
    cells[static_cast<size_t>(layout.CellOf(group, 7, 0))] = 100 * (group + 1);
    cells[static_cast<size_t>(layout.CellOf(group, 0, 1))] = 10;
  }
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(TestRelease(charter, request, cells)));
  EXPECT_EQ(estimates.group_attribute, "disease");
  ASSERT_EQ(estimates.groups.size(), layout.groups().size());
  for (size_t group = 0; group < estimates.groups.size(); ++group) {
    EXPECT_EQ(estimates.groups[group].group, layout.groups()[group]);
    const double n = 100.0 * static_cast<double>(group + 1) + 10;
    EXPECT_NEAR(*estimates.groups[group].n, n, 1e-6);
    EXPECT_NEAR(*estimates.groups[group].km[0].survival.value, 1 - 10 / n, 1e-6);
  }
}

TEST(EstimateTest, WhatIsInTheNoiseIsSuppressed) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells(),
                         uint64_t{1} << 40);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  const Estimated& last = estimates.groups[0].km.back().survival;
  EXPECT_TRUE(last.suppressed);
  EXPECT_FALSE(last.value.has_value());
  EXPECT_FALSE(last.se_sampling.has_value());
  EXPECT_FALSE(last.se_noise.has_value());
  EXPECT_FALSE(last.lower.has_value());
  EXPECT_FALSE(last.upper.has_value());
  EXPECT_TRUE(estimates.groups[0].rmst.suppressed);
  EXPECT_TRUE(estimates.groups[0].quantiles[0].months.suppressed);
  EXPECT_FALSE(estimates.groups[0].cif[0].points.back().incidence.value.has_value());
}

TEST(EstimateTest, CohortBelowTheMinimumIsSuppressed) {
  const auto charter =
      LoadTestCharter({}, [](v1::Charter& proto) { proto.set_minimum_cohort(222); });
  const TestRelease test(charter, QuestionAbout(kBothCauses), GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  for (const SurvivalPoint& point : estimates.groups[0].km) {
    EXPECT_TRUE(point.survival.suppressed);
    EXPECT_FALSE(point.survival.value.has_value());
  }
}

TEST(EstimateTest, UnsetMinimumRefusesEveryEstimate) {
  const auto charter =
      LoadTestCharter({}, [](v1::Charter& proto) { proto.clear_minimum_cohort(); });
  const auto estimates = Decode(TestRelease(charter, QuestionAbout(kBothCauses), GoldenCells()));
  EXPECT_THAT(estimates, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(base::ReasonOf(estimates.status()), "no_minimum_cohort");
}

TEST(EstimateTest, LandmarkOnAKnotIsTheKnot) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test, {.landmarks = {18, 24}}));
  const GroupEstimates& group = estimates.groups[0];
  ASSERT_EQ(group.landmarks.size(), 2u);
  EXPECT_NEAR(*group.landmarks[1].survival.value, *group.km[5].survival.value, 1e-12);
  // Log-linear between the knots at 12 and 24 months.
  EXPECT_NEAR(*group.landmarks[0].survival.value,
              std::sqrt(*group.km[4].survival.value * *group.km[5].survival.value), 1e-12);
}

TEST(EstimateTest, QuantileThatIsReached) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test, {.quantiles = {0.2, 0.25, 0.9}}));
  const auto& quantiles = estimates.groups[0].quantiles;
  ASSERT_EQ(quantiles.size(), 3u);
  EXPECT_TRUE(quantiles[0].reached);
  // Between 12 months (0.8056) and 24 (0.7599) S falls to 0.8.
  EXPECT_GT(*quantiles[0].months.value, 12);
  EXPECT_LT(*quantiles[0].months.value, 24);
  EXPECT_EQ(quantiles[0].months.ci_type, "inverted");
  EXPECT_LT(*quantiles[0].months.lower, *quantiles[0].months.value);
  EXPECT_TRUE(quantiles[1].reached);
  EXPECT_FALSE(quantiles[2].reached);
}

TEST(EstimateTest, HorizonOfTheMeanIsTheLastKnotThatIsShown) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  EXPECT_DOUBLE_EQ(estimates.groups[0].tau, 60);
  EXPECT_FALSE(estimates.groups[0].rmst.suppressed);
}

TEST(EstimateTest, FollowUpByReverseKaplanMeier) {
  // 10 events early, 90 event-free: most censored in the bin that ends at 36 months.
  std::vector<int64_t> cells(17, 0);
  cells[0] = 10;
  cells[8 + 6] = 80;
  cells[8 + 7] = 10;
  const TestRelease test(LoadTestCharter(), QuestionAbout(kDeath), cells);
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
  ASSERT_TRUE(estimates.groups[0].median_follow_up.has_value());
  EXPECT_GT(*estimates.groups[0].median_follow_up, 24);
  EXPECT_LE(*estimates.groups[0].median_follow_up, 36);
}

// A flat table at level 1: independent noise of variance Q/h 2p/(1-p)^2 on every cell.
class FlagshipEstimateTest : public ::testing::Test {
 protected:
  static PlanRequest Question() {
    PlanRequest request = QuestionAbout(kBothCauses);
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    request.charge_units = uint64_t{1} << 40;
    return request;
  }
  const TestRelease test_{LoadTestCharter(), Question(), GoldenCells(/*not_evaluable=*/7)};
};

TEST_F(FlagshipEstimateTest, DecodesTheGoldenCells) {
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test_, {.tau = 60}));
  const GroupEstimates& group = estimates.groups[0];
  EXPECT_NEAR(*group.n, 221, 1e-9);
  EXPECT_NEAR(*group.km[7].survival.value, 0.744119052417, 1e-11);
  EXPECT_NEAR(*group.rmst.value, 46.7004023259, 1e-9);
  EXPECT_NEAR(group.not_evaluable, 7, 1e-12);
  EXPECT_EQ(estimates.charge.compartment, v1::COMPARTMENT_FLAGSHIP);
}

// Rows flagship_row_variance of dp_golden.csv, times phi = 3/2.
TEST_F(FlagshipEstimateTest, NoiseIsThatOfAllDealersOnEveryCell) {
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test_, {.tau = 60}));
  const double variance = 1.5 * 1.84134719;
  EXPECT_NEAR(estimates.row_noise_variance, variance, 1e-8);
  EXPECT_NEAR(estimates.groups[0].not_evaluable_sd, std::sqrt(variance), 1e-8);
  std::vector<double> cells;
  for (const int64_t q : GoldenCells()) cells.push_back(static_cast<double>(q));
  cells.pop_back();
  ASSERT_OK_AND_ASSIGN(auto covariance, statistics::CellCovariance::Diagonal(
                                            static_cast<int>(cells.size()), variance));
  ASSERT_OK_AND_ASSIGN(
      const auto fit,
      statistics::BinnedSurvival::Fit(
          {.knots = {1, 3, 6, 9, 12, 24, 36, 60}, .causes = 2, .minimum_cohort = 10}, cells,
          covariance));
  for (int bin = 0; bin < 8; ++bin) {
    const Estimated& shown = estimates.groups[0].km[static_cast<size_t>(bin)].survival;
    ASSERT_FALSE(shown.suppressed);
    EXPECT_NEAR(*shown.se_noise, std::sqrt(fit.Survival(bin).variance_noise), 1e-8);
    EXPECT_NEAR(*shown.noise_share, fit.Survival(bin).noise_share(), 1e-8);
    EXPECT_NEAR(*shown.lower, fit.Survival(bin).lower, 1e-8);
    EXPECT_NEAR(*shown.upper, fit.Survival(bin).upper, 1e-8);
  }
}

TEST_F(FlagshipEstimateTest, NoiseOfTheOtherLawIsNotThisRelease) {
  TestRelease changed = test_;
  changed.release.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN);
  changed.release.mutable_noise()->set_numerator(676'099);
  changed.release.mutable_noise()->set_denominator(1);
  EXPECT_EQ(base::ReasonOf(Decode(changed).status()), "layout_mismatch");
}

TEST(EstimateTest, LeadingColumnsComeFromThePlan) {
  PlanRequest request = QuestionAbout(kBothCauses);
  request.cohort = {{"disease", {"aml-low", "aml-high"}}};
  const TestRelease test(LoadTestCharter(), request, GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates,
                       Decode(test, {.level = 0.9, .release_id = std::string(32, '\x07')}));
  EXPECT_EQ(estimates.cohort, "disease:aml-high,aml-low");
  EXPECT_EQ(estimates.endpoint, kBothCauses);
  EXPECT_EQ(estimates.rule_set, "pfs@1");
  EXPECT_EQ(estimates.cut, "bmt@1");
  EXPECT_EQ(estimates.horizon_months, 60);
  EXPECT_DOUBLE_EQ(estimates.level, 0.9);
  EXPECT_EQ(estimates.charge.units, 96'924'905'894u);
  EXPECT_EQ(estimates.release_id, std::string(32, '\x07'));
  EXPECT_EQ(estimates.plan, test.plan.text());
}

TEST(EstimateTest, HigherLevelWidensTheInterval) {
  const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates narrow, Decode(test, {.level = 0.8}));
  ASSERT_OK_AND_ASSIGN(const Estimates wide, Decode(test, {.level = 0.99}));
  EXPECT_LT(*wide.groups[0].km[7].survival.lower, *narrow.groups[0].km[7].survival.lower);
  EXPECT_GT(*wide.groups[0].km[7].survival.upper, *narrow.groups[0].km[7].survival.upper);
}

// The scale that the interval was made on can be told from its limits.
TEST(EstimateTest, IntervalTypeIsTheOneThatWasUsed) {
  const double z = 1.959963984540054;
  int plain_seen = 0;
  int loglog_seen = 0;
  for (const uint64_t v : {uint64_t{9}, uint64_t{400'000}}) {
    const TestRelease test(LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells(), v);
    ASSERT_OK_AND_ASSIGN(const Estimates estimates, Decode(test));
    for (const SurvivalPoint& point : estimates.groups[0].km) {
      const Estimated& s = point.survival;
      if (s.suppressed) continue;
      const double se = std::hypot(*s.se_sampling, *s.se_noise);
      const bool plain = std::abs(*s.lower - std::max(0.0, *s.value - z * se)) < 1e-9;
      EXPECT_EQ(s.ci_type, plain ? "plain" : "loglog") << "v " << v << ", month " << point.months;
      ++(plain ? plain_seen : loglog_seen);
    }
  }
  EXPECT_GT(plain_seen, 0);
  EXPECT_GT(loglog_seen, 0);
}

// One release that fits, and what is changed in it.
class EstimateRefusalTest : public ::testing::Test {
 protected:
  void ExpectRefused(const std::string& part) {
    const auto estimates = Decode(test_);
    EXPECT_THAT(estimates, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(part)));
    EXPECT_EQ(base::ReasonOf(estimates.status()), "layout_mismatch");
  }
  TestRelease test_{LoadTestCharter(), QuestionAbout(kBothCauses), GoldenCells()};
};

TEST_F(EstimateRefusalTest, AnotherCharter) {
  test_.release.set_charter_hash(std::string(32, '\x01'));
  ExpectRefused("another charter");
}

TEST_F(EstimateRefusalTest, AnotherPlan) {
  test_.release.set_plan(test_.plan.text() + " ");
  ExpectRefused("another plan");
}

TEST_F(EstimateRefusalTest, AnotherLayout) {
  test_.release.set_layout_hash(std::string(32, '\x01'));
  ExpectRefused("another layout");
}

TEST_F(EstimateRefusalTest, MissingValue) {
  test_.release.mutable_values()->RemoveLast();
  ExpectRefused("number of values");
}

TEST_F(EstimateRefusalTest, AnotherNoiseLaw) {
  test_.release.mutable_noise()->set_law(v1::DISCRETE_LAPLACE);
  ExpectRefused("noise law");
}

TEST_F(EstimateRefusalTest, FractionOfAVariance) {
  test_.release.mutable_noise()->set_denominator(2);
  ExpectRefused("noise law");
}

TEST_F(EstimateRefusalTest, AnotherNumberOfDealers) {
  test_.release.set_quorum(2);
  ExpectRefused("dealers");
}

TEST_F(EstimateRefusalTest, LevelOfOne) {
  EXPECT_THAT(Decode(test_, {.level = 1}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(EstimateRefusalTest, HorizonBeyondTheLastKnot) {
  EXPECT_THAT(Decode(test_, {.tau = 61}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tau")));
}

TEST_F(EstimateRefusalTest, LandmarkBeyondTheLastKnot) {
  EXPECT_THAT(Decode(test_, {.landmarks = {61}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("months")));
}

TEST_F(EstimateRefusalTest, QuantileOfZero) {
  EXPECT_THAT(Decode(test_, {.quantiles = {0}}), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace perdura::query
