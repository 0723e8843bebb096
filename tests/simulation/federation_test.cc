// The whole protocol, node to release, over perfect networks: what is released, charged, repeated
// and refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "federation/envelope.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

class FederationTest : public ::testing::Test {
 protected:
  explicit FederationTest(TestOptions options = {})
      : sim_(TestFederation::Make(options), /*seed=*/7, Faults{}, OneCellEach(25)) {
    sim_.Settle();
  }
  v1::Answer Answered(const v1::Envelope& ask) {
    const auto answer = sim_.Ask(ask);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::Answer();
  }
  uint64_t SpentAtAggregator() {
    const auto spent = sim_.store().Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0});
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }
  uint64_t SpentAt(const std::string& node) {
    const auto spent = federation::ChargeLedger(sim_.registry(node))
                           .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0});
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }

  SimulatedFederation sim_;
};

TEST_F(FederationTest, QuestionGivesAVerifiableReleaseOfAllHospitals) {
  const v1::Answer answer = Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  const auto opened = federation::OpenBundle(BundleOf(answer), sim_.federation().pin);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->commit.contributors_size(), 4);
  EXPECT_EQ(opened->commit.dealers_size(), 3);
  EXPECT_FALSE(opened->release.unchecked_against_liars());
}

TEST_F(FederationTest, ReleaseDiffersFromTheExactRowsByNoiseOfTheStatedSize) {
  const v1::Release release =
      ReleaseOf(Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody))));
  ASSERT_EQ(release.values_size(), 17);
  const double sd = std::sqrt(static_cast<double>(release.noise().numerator()) * 3);
  double squares = 0;
  for (int row = 0; row < release.values_size(); ++row) {
    const double exact = row == 0 ? 256.0 * 100 : 0.0;
    squares += std::pow((static_cast<double>(release.values(row)) - exact) / sd, 2);
  }
  // Chi-square with 17 degrees: [4, 43] holds with probability above 0.998; the seed is fixed.
  EXPECT_GT(squares, 4);
  EXPECT_LT(squares, 43);
}

TEST_F(FederationTest, EveryLedgerIsChargedOnceAndTheSame) {
  Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  const uint64_t charge = sim_.charter()->proto().default_charge().units();
  EXPECT_EQ(SpentAtAggregator(), charge);
  for (const std::string& node : sim_.charter()->NodeIds()) EXPECT_EQ(SpentAt(node), charge);
}

TEST_F(FederationTest, SameQuestionGivesTheSameBytesAndSamePlanIsFree) {
  const v1::Envelope ask = sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody));
  const v1::Answer first = Answered(ask);
  EXPECT_EQ(Answered(ask).bundle(), first.bundle());
  const v1::Answer other = Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  EXPECT_EQ(other.bundle(), first.bundle());
  EXPECT_TRUE(other.from_store());
  EXPECT_EQ(SpentAtAggregator(), sim_.charter()->proto().default_charge().units());
}

TEST_F(FederationTest, QuestionIdWithOtherBytesIsRefused) {
  const std::string text = PlanText(*sim_.charter(), kEverybody);
  const v1::Envelope ask = sim_.MakeAsk(text);
  Answered(ask);
  v1::Ask changed;
  ASSERT_TRUE(changed.ParseFromString(ask.payload()));
  changed.set_max_charge(changed.max_charge() - 1);
  const v1::Envelope other = federation::SignMessage(
      federation::MessageType::kAsk, changed, sim_.federation().analyst_key("payer-desk"), "");
  EXPECT_EQ(base::ReasonOf(sim_.Ask(other).status()), "question_reused");
}

TEST_F(FederationTest, MissingHospitalCostsNothingButItsPatients) {
  sim_.Stop("alfred");
  const v1::Answer answer = Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  v1::Commit commit;
  ASSERT_TRUE(commit.ParseFromString(BundleOf(answer).commit().payload()));
  EXPECT_EQ(commit.contributors_size(), 3);
  EXPECT_EQ(SpentAt("alfred"), 0u);
}

