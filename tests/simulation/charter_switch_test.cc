// A new charter comes while a round is open: the round ends under the one it began with, and
// nothing new begins under the old one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "federation/log/cosignature.h"
#include "federation/log/receipt.h"
#include "federation/witnesses.h"
#include "registry-node/answer/manifest_check.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

namespace log = federation::log;
using test_support::TestFederation;
using test_support::TestOptions;
using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kNoSteward[] = "node-5";

// Cosignatures are dated in whole seconds, so a round lasts several: dealt 1.5 s after it was
// opened, uploaded from 3 s, collected until 6 s, committed until 7.5 s.
TestOptions SlowRounds(v1::Witness witness) {
  return {.nodes = 5,
          .cap_units = uint64_t{1} << 57,
          .deal_ms = 1500,
          .upload_ms = 1500,
          .collect_ms = 3000,
          .commit_ms = 1500,
          .witness = witness};
}

// Opens its first round 0.4 s after `start_`.
class CharterSwitch {
 protected:
  explicit CharterSwitch(v1::Witness witness)
      : sim_(TestFederation::Make(SlowRounds(witness)), /*seed=*/11, Faults{}, OneCellEach(25)),
        start_(sim_.now()),
        next_(TestFederation::Next(sim_.federation().charter)) {
    sim_.TamperPolls([this](const std::string& member, v1::PollResponse& response) {
      Tamper(member, response);
    });
    RunUntil(absl::Milliseconds(400));
  }

  void RunUntil(absl::Duration since_start) {
    const absl::Time until = start_ + since_start;
    if (until > sim_.now()) sim_.RunFor(until - sim_.now());
  }
  v1::Envelope NewAsk(const std::string& endpoint = kEverybody) {
    return sim_.MakeAsk(PlanText(*sim_.charter(), endpoint, (uint64_t{1} << 50) + ++asked_));
  }
  // Of another endpoint, so that the contributors may differ from the first round's (KC7).
  v1::Envelope OtherAsk() { return NewAsk("disease-free-survival"); }
  // An open round under the charter in force, by its manifest's hash.
  std::string Open(const v1::Envelope& ask) {
    const auto ticket = sim_.desk().Ask("payer-desk", ask, sim_.now());
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    return ticket.ok() ? ticket->manifest_hash : "";
  }
  // `next_` is in force from this moment, and at the aggregator at once.
  void SwitchAt(absl::Duration since_start) {
    RunUntil(since_start);
    next_.set_valid_from(absl::ToUnixSeconds(start_ + since_start));
    EXPECT_OK(sim_.desk().AcceptCharter(sim_.federation().Sign(next_), sim_.now()));
  }
  std::vector<std::string> Contributors(const v1::Envelope& ask) {
    std::vector<std::string> members;
    const auto answer = sim_.Ask(ask);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return members;
    const auto opened = federation::OpenBundle(BundleOf(*answer), sim_.federation().pin);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return members;
    version_ = opened->charter->version();
    for (const v1::CommitEntry& entry : opened->commit.contributors()) {
      members.push_back(entry.member());
    }
    return members;
  }
  uint64_t SpentAt(const std::string& member) {
    const auto spent = federation::ChargeLedger(sim_.registry(member))
                           .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0});
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }

  SimulatedFederation sim_;
  absl::Time start_;
  v1::Charter next_;
  // Members that get no charter and no item.
  std::set<std::string> without_charters_;
  std::set<std::string> without_items_;
  // The last announcement of each round to kVictim, whether it got it or not.
  std::map<std::string, v1::Announcement> announced_;
  // Of the charter of the last answer.
  uint64_t version_ = 0;

 private:
  void Tamper(const std::string& member, v1::PollResponse& response) {
    if (without_charters_.contains(member)) response.clear_charters();
    for (const v1::Item& item : response.items()) {
      if (!item.has_announcement() || member != kVictim) continue;
      const std::string hash = federation::PayloadId(item.announcement().manifest().payload());
      announced_[hash] = item.announcement();
    }
    if (without_items_.contains(member)) response.clear_items();
  }

  uint64_t asked_ = 0;
};

