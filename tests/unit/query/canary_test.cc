#include "query/canary.h"

#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/str_replace.h"
#include "base/reason.h"
#include "query/derived_answer.h"
#include "query/planned_releases.h"
#include "query/round_terms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

constexpr uint32_t kPatients = 40;

PlanRequest CanaryRequest() {
  PlanRequest request = QuestionAbout("overall-survival");
  request.products = {"canary"};
  request.compartment = v1::COMPARTMENT_CANARY;
  return request;
}

class CanaryTest : public ::testing::Test {
 protected:
  // The word that refuses the canary plan after one replacement in its text.
  std::string ReasonFor(const char* from, const char* to) const {
    const std::string text = absl::StrReplaceAll(plan_.text(), {{from, to}});
    EXPECT_NE(text, plan_.text());
    return base::ReasonOf(Plan::Parse(text, *charter_).status());
  }
  std::vector<int64_t> CellsOf(const char* member) const {
    const auto layout = Layout::Create(plan_, *charter_);
    EXPECT_OK(layout);
    return CanaryCells(plan_, *layout, *charter_, member);
  }

  const std::shared_ptr<const federation::Charter> charter_ =
      LoadTestCharter({.canary_patients = kPatients});
  const Plan plan_ = PlanOf(CanaryRequest(), *charter_);
};

TEST_F(CanaryTest, PlanSaysThatItIsOne) {
  EXPECT_TRUE(plan_.canary());
  EXPECT_EQ(plan_.charge().price(), 0u);
  EXPECT_EQ(plan_.text(),
            "perdura-plan/1 charge=canary:8589934592 cohort=all cross_border=no cut=bmt@1 "
            "endpoint=overall-survival@1 grid=g8@1 groups=none index=first "
            "mechanism=discrete-gaussian products=canary@1 scope=research "
            "strategy=curative-g8-j1@1");
}

TEST_F(CanaryTest, PlanOfPatientsIsNone) {
  const Plan plan = PlanOf(QuestionAbout("overall-survival"), *charter_);
  EXPECT_FALSE(plan.canary());
  EXPECT_EQ(plan.products(), std::vector<std::string>{"allo-hct@1"});
  EXPECT_EQ(plan.charge().price(), plan.charge().units);
}

TEST_F(CanaryTest, RealProductUnderACanaryChargeIsRefused) {
  EXPECT_EQ(ReasonFor("products=canary@1", "products=allo-hct@1"), "bad_canary");
}
TEST_F(CanaryTest, RealProductBesideTheCanaryIsRefused) {
  EXPECT_EQ(ReasonFor("products=canary@1", "products=allo-hct@1,canary@1"), "bad_canary");
}
TEST_F(CanaryTest, CanaryProductUnderARealChargeIsRefused) {
  EXPECT_EQ(ReasonFor("charge=canary", "charge=adhoc"), "bad_canary");
  EXPECT_EQ(ReasonFor("=canary:8589934592", "=adhoc:96924905894"), "bad_canary");
}
TEST_F(CanaryTest, AnotherNoiseIsRefused) {
  EXPECT_EQ(ReasonFor("8589934592", "8589934591"), "bad_canary");
  EXPECT_EQ(ReasonFor("8589934592", "96924905894"), "bad_canary");
}
TEST_F(CanaryTest, CohortIsRefused) {
  EXPECT_EQ(ReasonFor("cohort=all", "cohort=disease:all"), "bad_canary");
}
TEST_F(CanaryTest, GroupsAreRefused) {
  EXPECT_EQ(ReasonFor("groups=none", "groups=sex:female,male,unknown"), "bad_canary");
}
TEST_F(CanaryTest, TableOfAnotherKindIsRefused) {
  EXPECT_EQ(base::ReasonOf(Plan::Parse(absl::StrReplaceAll(plan_.text(),
                                                           {{"overall-survival@1", "status-12@1"},
                                                            {"grid=g8@1", "grid=none"},
                                                            {"curative-g8-j1@1", "identity"}}),
                                       *charter_)
                               .status()),
            "bad_canary");
}
TEST_F(CanaryTest, FlagshipLawIsRefused) {
  EXPECT_EQ(ReasonFor("discrete-gaussian", "discrete-laplace"), "plan_not_canonical");
}

// The only plans without a line are canaries: every debit rests on this.
TEST_F(CanaryTest, TermsHaveNoLineAndNoPriceButTheNoiseOfTheCanaryCharge) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, RoundTerms::Create(plan_, *charter_));
  EXPECT_TRUE(terms.lines().empty());
  v1::Manifest manifest;
  terms.WriteTo(manifest);
  EXPECT_EQ(manifest.charge().compartment(), v1::COMPARTMENT_CANARY);
  EXPECT_EQ(manifest.charge().units(), 0u);
  EXPECT_OK(terms.CheckManifest(manifest));
  PlanRequest paid = QuestionAbout("overall-survival");
  paid.charge_units = kCanaryUnits;
  ASSERT_OK_AND_ASSIGN(const RoundTerms same,
                       RoundTerms::Create(PlanOf(paid, *charter_), *charter_));
  EXPECT_EQ(terms.noise().numerator(), same.noise().numerator());
  EXPECT_EQ(same.lines().size(), 1u);
}

TEST_F(CanaryTest, NothingFollowsFromACanary) {
  EXPECT_FALSE(Follows(plan_, plan_, *charter_).has_value());
  EXPECT_TRUE(plan_.overlap_key().empty());
}

TEST_F(CanaryTest, PlannedReleaseIsRefused) {
  v1::Charter proto = charter_->proto();
  v1::PlannedRelease& planned = *proto.add_planned_releases();
  planned.set_id("yearly@1");
  planned.set_plan(plan_.text());
  const auto charter = federation::Charter::Create(proto.SerializeAsString());
  ASSERT_OK(charter);
  EXPECT_EQ(base::ReasonOf(CheckPlannedReleases(**charter)), "bad_planned_release");
}

TEST_F(CanaryTest, EveryGeneratedPatientIsInOneCell) {
  const std::vector<int64_t> cells = CellsOf("ohio");
  EXPECT_EQ(cells.size(), 17u);
  EXPECT_EQ(std::accumulate(cells.begin(), cells.end(), int64_t{0}), kPatients);
}
TEST_F(CanaryTest, CellsAreAFunctionOfPlanAndMember) {
  EXPECT_EQ(CellsOf("ohio"), CellsOf("ohio"));
  EXPECT_NE(CellsOf("ohio"), CellsOf("alfred"));
}
// By Python's hashlib, from the rule in the header.
TEST_F(CanaryTest, CellsOfTheRule) {
  EXPECT_EQ(CellsOf("ohio"),
            (std::vector<int64_t>{1, 0, 3, 2, 5, 4, 4, 1, 3, 2, 4, 2, 1, 3, 2, 0, 3}));
}

}  // namespace
}  // namespace perdura::query