TEST_F(FederationTest, RepeatWithoutOneHospitalIsRefusedAsOverlapBeforeAnyCharge) {
  const std::string text = PlanText(*sim_.charter(), kEverybody);
  const v1::Answer first = Answered(sim_.MakeAsk(text));
  const uint64_t spent = SpentAtAggregator();
  sim_.Stop("alfred");
  const auto again = sim_.Ask(sim_.MakeAsk(text, first.release_id()));
  EXPECT_EQ(base::ReasonOf(again.status()), "overlap");
  EXPECT_EQ(SpentAtAggregator(), spent);
}

TEST_F(FederationTest, OverlapThatTheForecastMissesIsRefusedByTheStewards) {
  const std::string text = PlanText(*sim_.charter(), kEverybody);
  Answered(sim_.MakeAsk(text));
  // A larger charge is another plan over the same patients; the hospital leaves without a trace at
  // the aggregator.
  sim_.Stop("alfred");
  sim_.desk().Poll("alfred", v1::PollRequest(), sim_.now()).IgnoreError();
  const auto other = sim_.Ask(sim_.MakeAsk(
      PlanText(*sim_.charter(), kEverybody, sim_.charter()->proto().default_charge().units() * 2)));
  EXPECT_EQ(base::ReasonOf(other.status()), "overlap");
}

TEST_F(FederationTest, FreeAnswerStaysTheSameWhenThePlanIsDrawnAgain) {
  const std::string text = PlanText(*sim_.charter(), kEverybody);
  const v1::Answer first = Answered(sim_.MakeAsk(text));
  const v1::Envelope free = sim_.MakeAsk(text);
  EXPECT_EQ(Answered(free).bundle(), first.bundle());
  const v1::Answer second = Answered(sim_.MakeAsk(text, first.release_id()));
  ASSERT_NE(second.release_id(), first.release_id());
  EXPECT_EQ(Answered(free).bundle(), first.bundle());
  sim_.Jump(sim_.now() + absl::Hours(5));
  EXPECT_EQ(Answered(free).bundle(), first.bundle());
}

// Every steward restarts with the certificate on its way: nobody has shares any more.
TEST_F(FederationTest, CertifiedRoundWithoutSharesIsBurntAtOnceNotAfterADay) {
  const v1::Envelope ask = sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody));
  const std::string analyst = sim_.charter()->proto().analysts(0).id();
  const auto ticket = sim_.desk().Ask(analyst, ask, sim_.now());
  ASSERT_TRUE(ticket.ok()) << ticket.status();
  const auto certified = [&] {
    const auto view = sim_.desk().View(ticket->manifest_hash, sim_.now());
    return view.ok() && view->progress.phase == aggregator::Phase::kCertified;
  };
  while (!certified()) sim_.RunFor(absl::Microseconds(20));
  for (const v1::Member& member : sim_.charter()->proto().members()) {
    sim_.Stop(member.id());
    sim_.StartMember(member.id());
  }
  const auto answer = sim_.Ask(ask, absl::Seconds(10));
  EXPECT_EQ(base::ReasonOf(answer.status()), "too_few_stewards") << answer.status();
}

TEST_F(FederationTest, RepeatWithEqualContributorsIsANewChargeAndOtherNoise) {
  const std::string text = PlanText(*sim_.charter(), kEverybody);
  const v1::Answer first = Answered(sim_.MakeAsk(text));
  const v1::Answer second = Answered(sim_.MakeAsk(text, first.release_id()));
  EXPECT_NE(first.release_id(), second.release_id());
  EXPECT_EQ(SpentAt("ohio"), 2 * sim_.charter()->proto().default_charge().units());
}

