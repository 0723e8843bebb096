// Answers from the store: a plan that follows from a release costs nothing, gives that release's
// bytes, and nobody is answered with what does not follow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "query/estimate.h"
#include "tests/simulation/asked_questions.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

constexpr uint64_t kSmallCharge = 10'000'000'000;
constexpr uint64_t kEpsilonOfOne = uint64_t{1} << 40;

// With a grid that is a part of g8@1.
TestFederation WithCoarseGrid() {
  TestFederation federation = TestFederation::Make({.flagship_cap_units = 4 * kEpsilonOfOne});
  v1::TimeGrid& grid = *federation.charter.add_grids();
  grid.set_id("g4@1");
  for (const uint32_t knot : {6, 12, 36, 60}) grid.add_knots(knot);
  return federation;
}

class StoredAnswerTest : public ::testing::Test {
 protected:
  StoredAnswerTest() : sim_(WithCoarseGrid(), /*seed=*/5, Faults{}, OneCellEach(25)) {
    sim_.Settle();
  }
  query::PlanRequest Request(uint64_t units = kSmallCharge) {
    query::PlanRequest request;
    request.endpoint = kEverybody;
    request.grid = "g8@1";
    request.role = "researcher";
    request.charge_units = units;
    return request;
  }
  query::PlanRequest ByDisease(uint64_t units = kSmallCharge) {
    query::PlanRequest request = Request(units);
    request.group_by = "disease";
    return request;
  }
  query::PlanRequest Flagship(const std::string& grid) {
    query::PlanRequest request = Request(kEpsilonOfOne);
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    request.grid = grid;
    return request;
  }
  query::Plan PlanOf(const query::PlanRequest& request) {
    return *query::Plan::Build(request, *sim_.charter());
  }
  v1::Answer Ask(const query::PlanRequest& request, const std::string& repeat_of = "") {
    const auto answer = sim_.Ask(sim_.MakeAsk(PlanOf(request).text(), repeat_of));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::Answer());
  }
  // Of both compartments, at the aggregator and at one node, which must agree.
  uint64_t Spent() {
    uint64_t total = 0;
    for (const auto compartment : {v1::COMPARTMENT_ADHOC, v1::COMPARTMENT_FLAGSHIP}) {
      const federation::ChargeLine line = {compartment, "allo-hct@1", "2026", 0};
      const uint64_t spent = sim_.store().Spent(line).value_or(0);
      EXPECT_EQ(federation::ChargeLedger(sim_.registry("ohio")).Spent(line).value_or(1), spent);
      total += spent;
    }
    return total;
  }
  // The released answer came first; the other is it again, free.
  void ExpectAnsweredBy(const v1::Answer& released, const query::PlanRequest& asked) {
    const uint64_t spent = Spent();
    const v1::Answer answer = Ask(asked);
    EXPECT_TRUE(answer.from_store());
    EXPECT_EQ(answer.charged_units(), 0u);
    EXPECT_EQ(answer.bundle(), released.bundle());
    EXPECT_EQ(answer.release_id(), released.release_id());
    EXPECT_EQ(Spent(), spent);
  }
  void ExpectCharged(const query::PlanRequest& asked) {
    const uint64_t spent = Spent();
    EXPECT_FALSE(Ask(asked).from_store());
    EXPECT_EQ(Spent(), spent + PlanOf(asked).charge().units);
  }

  SimulatedFederation sim_;
};

TEST_F(StoredAnswerTest, TotalIsAnsweredByItsGroups) {
  ExpectAnsweredBy(Ask(ByDisease()), Request());
}

TEST_F(StoredAnswerTest, CoarserGridIsAnsweredByAFinerOne) {
  ExpectAnsweredBy(Ask(Flagship("g8@1")), Flagship("g4@1"));
}

TEST_F(StoredAnswerTest, FinerGridIsCharged) {
  Ask(Flagship("g4@1"));
  ExpectCharged(Flagship("g8@1"));
}

TEST_F(StoredAnswerTest, SmallerChargeIsAnsweredByALargerOne) {
  ExpectAnsweredBy(Ask(Request(2 * kSmallCharge)), Request(kSmallCharge));
}

TEST_F(StoredAnswerTest, LargerChargeIsCharged) {
  Ask(Request(kSmallCharge));
  ExpectCharged(Request(2 * kSmallCharge));
}

TEST_F(StoredAnswerTest, GroupsAreChargedThoughTheTotalIsThere) {
  Ask(Request());
  ExpectCharged(ByDisease());
}

TEST_F(StoredAnswerTest, OtherCohortScopeOfBordersOrCompartmentIsCharged) {
  Ask(ByDisease());
  query::PlanRequest cohort = Request();
  cohort.cohort = {{"disease", {"aml-high"}}};
  ExpectCharged(cohort);
  query::PlanRequest abroad = Request();
  abroad.cross_border = true;
  ExpectCharged(abroad);
  ExpectCharged(Flagship("g8@1"));
}

// Whose noise on the total is smallest: four groups carry four times that of one table.
TEST_F(StoredAnswerTest, LeastNoisyReleaseAnswers) {
  const v1::Answer groups = Ask(ByDisease(2 * kSmallCharge));
  const v1::Answer total = Ask(Request(3 * kSmallCharge));
  ASSERT_NE(total.release_id(), groups.release_id());
  ExpectAnsweredBy(total, Request(kSmallCharge));
  const v1::Answer dear = Ask(ByDisease(16 * kSmallCharge));
  ExpectAnsweredBy(dear, Request(kSmallCharge));
}

