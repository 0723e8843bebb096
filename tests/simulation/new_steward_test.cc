// A charter that changes the committee brings a checkpoint of every party's log, and a new steward
// witnesses from there (CH5).

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/reason.h"
#include "federation/audit/newest_checkpoints.h"
#include "federation/bundle/bundle.h"
#include "federation/envelope.h"
#include "federation/log/checkpoint.h"
#include "federation/witnesses.h"
#include "tests/simulation/asked_questions.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

namespace log = federation::log;
using test_support::TestFederation;

constexpr char kNewSteward[] = "steward-5";

// Five stewards on paper; the first charter's committee is the four hospitals.
TestFederation FourOfFive() {
  TestFederation made = TestFederation::Make(
      {.stewards = 5, .cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED});
  v1::Committee& committee = *made.charter.mutable_committee();
  committee.mutable_stewards()->RemoveLast();
  committee.set_quorum(3);
  return made;
}

class NewStewardTest : public ::testing::Test {
 protected:
  NewStewardTest() : sim_(FourOfFive(), /*seed=*/5, Faults{}, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
    // Hahnemann leaves the committee, the new steward joins it.
    next_ = TestFederation::Next(sim_.federation().charter);
    next_.mutable_committee()->set_stewards(3, kNewSteward);
  }

  static std::string OriginOf(const std::string& party) {
    return federation::OriginOf("test", party).ToText();
  }
  v1::Envelope NewAsk() {
    return sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_));
  }
  // The newest checkpoints, as the authority finds them in copies of two databases.
  void AddCheckpoints() {
    federation::NewestCheckpoints newest;
    for (const DatabaseCopy& copy : {sim_.CopyOfDesk(), sim_.CopyOf("alfred")}) {
      ASSERT_OK_AND_ASSIGN(const auto read,
                           federation::LogCopy::Open(copy.path(), sim_.federation().pin));
      ASSERT_OK(AddNewestCheckpoints(*read, newest));
    }
    for (const auto& [party, seen] : newest) {
      next_.add_checkpoints(PrintNote(seen.note));
      sizes_[party] = seen.checkpoint.size;
    }
  }
  absl::Status Switch() {
    return sim_.desk().AcceptCharter(sim_.federation().Sign(next_), sim_.now());
  }
  uint64_t HeldByTheNew(const std::string& party) {
    const auto held = sim_.log(kNewSteward).HeldSize(OriginOf(party));
    EXPECT_TRUE(held.ok());
    return held.value_or(0);
  }
  // What the new steward answers to a request to cosign `note` that believes nothing is held.
  v1::WitnessAnswer AnswerOfTheNew(const std::string& note) {
    v1::PollResponse response;
    v1::WitnessRequest& request = *response.add_witness_requests();
    request.set_steward(kNewSteward);
    request.set_note(note);
    EXPECT_OK(sim_.member(kNewSteward).OnPoll(response, sim_.now()));
    const auto due = sim_.member(kNewSteward).TakeDue(sim_.now());
    EXPECT_TRUE(due.ok());
    for (const registry_node::Outgoing& outgoing : *due) {
      if (outgoing.post.has_witness_answer()) return outgoing.post.witness_answer();
    }
    ADD_FAILURE() << "no answer";
    return {};
  }

  SimulatedFederation sim_;
  v1::Charter next_;
  std::map<std::string, uint64_t> sizes_;
  uint64_t asked_ = 0;
};

TEST_F(NewStewardTest, CommitteeDoesNotChangeWithoutCheckpoints) {
  EXPECT_EQ(base::ReasonOf(Switch()), "bad_committee");
  EXPECT_EQ(sim_.charter()->version(), 1u);
}

TEST_F(NewStewardTest, CopiesOfTwoDatabasesKnowEveryParty) {
  ASSERT_TRUE(sim_.Ask(NewAsk()).ok());
  AddCheckpoints();
  EXPECT_EQ(sizes_.size(), 6u);
  for (const auto& [party, size] : sizes_) EXPECT_GT(size, 1u) << party;
}