// ---- A round that is open at the switch

// Witness, and seconds from the start to the switch: the round is dealt, announced to nodes,
// uploaded, committed.
class OpenRoundTest : public ::testing::TestWithParam<std::tuple<v1::Witness, int>>,
                      protected CharterSwitch {
 protected:
  OpenRoundTest() : CharterSwitch(std::get<0>(GetParam())) {}
  absl::Duration at() const { return absl::Seconds(std::get<1>(GetParam())); }
};

INSTANTIATE_TEST_SUITE_P(Moments, OpenRoundTest,
                         ::testing::Combine(::testing::Values(v1::WITNESS_NONE,
                                                              v1::WITNESS_REQUIRED),
                                            ::testing::Values(1, 2, 4, 7)));

TEST_P(OpenRoundTest, IsReleasedThoughSomeHearOfTheNewCharterLate) {
  const v1::Envelope ask = NewAsk();
  Open(ask);
  without_charters_ = {"alfred", kNoSteward};
  SwitchAt(at());
  RunUntil(at() + absl::Milliseconds(1500));
  EXPECT_EQ(sim_.VersionAt("ohio"), 2u);
  EXPECT_EQ(sim_.VersionAt(kNoSteward), 1u);
  without_charters_.clear();
  sim_.RunFor(absl::Milliseconds(50));
  EXPECT_THAT(Contributors(ask), SizeIs(5));
  EXPECT_EQ(version_, 1u);
  EXPECT_EQ(sim_.VersionAt(kNoSteward), 2u);

  EXPECT_THAT(Contributors(OtherAsk()), SizeIs(5));
  EXPECT_EQ(version_, 2u);
}

TEST_P(OpenRoundTest, IsReleasedAfterRestarts) {
  const v1::Envelope ask = NewAsk();
  Open(ask);
  SwitchAt(at());
  sim_.RunFor(absl::Milliseconds(20));
  sim_.CrashDesk();
  for (const char* member : {"hahnemann", kNoSteward}) {
    sim_.Stop(member);
    sim_.StartMember(member);
  }
  EXPECT_GE(Contributors(ask).size(), 4u);
  EXPECT_EQ(version_, 1u);
  EXPECT_THAT(Contributors(OtherAsk()), SizeIs(5));
}

TEST_P(OpenRoundTest, MemberThatTheNewCharterLeavesOutEndsItsPart) {
  const v1::Envelope ask = NewAsk();
  Open(ask);
  next_.mutable_members()->RemoveLast();
  without_charters_ = {kNoSteward};
  SwitchAt(at());
  RunUntil(absl::Seconds(3));
  without_charters_.clear();
  EXPECT_THAT(Contributors(ask), Contains(kNoSteward));
  const auto later = Contributors(OtherAsk());
  EXPECT_THAT(later, SizeIs(4));
  EXPECT_THAT(later, Not(Contains(kNoSteward)));
}

TEST_P(OpenRoundTest, OldKeySignsInThatRoundOnly) {
  const v1::Envelope ask = NewAsk();
  Open(ask);
  next_.mutable_members(4)->set_sign_key(test_support::TestKey("node-5 new").public_key());
  without_charters_ = {kNoSteward};
  SwitchAt(at());
  RunUntil(absl::Seconds(3));
  without_charters_.clear();
  EXPECT_THAT(Contributors(ask), Contains(kNoSteward));
  const auto later = Contributors(OtherAsk());
  EXPECT_THAT(later, SizeIs(4));
  EXPECT_THAT(later, Not(Contains(kNoSteward)));
}

class WitnessedSwitchTest : public ::testing::Test, protected CharterSwitch {
 protected:
  WitnessedSwitchTest() : CharterSwitch(v1::WITNESS_REQUIRED) {}
  explicit WitnessedSwitchTest(v1::Witness witness) : CharterSwitch(witness) {}

