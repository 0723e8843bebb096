// What is read off a release of another plan: cells are sums of released cells, and so is their
// noise.

#include "query/table_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/reason.h"
#include "base/status_macros.h"
#include "query/estimate.h"
#include "query/round_terms.h"
#include "statistics/binned_survival.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::SeededRandom;
using ::perdura::test_support::StatusIs;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr char kSurvival[] = "overall-survival@1";
constexpr uint64_t kVariance = 40000;
constexpr double kRowVariance = 3.0 * kVariance;

PlanRequest On(const std::string& grid, const std::string& group_by = "",
               const std::string& endpoint = kSurvival) {
  PlanRequest request = QuestionAbout(endpoint);
  request.grid = grid;
  request.group_by = group_by;
  return request;
}

// Counts that are all different, so that no two cells can be mixed up.
std::vector<int64_t> DifferentCounts(const Layout& layout) {
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()));
  std::iota(cells.begin(), cells.end(), 20);
  return cells;
}

std::span<const int64_t> ValuesOf(const TestRelease& test) {
  return {test.release.values().data(), static_cast<size_t>(test.release.values_size())};
}

class TableReadingTest : public ::testing::Test {
 protected:
  TestRelease Release(const PlanRequest& request) const {
    const Plan plan = PlanOf(request, *charter_);
    return TestRelease(charter_, request, DifferentCounts(*Layout::Create(plan, *charter_)),
                       kVariance);
  }
  absl::StatusOr<TableReading> Read(const PlanRequest& asked, const TestRelease& test) const {
    const Plan plan = PlanOf(asked, *charter_);
    PERDURA_ASSIGN_OR_RETURN(const Layout layout, Layout::Create(plan, *charter_));
    return TableReading::Create(plan, layout, test.plan, *charter_, kRowVariance);
  }
  absl::StatusOr<Estimates> EstimatesOf(const PlanRequest& asked, const TestRelease& test,
                                        const EstimateOptions& options = {}) const {
    const Plan plan = PlanOf(asked, *charter_);
    PERDURA_ASSIGN_OR_RETURN(const Layout layout, Layout::Create(plan, *charter_));
    return Estimate(plan, layout, *charter_, test.release, options);
  }

  const std::shared_ptr<const federation::Charter> charter_ = LoadTestCharter({}, AddCoarseGrid);
};

TEST_F(TableReadingTest, CoarserCellsAreSumsByHand) {
  const TestRelease test = Release(On("g8@1"));
  ASSERT_OK_AND_ASSIGN(const TableReading reading, Read(On("g4@1"), test));
  ASSERT_OK_AND_ASSIGN(const auto cells, reading.Cells(0, ValuesOf(test)));
  // Deaths 20 21 22 | 23 24 | 25 26 | 27, censored 28 29 30 | 31 32 | 33 34 | 35.
  EXPECT_THAT(cells, Pointwise(DoubleNear(1e-9), {63.0, 47.0, 51.0, 27.0, 87.0, 63.0, 67.0, 35.0}));
  EXPECT_NEAR(reading.NotEvaluable(0, ValuesOf(test)) / 256, 36, 1e-9);
}

// 17 cells a group: bin k of group g has 20 + 17 g + k deaths.
TEST_F(TableReadingTest, PooledCellsAreSumsOverTheGroupsByHand) {
  const TestRelease test = Release(On("g8@1", "sex"));
  ASSERT_EQ(test.layout.groups().size(), 3u);
  ASSERT_OK_AND_ASSIGN(const TableReading reading, Read(On("g8@1"), test));
  ASSERT_OK_AND_ASSIGN(const auto cells, reading.Cells(0, ValuesOf(test)));
  for (size_t cell = 0; cell < 16; ++cell) {
    EXPECT_NEAR(cells[cell], 3 * (20 + static_cast<double>(cell)) + 17 * 3, 1e-9);
  }
  EXPECT_NEAR(reading.NotEvaluable(0, ValuesOf(test)) / 256, 3 * 36 + 17 * 3, 1e-9);
  EXPECT_DOUBLE_EQ(reading.RowVariance(0), 3 * kRowVariance);
}

