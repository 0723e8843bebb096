#include "query/canary_residuals.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/reason.h"
#include "query/canary.h"
#include "query/round_terms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

constexpr int kDealers = 3;

PlanRequest CanaryQuestion() {
  PlanRequest request = QuestionAbout("overall-survival");
  request.products = {"canary@1"};
  request.compartment = v1::COMPARTMENT_CANARY;
  return request;
}

class CanaryResidualsTest : public ::testing::Test {
 protected:
  CanaryResidualsTest() {
    for (const char* member : {"ohio", "alfred", "hahnemann"}) {
      commit_.add_contributors()->set_member(member);
      commit_.add_dealers()->set_member(member);
    }
    std::vector<int64_t> total(static_cast<size_t>(test_.layout.cells()), 0);
    for (const v1::CommitEntry& entry : commit_.contributors()) {
      const auto cells = CanaryCells(test_.plan, test_.layout, *test_.charter, entry.member());
      for (size_t cell = 0; cell < cells.size(); ++cell) total[cell] += cells[cell];
    }
    const std::vector<int64_t> rows = test_.layout.Measure(total);
    test_.release.mutable_values()->Assign(rows.begin(), rows.end());
  }
  absl::StatusOr<std::vector<double>> Residuals() const {
    return CanaryResiduals(test_.release, commit_, *test_.charter);
  }

  TestRelease test_{LoadTestCharter({.canary_patients = 40}), CanaryQuestion(),
                    std::vector<int64_t>(17, 0)};
  v1::Commit commit_;
};

TEST_F(CanaryResidualsTest, TableWithoutNoiseLeavesNothing) {
  ASSERT_OK_AND_ASSIGN(const auto residuals, Residuals());
  EXPECT_EQ(residuals, std::vector<double>(17, 0.0));
}

TEST_F(CanaryResidualsTest, NoiseIsShownInDeviationsOfAllDealers) {
  test_.release.set_values(5, test_.release.values(5) - 4000);
  ASSERT_OK_AND_ASSIGN(const auto residuals, Residuals());
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, RoundTerms::Create(test_.plan, *test_.charter));
  const double variance = static_cast<double>(terms.noise().numerator()) * kDealers;
  EXPECT_DOUBLE_EQ(residuals[5], -4000 / std::sqrt(variance));
  // The step of a discrete law does not show: statistics/noise_check.h.
  EXPECT_GT(std::sqrt(variance), 50);
}

TEST_F(CanaryResidualsTest, MissingContributorIsNotCounted) {
  commit_.mutable_contributors()->RemoveLast();
  ASSERT_OK_AND_ASSIGN(const auto residuals, Residuals());
  EXPECT_NE(residuals, std::vector<double>(17, 0.0));
}

TEST_F(CanaryResidualsTest, ReleaseOfPatientsIsRefused) {
  test_.release.set_plan(PlanOf(QuestionAbout("overall-survival"), *test_.charter).text());
  EXPECT_EQ(base::ReasonOf(Residuals().status()), "bad_canary");
}

TEST_F(CanaryResidualsTest, AnotherNumberOfRowsIsRefused) {
  test_.release.mutable_values()->RemoveLast();
  EXPECT_EQ(base::ReasonOf(Residuals().status()), "layout_mismatch");
}

TEST_F(CanaryResidualsTest, CommitWithoutDealersIsRefused) {
  commit_.clear_dealers();
  EXPECT_EQ(base::ReasonOf(Residuals().status()), "layout_mismatch");
}

}  // namespace
}  // namespace perdura::query
