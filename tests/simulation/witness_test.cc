// The protocol under `witness: required`: ordinary operation goes on, and a party on an old copy of
// its database is found out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "federation/envelope.h"
#include "federation/log/receipt.h"
#include "federation/witnesses.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr char kNode[] = "node-5";  // no steward

TestOptions Witnessed() {
  return {.nodes = 5, .cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED};
}

class WitnessTest : public ::testing::Test {
 protected:
  explicit WitnessTest(Faults faults = {})
      : sim_(TestFederation::Make(Witnessed()), /*seed=*/7, faults, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
  }

  // No two of these plans are equal, and no stored release answers.
  v1::Envelope NewAsk() {
    return sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_));
  }
  absl::StatusOr<v1::Answer> AskNew() { return sim_.Ask(NewAsk()); }
  // Why the aggregator would refuse a new question now; empty if it would take it.
  std::string RefusalInPreview() {
    v1::PreviewRequest request;
    request.set_plan(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_));
    request.set_role("researcher");
    request.set_purpose("evidence");
    const auto preview = sim_.desk().Preview("payer-desk", request, sim_.now());
    EXPECT_OK(preview);
    return preview.ok() ? preview->refusal() : "";
  }

  std::vector<std::string> Contributors(const absl::StatusOr<v1::Answer>& answer) {
    return ContributorsOf(answer, sim_.federation());
  }
  uint64_t Spent(base::Database& database) {
    const auto spent =
        federation::ChargeLedger(database).Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0});
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }

  SimulatedFederation sim_;
  uint64_t asked_ = 0;
};

TEST_F(WitnessTest, EveryPartyStartsAndEveryQuestionIsAnsweredByAll) {
  for (const v1::Member& member : sim_.charter()->proto().members()) {
    EXPECT_OK(sim_.member(member.id()).CheckStarted()) << member.id();
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Contributors(AskNew()).size(), 5u);
}

TEST_F(WitnessTest, ChargeHasAReceiptWithAQuorumOfCosignatures) {
  const auto answer = AskNew();
  ASSERT_TRUE(answer.ok()) << answer.status();
  const std::string hash =
      federation::OpenBundle(BundleOf(*answer), sim_.federation().pin)->manifest_hash;
  ASSERT_OK_AND_ASSIGN(const auto seq, sim_.store().ReservedEntry(hash));
  ASSERT_TRUE(seq.has_value());
  ASSERT_OK_AND_ASSIGN(const auto sizes, sim_.store().log().SignedSizes(1));
  ASSERT_OK_AND_ASSIGN(const std::string receipt, sim_.store().log().ReceiptOf(*seq, sizes[0]));
  ASSERT_OK_AND_ASSIGN(const std::string entry, sim_.store().log().EntryAt(*seq));
  const auto cosigners = federation::CosignKeysOf(*sim_.charter());
  const auto verified =
      federation::log::VerifyReceipt(receipt, entry, sim_.store().log().note_key(), cosigners);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_GE(verified->cosignatures.size(), 3u);
}

TEST_F(WitnessTest, OverlappingRoundsAreAllAnswered) {
  std::vector<v1::Envelope> asks;
  for (int i = 0; i < 4; ++i) {
    asks.push_back(NewAsk());
    ASSERT_TRUE(sim_.desk().Ask("payer-desk", asks.back(), sim_.now()).ok());
    sim_.RunFor(absl::Milliseconds(70));
  }
  for (const v1::Envelope& ask : asks) EXPECT_EQ(Contributors(sim_.Ask(ask)).size(), 5u);
}

TEST_F(WitnessTest, RestartsOfEveryPartyStopNothing) {
  ASSERT_TRUE(AskNew().ok());
  sim_.CrashDesk();
  for (const v1::Member& member : sim_.charter()->proto().members()) {
    sim_.Stop(member.id());
    sim_.StartMember(member.id());
  }
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Contributors(AskNew()).size(), 5u);
}

TEST_F(WitnessTest, QuestionBeforeTheAggregatorsStartIsCosignedIsRefusedFree) {
  for (const char* away : {"ohio", "alfred"}) sim_.Stop(away);
  sim_.CrashDesk();
  EXPECT_EQ(base::ReasonOf(AskNew().status()), "too_few_online");
  EXPECT_EQ(Spent(sim_.desk_database()), 0u);
}

// A restarted aggregator has been polled by everybody before the stewards have cosigned its start.
TEST_F(WitnessTest, PreviewSaysWhatAnAskWouldBeToldUntilTheStartIsCosigned) {
  EXPECT_EQ(RefusalInPreview(), "");
  sim_.TamperPolls(
      [](const std::string&, v1::PollResponse& response) { response.clear_witness_requests(); });
  sim_.CrashDesk();
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(RefusalInPreview(), "too_few_online");
  EXPECT_EQ(base::ReasonOf(AskNew().status()), "too_few_online");
  sim_.TamperPolls(nullptr);
  sim_.RunFor(absl::Seconds(2));
  EXPECT_EQ(RefusalInPreview(), "");
  EXPECT_TRUE(AskNew().ok());
}