TEST_F(NewStewardTest, StartsFromTheCheckpointsAndTakesPart) {
  ASSERT_TRUE(sim_.Ask(NewAsk()).ok());
  AddCheckpoints();
  ASSERT_EQ(HeldByTheNew("hahnemann"), 0u);
  ASSERT_OK(sim_.member(kNewSteward).AcceptCharter(sim_.federation().Sign(next_), sim_.now()));
  for (const char* party : {"ohio", "alfred", "st-vincent", "hahnemann"}) {
    EXPECT_EQ(HeldByTheNew(party), sizes_[party]) << party;
  }
  EXPECT_GE(HeldByTheNew("aggregator"), sizes_["aggregator"]);

  ASSERT_OK(Switch());
  sim_.RunFor(absl::Milliseconds(400));
  ASSERT_OK_AND_ASSIGN(const auto answer, sim_.Ask(NewAsk()));
  const auto opened = federation::OpenBundle(BundleOf(answer), sim_.federation().pin);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->charter->version(), 2u);
  // All contributions came with proofs from what it had held.
  EXPECT_EQ(opened->commit.contributors_size(), 4);
  EXPECT_GT(HeldByTheNew("ohio"), sizes_["ohio"]);
}

TEST_F(NewStewardTest, LogThatHasGrownSinceAnOldCheckpointGoesOn) {
  AddCheckpoints();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(sim_.Ask(NewAsk()).ok());
  ASSERT_OK(Switch());
  sim_.RunFor(absl::Milliseconds(400));
  ASSERT_OK_AND_ASSIGN(const auto answer, sim_.Ask(NewAsk()));
  EXPECT_EQ(BundleOf(answer).partial_sums_size(), 4);
  EXPECT_GT(HeldByTheNew("ohio"), sizes_["ohio"]);
}

TEST_F(NewStewardTest, RolledBackLogIsStaleForTheNewStewardToo) {
  const std::string earlier = sim_.log("hahnemann").newest_note();
  ASSERT_TRUE(sim_.Ask(NewAsk()).ok());
  AddCheckpoints();
  ASSERT_OK(sim_.member(kNewSteward).AcceptCharter(sim_.federation().Sign(next_), sim_.now()));
  const v1::WitnessAnswer answer = AnswerOfTheNew(earlier);
  EXPECT_EQ(answer.reason(), "stale_head");
  EXPECT_FALSE(answer.held_note().empty());
  EXPECT_TRUE(answer.cosignature().empty());
}

TEST_F(NewStewardTest, OtherHistoryOfACheckpointIsAFork) {
  AddCheckpoints();
  ASSERT_OK(sim_.member(kNewSteward).AcceptCharter(sim_.federation().Sign(next_), sim_.now()));
  const log::Checkpoint other{
      .origin = OriginOf("hahnemann"), .size = sizes_["hahnemann"], .root = std::string(32, 'r')};
  const auto note = log::SignCheckpoint(other, sim_.federation().log_key("hahnemann")).note;
  EXPECT_EQ(AnswerOfTheNew(PrintNote(note)).reason(), "ledger_fork");
}

// The process ended between keeping the charter and taking its checkpoints.
TEST_F(NewStewardTest, TakesTheCheckpointsAtItsStart) {
  AddCheckpoints();
  sim_.Stop(kNewSteward);
  const v1::Envelope signed_charter = sim_.federation().Sign(next_);
  ASSERT_OK(sim_.log(kNewSteward)
                .SaveCharter(2, federation::PayloadId(signed_charter.payload()),
                             signed_charter.SerializeAsString(), absl::ToUnixMicros(sim_.now())));
  sim_.StartMember(kNewSteward);
  EXPECT_EQ(HeldByTheNew("hahnemann"), sizes_["hahnemann"]);
}

// Steward of both committees: what it holds is newer, and stays.
TEST_F(NewStewardTest, OldStewardKeepsItsNewerHeads) {
  AddCheckpoints();
  ASSERT_TRUE(sim_.Ask(NewAsk()).ok());
  ASSERT_OK(sim_.member("alfred").AcceptCharter(sim_.federation().Sign(next_), sim_.now()));
  ASSERT_OK_AND_ASSIGN(const uint64_t held, sim_.log("alfred").HeldSize(OriginOf("ohio")));
  EXPECT_GT(held, sizes_["ohio"]);
}

}  // namespace
}  // namespace perdura::simulation