  std::string ReasonFor(const v1::Announcement& announcement) {
    return ReasonOfRefusal(sim_, kVictim, announcement, ++number_);
  }
  // Of a round that was opened and logged before the switch, and that kVictim hears of after it: as
  // the aggregator sends it, under the head that kVictim holds now.
  v1::Announcement Late() {
    without_items_ = {kVictim};
    const std::string hash = Open(NewAsk());
    RunUntil(absl::Milliseconds(700));
    SwitchAt(absl::Seconds(1));
    sim_.RunFor(absl::Milliseconds(300));
    Open(OtherAsk());
    sim_.RunFor(absl::Milliseconds(100));
    EXPECT_EQ(sim_.VersionAt(kVictim), 2u);
    EXPECT_TRUE(announced_.contains(hash));
    v1::Announcement announcement = announced_[hash];
    if (announcement.log_proof().empty()) return announcement;
    const auto receipt = log::ParseReceipt(announcement.log_proof());
    EXPECT_TRUE(receipt.ok());
    const uint64_t size = log::ParseCheckpoint(log::ParseNote(receipt->note)->text)->size;
    const auto held =
        sim_.log(kVictim).HeldSize(federation::OriginOf("test", "aggregator").ToText());
    EXPECT_TRUE(held.ok() && *held > size) << "the log has not grown: " << size;
    if (!held.ok() || *held <= size) return announcement;
    const auto proof = crypto::ConsistencyProof(size, *held, sim_.store().log());
    EXPECT_TRUE(proof.ok());
    announcement.mutable_consistency_proof()->Assign(proof->begin(), proof->end());
    return announcement;
  }
  // Its first cosignatures made anew, dated `at`.
  void DateCosignatures(v1::Announcement& announcement, int count, absl::Time at) {
    auto receipt = log::ParseReceipt(announcement.log_proof());
    ASSERT_TRUE(receipt.ok());
    auto note = log::ParseNote(receipt->note);
    ASSERT_TRUE(note.ok());
    note->signatures.resize(1);  // the log's own
    int left = count;
    for (const std::string& steward : sim_.charter()->proto().committee().stewards()) {
      note->signatures.push_back(log::Cosign(note->text, federation::WitnessName("test", steward),
                                             sim_.federation().cosign_key(steward),
                                             left-- > 0 ? at : start_));
    }
    receipt->note = PrintNote(*note);
    announcement.set_log_proof(PrintReceipt(*receipt));
  }

  uint64_t number_ = 1'000'000;
};

TEST_F(WitnessedSwitchTest, RoundAskedInTheMomentOfTheSwitchBurns) {
  RunUntil(absl::Seconds(1));
  const std::string hash = Open(NewAsk());
  SwitchAt(absl::Seconds(1));
  sim_.RunFor(absl::Milliseconds(50));
  ASSERT_OK_AND_ASSIGN(const auto record, sim_.store().FindByManifest(hash));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->state, "burnt");
  EXPECT_EQ(record->reason, "unlogged");
}

TEST_F(WitnessedSwitchTest, CapsOfBothChartersHold) {
  const v1::Envelope ask = NewAsk();
  Open(ask);
  next_.mutable_analysts(0)->mutable_caps(0)->mutable_cap()->set_units(1);
  SwitchAt(absl::Seconds(1));
  EXPECT_FALSE(sim_.Ask(ask).ok());
  for (const char* member : {"ohio", "alfred", "st-vincent", "hahnemann", kNoSteward}) {
    EXPECT_EQ(SpentAt(member), 0u) << member;
  }
}