TEST_F(FederationTest, TwoStewardsAwayBurnTheAttemptAndChargeNoHospital) {
  sim_.Stop("alfred");
  sim_.Stop("hahnemann");
  const auto burnt = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  EXPECT_EQ(base::ReasonOf(burnt.status()), "too_few_stewards");
  EXPECT_THAT(std::string(burnt.status().message()),
              ::testing::HasSubstr("no hospital's ledger was charged"));
  EXPECT_EQ(SpentAtAggregator(), sim_.charter()->proto().default_charge().units());
  EXPECT_EQ(SpentAt("ohio"), 0u);
}

TEST_F(FederationTest, QuestionBeyondTheBudgetIsRefusedAndChangesNothing) {
  const uint64_t cap = TestOptions().cap_units;
  const auto refused = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, cap + 1)));
  EXPECT_FALSE(base::ReasonOf(refused.status()).empty());
  EXPECT_EQ(SpentAtAggregator(), 0u);
  EXPECT_EQ(SpentAt("ohio"), 0u);
}

TEST_F(FederationTest, NodeWithASpentBudgetStaysOutAndTheRestAnswer) {
  // The node's own ledger is the one that counts: spend it behind the aggregator's back.
  federation::Debit debit;
  debit.id = {"payer-desk", std::string(16, 'x'), 1};
  debit.plan_hash = debit.manifest_hash = debit.ask_hash = std::string(32, 'x');
  debit.lines = {{{v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", TestOptions().cap_units},
                  TestOptions().cap_units,
                  TestOptions().cap_units,
                  TestOptions().cap_units}};
  ASSERT_TRUE(sim_.answers("ohio").Debit(debit).ok());
  ASSERT_TRUE(sim_.answers("ohio").SetState(debit.manifest_hash, "receipted", "").ok());
  const v1::Answer answer = Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  v1::Commit commit;
  ASSERT_TRUE(commit.ParseFromString(BundleOf(answer).commit().payload()));
  EXPECT_EQ(commit.contributors_size(), 3);
}

TEST_F(FederationTest, NodeHoldsItsOwnLowerCap) {
  sim_.Stop("alfred");
  sim_.SetOwnCaps("alfred", {.adhoc_units = 1});
  sim_.StartMember("alfred");
  sim_.Settle();
  const v1::Answer answer = Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  v1::Commit commit;
  ASSERT_TRUE(commit.ParseFromString(BundleOf(answer).commit().payload()));
  EXPECT_EQ(commit.contributors_size(), 3);
  EXPECT_EQ(SpentAt("alfred"), 0u);
}

TEST_F(FederationTest, MemberThatWasAwayLongCatchesUpOverALapsedCharter) {
  sim_.Stop("alfred");
  // The next charter takes over near the end of the first; alfred returns when the first has
  // lapsed.
  v1::Charter next = TestFederation::Next(sim_.federation().charter);
  next.set_valid_from(next.valid_until() - 86400);
  next.set_valid_until(next.valid_from() + 90 * 86400);
  sim_.Jump(absl::FromUnixSeconds(next.valid_from()) + absl::Hours(1));
  ASSERT_TRUE(sim_.desk().AcceptCharter(sim_.federation().Sign(next), sim_.now()).ok());
  sim_.Jump(absl::FromUnixSeconds(next.valid_from()) + absl::Hours(48));
  sim_.Forget("alfred");
  sim_.StartMember("alfred");
  sim_.Settle();
  EXPECT_EQ(sim_.VersionAt("alfred"), 2u);
}

TEST_F(FederationTest, AlteredReleaseDoesNotVerify) {
  v1::ReleaseBundle bundle =
      BundleOf(Answered(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody))));
  v1::Release release;
  ASSERT_TRUE(release.ParseFromString(bundle.release().payload()));
  release.set_values(0, release.values(0) + 1);
  *bundle.mutable_release() = federation::SignMessage(
      federation::MessageType::kRelease, release, sim_.federation().aggregator_key(), "aggregator");
  EXPECT_FALSE(federation::OpenBundle(bundle, sim_.federation().pin).ok());
}

}  // namespace
}  // namespace perdura::simulation