// Deviations of 4,000 releases' sums have the covariance that the reading states: chi-square of a
// variance with 4,000 degrees stays within 9 % at four sd.
TEST_F(TableReadingTest, NoiseOfSummedCellsVariesAsStated) {
  const TestRelease test = Release(On("g8@1", "sex"));
  ASSERT_OK_AND_ASSIGN(const TableReading reading, Read(On("g4@1"), test));
  ASSERT_OK_AND_ASSIGN(const auto exact, reading.Cells(0, ValuesOf(test)));
  ASSERT_OK_AND_ASSIGN(const auto covariance, reading.Covariance(0));
  // At risk after 12 months; deaths by 36 months; one bin.
  const std::vector<std::vector<double>> gradients = {
      {0, 0, 1, 1, 0, 0, 1, 1}, {1, 1, 1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0}};
  SeededRandom random(41);
  const auto normal = [&random] {
    const double u = (static_cast<double>(random.Next() >> 11) + 1) / 0x1p53;
    const double v = static_cast<double>(random.Next() >> 11) / 0x1p53;
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
  };
  constexpr int kReleases = 4000;
  std::vector<double> squares(gradients.size(), 0);
  for (int i = 0; i < kReleases; ++i) {
    std::vector<int64_t> values(ValuesOf(test).begin(), ValuesOf(test).end());
    for (int64_t& value : values) value += std::lround(std::sqrt(kRowVariance) * normal());
    ASSERT_OK_AND_ASSIGN(const auto cells, reading.Cells(0, values));
    for (size_t g = 0; g < gradients.size(); ++g) {
      double deviation = 0;
      for (size_t cell = 0; cell < cells.size(); ++cell) {
        deviation += gradients[g][cell] * (cells[cell] - exact[cell]);
      }
      squares[g] += deviation * deviation / kReleases;
    }
  }
  for (size_t g = 0; g < gradients.size(); ++g) {
    EXPECT_NEAR(squares[g] / covariance.Quadratic(gradients[g]), 1, 0.09) << g;
  }
}

// The strategy spends its precision on sums, so a coarse cell varies less than its parts apart.
TEST_F(TableReadingTest, SummedCellsAreNotTakenForIndependent) {
  const TestRelease test = Release(On("g8@1"));
  ASSERT_OK_AND_ASSIGN(const TableReading fine, Read(On("g8@1"), test));
  ASSERT_OK_AND_ASSIGN(const TableReading coarse, Read(On("g4@1"), test));
  ASSERT_OK_AND_ASSIGN(const auto fine_noise, fine.Covariance(0));
  ASSERT_OK_AND_ASSIGN(const auto coarse_noise, coarse.Covariance(0));
  const double apart = fine_noise.at(0, 0) + fine_noise.at(1, 1) + fine_noise.at(2, 2);
  EXPECT_LT(coarse_noise.at(0, 0), 0.9 * apart);
}

TEST_F(TableReadingTest, EstimatesOfACoarserGridAreThoseOfTheSummedTable) {
  const TestRelease test = Release(On("g8@1"));
  ASSERT_OK_AND_ASSIGN(const TableReading reading, Read(On("g4@1"), test));
  ASSERT_OK_AND_ASSIGN(auto covariance, reading.Covariance(0));
  ASSERT_OK_AND_ASSIGN(
      const auto fit,
      statistics::BinnedSurvival::Fit({.knots = {6, 12, 36, 60}, .causes = 1, .minimum_cohort = 10},
                                      {63, 47, 51, 27, 87, 63, 67, 35}, covariance));
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, EstimatesOf(On("g4@1"), test));
  EXPECT_EQ(estimates.derivation, "grid g4@1 out of g8@1");
  EXPECT_EQ(estimates.released_plan, test.plan.text());
  EXPECT_EQ(estimates.charge.units, test.plan.charge().units);
  ASSERT_EQ(estimates.groups.size(), 1u);
  ASSERT_EQ(estimates.groups[0].km.size(), 4u);
  for (int bin = 0; bin < 4; ++bin) {
    const Estimated& shown = estimates.groups[0].km[static_cast<size_t>(bin)].survival;
    EXPECT_NEAR(*shown.value, fit.Survival(bin).value, 1e-9);
    EXPECT_NEAR(*shown.lower, fit.Survival(bin).lower, 1e-9);
    EXPECT_NEAR(*shown.upper, fit.Survival(bin).upper, 1e-9);
    EXPECT_NEAR(*shown.se_noise, std::sqrt(fit.Survival(bin).variance_noise), 1e-9);
  }
}