TEST_F(WitnessTest, CorruptedProofIsRefusedAndFetchedAgain) {
  ASSERT_TRUE(AskNew().ok());
  int corrupted = 0;
  sim_.TamperPolls([&](const std::string& member, v1::PollResponse& response) {
    for (v1::Item& item : *response.mutable_items()) {
      if (member != kNode || !item.has_announcement() || corrupted > 0) continue;
      ASSERT_GT(item.announcement().consistency_proof_size(), 0);
      item.mutable_announcement()->mutable_consistency_proof(0)->at(0) ^= 1;
      ++corrupted;
    }
  });
  EXPECT_THAT(Contributors(AskNew()), Contains(kNode));
  EXPECT_EQ(corrupted, 1);
}

// The proofs of a contribution to a steward, damaged in `count` copies of each contribution.
std::function<void(const std::string&, v1::PollResponse&)> DamageProofs(
    const std::string& sender, int count, std::map<std::string, int>& damaged) {
  return [sender, count, &damaged](const std::string& steward, v1::PollResponse& response) {
    for (v1::Item& item : *response.mutable_items()) {
      if (!item.has_contribution() || item.contribution().log_proofs().empty()) continue;
      v1::Contribution header;
      ASSERT_TRUE(header.ParseFromString(item.contribution().header().payload()));
      if (header.member() != sender || damaged[steward] >= count) continue;
      ++damaged[steward];
      item.mutable_contribution()->clear_log_proofs();
    }
  };
}

TEST_F(WitnessTest, ContributionWithADamagedProofIsAskedForAgainAndCounts) {
  ASSERT_TRUE(AskNew().ok());
  std::map<std::string, int> damaged;
  sim_.TamperPolls(DamageProofs(kNode, 1, damaged));
  EXPECT_EQ(Contributors(AskNew()).size(), 5u);
  EXPECT_EQ(damaged.size(), 4u);
}

TEST_F(WitnessTest, DealWithADamagedProofIsAskedForAgainAndCounts) {
  ASSERT_TRUE(AskNew().ok());
  // With two of four deals refused for good there were no quorum of dealers.
  std::map<std::string, int> of_ohio;
  std::map<std::string, int> of_alfred;
  const auto ohio = DamageProofs("ohio", 1, of_ohio);
  const auto alfred = DamageProofs("alfred", 1, of_alfred);
  sim_.TamperPolls([&](const std::string& steward, v1::PollResponse& response) {
    ohio(steward, response);
    alfred(steward, response);
  });
  EXPECT_EQ(Contributors(AskNew()).size(), 5u);
  EXPECT_EQ(of_ohio.size(), 4u);
}

TEST_F(WitnessTest, SenderThatNeverProvesIsRejectedAndStopsNothing) {
  ASSERT_TRUE(AskNew().ok());
  std::map<std::string, int> damaged;
  sim_.TamperPolls(DamageProofs(kNode, 1'000'000, damaged));
  std::set<std::string> reasons;
  sim_.TamperPosts([&](const std::string&, v1::PostRequest& post) {
    v1::Have have;
    if (post.message().payload_type() != federation::PayloadType(federation::MessageType::kHave) ||
        !have.ParseFromString(post.message().payload())) {
      return;
    }
    for (const v1::HaveEntry& entry : have.rejected()) {
      if (entry.member() == kNode) reasons.insert(entry.reason());
    }
  });
  // Of other patients: without this node the same ones would be an overlap (KC7).
  const auto answer = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), "disease-free-survival")));
  const std::vector<std::string> contributors = Contributors(answer);
  EXPECT_EQ(contributors.size(), 4u);
  EXPECT_THAT(contributors, Not(Contains(kNode)));
  EXPECT_THAT(reasons, ElementsAre("bad_proof"));
  for (const auto& [steward, times] : damaged) EXPECT_LE(times, 4) << steward;
}

TEST_F(WitnessTest, LyingWitnessStopsNothing) {
  sim_.TamperPosts([](const std::string& member, v1::PostRequest& post) {
    if (member != "ohio" || !post.has_witness_answer()) return;
    std::string& cosignature = *post.mutable_witness_answer()->mutable_cosignature();
    if (!cosignature.empty()) cosignature[cosignature.size() - 10] ^= 1;
  });
  sim_.CrashDesk();
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Contributors(AskNew()).size(), 5u);
}