TEST_F(WitnessedSwitchTest, ChargesOfTheOldCharterCountUnderTheNewOne) {
  Contributors(NewAsk());
  const uint64_t spent = SpentAt(kNoSteward);
  ASSERT_GT(spent, 0u);
  next_.mutable_analysts(0)->mutable_caps(0)->mutable_cap()->set_units(spent + 1);
  SwitchAt(absl::Ceil(sim_.now() - start_, absl::Seconds(1)));
  sim_.RunFor(absl::Milliseconds(400));
  EXPECT_EQ(base::ReasonOf(sim_.Ask(NewAsk()).status()), "analyst_cap");
  EXPECT_EQ(SpentAt(kNoSteward), spent);
}

// ---- A hostile aggregator

TEST_F(WitnessedSwitchTest, RoundFromBeforeTheSwitchIsDealtAfterIt) {
  EXPECT_EQ(ReasonFor(Late()), "");
}

TEST_F(WitnessedSwitchTest, CosignaturesFromAfterTheSwitchAreUnlogged) {
  v1::Announcement announcement = Late();
  DateCosignatures(announcement, 4, start_ + absl::Seconds(1));
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessedSwitchTest, OneCosignatureTooFewFromBeforeTheSwitchIsUnlogged) {
  v1::Announcement announcement = Late();
  DateCosignatures(announcement, 2, start_ + absl::Seconds(1));
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
  DateCosignatures(announcement, 1, start_ + absl::Seconds(1));
  EXPECT_EQ(ReasonFor(announcement), "");
}

TEST_F(WitnessedSwitchTest, CheckpointThatIsNotShownOnTheHeldPathIsStale) {
  v1::Announcement announcement = Late();
  ASSERT_FALSE(announcement.consistency_proof().empty());
  announcement.mutable_consistency_proof()->at(0)[0] ^= 1;
  EXPECT_EQ(ReasonFor(announcement), "stale_head");
}

TEST_F(WitnessedSwitchTest, CharterTwoBeforeIsAMismatch) {
  const v1::Announcement announcement = Late();
  next_ = TestFederation::Next(next_);
  SwitchAt(absl::Seconds(2));
  sim_.RunFor(absl::Milliseconds(100));
  ASSERT_EQ(sim_.VersionAt(kVictim), 3u);
  EXPECT_EQ(ReasonFor(announcement), "charter_mismatch");
}

TEST_F(WitnessedSwitchTest, KeyOfTheNewCharterSignsNoManifestOfTheOldOne) {
  next_.mutable_aggregator()->set_sign_key(test_support::TestKey("aggregator new").public_key());
  v1::Announcement announcement = Late();
  EXPECT_EQ(ReasonFor(announcement), "");
  *announcement.mutable_manifest() =
      federation::SignPayload(federation::MessageType::kManifest, announcement.manifest().payload(),
                              test_support::TestKey("aggregator new"), "aggregator");
  EXPECT_EQ(
      base::ReasonOf(registry_node::VerifyManifest(announcement, sim_.member(kVictim).chain())),
      "bad_signature");
}

class UnwitnessedSwitchTest : public WitnessedSwitchTest {
 protected:
  UnwitnessedSwitchTest() : WitnessedSwitchTest(v1::WITNESS_NONE) {}
};

TEST_F(UnwitnessedSwitchTest, ManifestThatIsNewHereIsAMismatch) {
  EXPECT_EQ(ReasonFor(Late()), "charter_mismatch");
}

TEST_F(UnwitnessedSwitchTest, ManifestThatWasDealtBeforeTheSwitchIsDealtAgain) {
  const std::string hash = Open(NewAsk());
  RunUntil(absl::Milliseconds(700));
  ASSERT_TRUE(announced_.contains(hash));
  const v1::Announcement announcement = announced_[hash];
  SwitchAt(absl::Seconds(1));
  sim_.Stop(kVictim);
  sim_.StartMember(kVictim);
  sim_.RunFor(absl::Milliseconds(100));
  ASSERT_EQ(sim_.VersionAt(kVictim), 2u);
  EXPECT_EQ(ReasonFor(announcement), "");
}

}  // namespace
}  // namespace perdura::simulation