// Equal ones: the newest.
TEST_F(StoredAnswerTest, NewestOfEqualReleasesAnswers) {
  const v1::Answer first = Ask(Request());
  const v1::Answer second = Ask(Request(), first.release_id());
  EXPECT_NE(second.release_id(), first.release_id());
  ExpectAnsweredBy(second, Request());
}

TEST_F(StoredAnswerTest, DerivedAnswerCanBeDrawnAnewAtItsPrice) {
  const v1::Answer groups = Ask(ByDisease());
  const uint64_t spent = Spent();
  const v1::Answer total = Ask(Request(), groups.release_id());
  EXPECT_FALSE(total.from_store());
  EXPECT_EQ(Spent(), spent + kSmallCharge);
  EXPECT_EQ(ReleaseOf(total).plan(), PlanOf(Request()).text());
  ExpectAnsweredBy(total, Request());
  // The groups do not answer any more.
  const auto again = sim_.Ask(sim_.MakeAsk(PlanOf(Request()).text(), groups.release_id()));
  EXPECT_EQ(base::ReasonOf(again.status()), "already_released");
}

TEST_F(StoredAnswerTest, DerivedAnswerStaysWithItsQuestion) {
  const v1::Answer groups = Ask(ByDisease());
  const v1::Envelope question = sim_.MakeAsk(PlanOf(Request()).text());
  EXPECT_EQ(sim_.Ask(question)->bundle(), groups.bundle());
  Ask(Request(), groups.release_id());
  EXPECT_EQ(sim_.Ask(question)->bundle(), groups.bundle());
}

TEST_F(StoredAnswerTest, PreviewNamesTheReleaseAndItsPlan) {
  const v1::Answer groups = Ask(ByDisease());
  v1::PreviewRequest request;
  request.set_plan(PlanOf(Request()).text());
  request.set_role("researcher");
  request.set_purpose("evidence");
  const auto preview = sim_.desk().Preview("payer-desk", request, sim_.now());
  ASSERT_OK(preview);
  EXPECT_EQ(preview->price_units(), 0u);
  EXPECT_EQ(preview->stored_release_id(), groups.release_id());
  EXPECT_EQ(preview->stored_plan(), PlanOf(ByDisease()).text());
}

// Whom the plan's scope and products are not open to gets no derived answer either.
TEST_F(StoredAnswerTest, WhoMayNotAskIsNotAnswered) {
  Ask(ByDisease());
  v1::PreviewRequest request;
  request.set_plan(PlanOf(Request()).text());
  request.set_role("regulator");
  request.set_purpose("evidence");
  EXPECT_EQ(base::ReasonOf(sim_.desk().Preview("payer-desk", request, sim_.now()).status()),
            "not_allowed");
}

// The client's part: the bundle verifies as it is, and the table asked is read off it.
TEST_F(StoredAnswerTest, BundleVerifiesAndGivesTheTableAsked) {
  const query::PlanRequest by_disease = ByDisease(40 * kSmallCharge);
  Ask(by_disease);
  const v1::Answer answer = Ask(Request(40 * kSmallCharge));
  const auto opened = federation::OpenBundle(BundleOf(answer), sim_.federation().pin);
  ASSERT_OK(opened);
  const query::Plan plan = PlanOf(Request(40 * kSmallCharge));
  ASSERT_OK_AND_ASSIGN(const query::Layout layout, query::Layout::Create(plan, *opened->charter));
  ASSERT_OK_AND_ASSIGN(const query::Estimates estimates,
                       query::Estimate(plan, layout, *opened->charter, opened->release, {}));
  EXPECT_EQ(estimates.derivation, "sum over disease");
  EXPECT_EQ(estimates.released_plan, PlanOf(by_disease).text());
  ASSERT_EQ(estimates.groups.size(), 1u);
  // Four hospitals with 25 patients each, and the noise of four groups' 16 cells: at rho .36 and
  // phi 1.5 a standard deviation of at most 11.5.
  EXPECT_NEAR(*estimates.groups[0].n, 100, 60);
}

// The charter that a release was made under decides what follows from it.
TEST_F(StoredAnswerTest, ReleaseOfAnOlderCharterAnswersWhatThatCharterKnew) {
  const v1::Answer groups = Ask(ByDisease());
  v1::Charter next = TestFederation::Next(sim_.charter()->proto());
  v1::TimeGrid& grid = *next.add_grids();
  grid.set_id("half@1");
  for (const uint32_t knot : {6, 36, 60}) grid.add_knots(knot);
  ASSERT_OK(sim_.desk().AcceptCharter(sim_.federation().Sign(next), sim_.now()));
  sim_.Settle();
  ExpectAnsweredBy(groups, Request());
  const v1::Answer fine = Ask(Flagship("g8@1"));
  ExpectAnsweredBy(fine, Flagship("half@1"));
}

TEST_F(StoredAnswerTest, GridThatTheReleasesCharterDidNotKnowIsCharged) {
  Ask(Flagship("g8@1"));
  v1::Charter next = TestFederation::Next(sim_.charter()->proto());
  v1::TimeGrid& grid = *next.add_grids();
  grid.set_id("half@1");
  for (const uint32_t knot : {6, 36, 60}) grid.add_knots(knot);
  ASSERT_OK(sim_.desk().AcceptCharter(sim_.federation().Sign(next), sim_.now()));
  sim_.Settle();
  ExpectCharged(Flagship("half@1"));
}

}  // namespace
}  // namespace perdura::simulation