TEST_F(WitnessTest, WithoutAQuorumOfCosignaturesNobodyHearsOfTheRound) {
  sim_.TamperPosts([](const std::string& member, v1::PostRequest& post) {
    if (member == "ohio" || member == "alfred") post.clear_witness_answer();
  });
  EXPECT_EQ(base::ReasonOf(AskNew().status()), "too_few_stewards");
  EXPECT_GT(Spent(sim_.desk_database()), 0u);
  for (const std::string& node : sim_.charter()->NodeIds()) {
    EXPECT_EQ(Spent(sim_.registry(node)), 0u) << node;
  }
}

TEST_F(WitnessTest, ClockThatIsSetBackOpensNoBudget) {
  ASSERT_TRUE(AskNew().ok());
  const uint64_t spent = Spent(sim_.registry(kNode));
  sim_.Jump(sim_.now() - absl::Minutes(30));
  sim_.Settle();  // the seal-keys lie in the future now: the stewards make others
  const auto answer = AskNew();
  EXPECT_TRUE(answer.ok() || !base::ReasonOf(answer.status()).empty()) << answer.status();
  const uint64_t charge = (uint64_t{1} << 50) + asked_;
  EXPECT_EQ(Spent(sim_.desk_database()), spent + charge);
  EXPECT_GE(Spent(sim_.registry(kNode)), answer.ok() ? spent + charge : spent);
}

TEST_F(WitnessTest, NodeOnAnOldCopyAnswersNoMore) {
  ASSERT_TRUE(AskNew().ok());
  const DatabaseCopy copy = sim_.CopyOf(kNode);
  EXPECT_THAT(Contributors(AskNew()), Contains(kNode));
  sim_.Stop(kNode);
  sim_.RestoreMember(kNode, copy);
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(base::ReasonOf(sim_.member(kNode).CheckStarted()), "restored");
  const uint64_t spent = Spent(sim_.registry(kNode));
  // Of other patients: without this node the same ones would be an overlap (KC7).
  const auto answer = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), "disease-free-survival")));
  EXPECT_THAT(Contributors(answer), Not(Contains(kNode)));
  EXPECT_EQ(Spent(sim_.registry(kNode)), spent);
}

TEST_F(WitnessTest, StewardOnAnOldCopyDealsAndCommitsNoMore) {
  ASSERT_TRUE(AskNew().ok());
  const DatabaseCopy copy = sim_.CopyOf("ohio");
  ASSERT_TRUE(AskNew().ok());
  sim_.Stop("ohio");
  sim_.RestoreMember("ohio", copy);
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(base::ReasonOf(sim_.member("ohio").CheckStarted()), "restored");
}

TEST_F(WitnessTest, AggregatorOnAnOldCopyChargesNobody) {
  ASSERT_TRUE(AskNew().ok());
  const DatabaseCopy copy = sim_.CopyOfDesk();
  ASSERT_TRUE(AskNew().ok());
  sim_.RestoreDesk(copy);
  sim_.RunFor(absl::Seconds(1));
  const uint64_t spent = Spent(sim_.registry(kNode));
  EXPECT_EQ(base::ReasonOf(AskNew().status()), "restored");
  EXPECT_EQ(RefusalInPreview(), "restored");
  EXPECT_EQ(Spent(sim_.registry(kNode)), spent);
}

TEST_F(WitnessTest, OfTwoAggregatorsOnOneLedgerOnlyTheFirstStarts) {
  ASSERT_TRUE(AskNew().ok());
  const DatabaseCopy copy = sim_.CopyOfDesk();
  sim_.CrashDesk();
  sim_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(AskNew().ok());
  sim_.RestoreDesk(copy);
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(base::ReasonOf(AskNew().status()), "restored");
}

TEST_F(WitnessTest, OfTwoNodesOnOneDatabaseOnlyTheFirstStarts) {
  ASSERT_TRUE(AskNew().ok());
  sim_.Stop(kNode);
  const DatabaseCopy copy = sim_.CopyOf(kNode);
  sim_.StartMember(kNode);
  sim_.RunFor(absl::Seconds(1));
  ASSERT_OK(sim_.member(kNode).CheckStarted());
  sim_.Stop(kNode);
  sim_.RestoreMember(kNode, copy);
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(base::ReasonOf(sim_.member(kNode).CheckStarted()), "restored");
}

class RoughWitnessTest : public WitnessTest {
 protected:
  RoughWitnessTest() : WitnessTest({.drop_request = 30, .drop_response = 30, .duplicate = 300}) {}
};

TEST_F(RoughWitnessTest, LossesAndRedeliveryStopNothing) {
  int answered = 0;
  for (int i = 0; i < 10; ++i) answered += AskNew().ok() ? 1 : 0;
  EXPECT_GE(answered, 8);
}

}  // namespace
}  // namespace perdura::simulation