TEST_F(TableReadingTest, PooledCategoriesAreSumsWithTheNoiseOfAllGroups) {
  const TestRelease test = Release(On("", "sex", "status-12@1"));
  ASSERT_OK_AND_ASSIGN(const Estimates estimates, EstimatesOf(On("", "", "status-12@1"), test));
  const GroupEstimates& pooled = estimates.groups.at(0);
  // Six cells a group: category c of group g has 20 + 6 g + c.
  EXPECT_NEAR(pooled.counts[1].count, 21 + 27 + 33, 1e-9);
  EXPECT_NEAR(pooled.counts[1].count_sd, std::sqrt(3 * kRowVariance) / 256, 1e-9);
  EXPECT_NEAR(pooled.not_evaluable_sd, std::sqrt(3 * kRowVariance) / 256, 1e-9);
  EXPECT_EQ(estimates.decoder, "");
}

TEST_F(TableReadingTest, SameReleaseGivesTheSameEstimatesAgain) {
  const TestRelease test = Release(On("g8@1", "sex"));
  ASSERT_OK_AND_ASSIGN(const Estimates once, EstimatesOf(On("g4@1"), test));
  ASSERT_OK_AND_ASSIGN(const Estimates again, EstimatesOf(On("g4@1"), test));
  EXPECT_EQ(*once.groups[0].rmst.value, *again.groups[0].rmst.value);
  EXPECT_EQ(*once.groups[0].rmst.upper, *again.groups[0].rmst.upper);
}

TEST_F(TableReadingTest, PlanThatDoesNotFollowIsRefused) {
  const auto estimates = EstimatesOf(On("g8@1", "sex"), Release(On("g8@1")));
  EXPECT_THAT(estimates, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another plan")));
  EXPECT_EQ(base::ReasonOf(estimates.status()), "layout_mismatch");
}

TEST_F(TableReadingTest, RowsOfTheAskedTableAreNotTakenForThoseReleased) {
  TestRelease test = Release(On("g8@1"));
  test.release.mutable_values()->RemoveLast();
  EXPECT_THAT(EstimatesOf(On("g4@1"), test),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("number of values")));
}

// What the aggregator ranks answers by: three groups carry three times the noise of one, four times
// the charge a quarter of it.
TEST_F(TableReadingTest, NoiseGrowsWithGroupsAndFallsWithTheCharge) {
  const auto noise = [this](const PlanRequest& released, double row_variance) {
    const Plan asked = PlanOf(On("g8@1"), *charter_);
    const auto reading = TableReading::Create(asked, *Layout::Create(asked, *charter_),
                                              PlanOf(released, *charter_), *charter_, row_variance);
    return *reading->NoiseOnCounts();
  };
  const double one = noise(On("g8@1"), kRowVariance);
  EXPECT_NEAR(noise(On("g8@1", "sex"), kRowVariance) / one, 3, 1e-9);
  EXPECT_NEAR(noise(On("g8@1"), kRowVariance / 4) / one, 0.25, 1e-9);
}

// ---- the decoder ----

TEST_F(TableReadingTest, DecoderIsNamedAndPlainUnlessChosen) {
  const TestRelease test = Release(On("g8@1"));
  ASSERT_OK_AND_ASSIGN(const Estimates plain, EstimatesOf(On("g8@1"), test));
  ASSERT_OK_AND_ASSIGN(
      const Estimates smoothed,
      EstimatesOf(On("g8@1"), test, {.decoder = statistics::Decoder::kSmoothedHazards}));
  EXPECT_EQ(plain.decoder, "plain");
  EXPECT_EQ(smoothed.decoder, "smoothed");
  EXPECT_NE(*plain.groups[0].km[3].survival.value, *smoothed.groups[0].km[3].survival.value);
}

TEST_F(TableReadingTest, SmoothingIsOfCurvesWithoutDelayedEntry) {
  const EstimateOptions smoothed = {.decoder = statistics::Decoder::kSmoothedHazards};
  for (const char* endpoint : {"status-12@1", "late-entry-survival@1"}) {
    const PlanRequest request =
        On(endpoint == std::string("status-12@1") ? "" : "g8@1", "", endpoint);
    EXPECT_THAT(EstimatesOf(request, Release(request), smoothed),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("decoder")));
  }
}

}  // namespace
}  // namespace perdura::query
