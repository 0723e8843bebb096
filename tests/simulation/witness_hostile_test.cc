// What a hostile aggregator can announce under `witness: required`, and the word with which a
// steward and node refuses it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "federation/log/checkpoint.h"
#include "federation/log/cosignature.h"
#include "federation/log/receipt.h"
#include "federation/witnesses.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"

namespace perdura::simulation {
namespace {

namespace log = federation::log;

class WitnessHostileTest : public ::testing::Test {
 protected:
  WitnessHostileTest()
      : sim_(test_support::TestFederation::Make(
                 {.cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED}),
             /*seed=*/3, Faults{}, OneCellEach(25)) {
    sim_.TamperPolls([this](const std::string& member, v1::PollResponse& response) {
      if (member == kVictim) Withhold(response);
    });
    sim_.RunFor(absl::Milliseconds(400));
  }

  // The announcement for `kVictim` of a new round, which it has not seen.
  v1::Announcement Announced() {
    const std::string plan = PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_);
    const auto ticket = sim_.desk().Ask("payer-desk", sim_.MakeAsk(plan), sim_.now());
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    const std::string hash = ticket.ok() ? ticket->manifest_hash : "";
    for (int i = 0; i < 100 && !withheld_.contains(hash); ++i) {
      sim_.RunFor(absl::Milliseconds(1));
    }
    EXPECT_TRUE(withheld_.contains(hash));
    return withheld_[hash];
  }
  std::string ReasonFor(const v1::Announcement& announcement) {
    return ReasonOfRefusal(sim_, kVictim, announcement, ++number_);
  }
  // The receipt in the announcement with another note.
  static void ChangeNote(v1::Announcement& announcement,
                         const std::function<void(log::SignedNote&)>& change) {
    auto receipt = log::ParseReceipt(announcement.log_proof());
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    auto note = log::ParseNote(receipt->note);
    ASSERT_TRUE(note.ok()) << note.status();
    change(*note);
    receipt->note = PrintNote(*note);
    announcement.set_log_proof(PrintReceipt(*receipt));
  }

 private:
  void Withhold(v1::PollResponse& response) {
    for (const v1::Item& item : response.items()) {
      if (!item.has_announcement()) continue;
      const v1::Announcement& announcement = item.announcement();
      withheld_.emplace(federation::PayloadId(announcement.manifest().payload()), announcement);
    }
    response.clear_items();
  }

  // By manifest hash.
  std::map<std::string, v1::Announcement> withheld_;
  uint64_t number_ = 1'000'000;
  uint64_t asked_ = 0;

 protected:
  SimulatedFederation sim_;
};

TEST_F(WitnessHostileTest, HonestAnnouncementIsTaken) { EXPECT_EQ(ReasonFor(Announced()), ""); }

TEST_F(WitnessHostileTest, NoReceiptIsUnlogged) {
  v1::Announcement announcement = Announced();
  announcement.clear_log_proof();
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, NoCosignaturesAreUnlogged) {
  v1::Announcement announcement = Announced();
  ChangeNote(announcement, [](log::SignedNote& note) { note.signatures.resize(1); });
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, OneCosignatureTooFewIsUnlogged) {
  v1::Announcement announcement = Announced();
  const auto quorum = static_cast<size_t>(sim_.charter()->quorum().q);
  ChangeNote(announcement, [&](log::SignedNote& note) {
    ASSERT_GT(note.signatures.size(), quorum);  // the log's own comes first
    note.signatures.resize(quorum);
  });
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, CosignatureByAStrangerIsUnlogged) {
  v1::Announcement announcement = Announced();
  const auto quorum = static_cast<size_t>(sim_.charter()->quorum().q);
  ChangeNote(announcement, [&](log::SignedNote& note) {
    note.signatures.resize(quorum);
    note.signatures.push_back(
        log::Cosign(note.text, "test/stranger", test_support::TestKey("stranger"), sim_.now()));
  });
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, ForgedCosignatureOfAStewardIsRefused) {
  v1::Announcement announcement = Announced();
  ChangeNote(announcement, [](log::SignedNote& note) { note.signatures[1].bytes[20] ^= 1; });
  const std::string reason = ReasonFor(announcement);
  EXPECT_TRUE(reason == "unlogged" || reason == "bad_signature") << reason;
}

TEST_F(WitnessHostileTest, EntryOfAnotherRoundIsUnlogged) {
  const v1::Announcement other = Announced();
  v1::Announcement announcement = Announced();
  announcement.set_log_entry(other.log_entry());
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, LoggedEntryThatChargesAnotherRoundIsUnlogged) {
  const v1::Announcement other = Announced();
  v1::Announcement announcement = Announced();
  announcement.set_log_entry(other.log_entry());
  announcement.set_log_proof(other.log_proof());
  announcement.mutable_consistency_proof()->CopyFrom(other.consistency_proof());
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(WitnessHostileTest, OlderHeadThanTheOneThatIsHeldIsStale) {
  const v1::Announcement older = Announced();
  const v1::Announcement newer = Announced();
  ASSERT_EQ(ReasonFor(newer), "");
  EXPECT_EQ(ReasonFor(older), "stale_head");
}

TEST_F(WitnessHostileTest, HeadThatIsNotShownToExtendTheHeldOneIsABadProof) {
  v1::Announcement announcement = Announced();
  auto receipt = log::ParseReceipt(announcement.log_proof());
  ASSERT_TRUE(receipt.ok());
  auto note = log::ParseNote(receipt->note);
  auto checkpoint = log::ParseCheckpoint(note->text);
  ASSERT_TRUE(checkpoint.ok());
  checkpoint->size += 5;
  receipt->note =
      PrintNote(log::SignCheckpoint(*checkpoint, sim_.federation().log_key("aggregator")).note);
  announcement.set_log_proof(PrintReceipt(*receipt));
  EXPECT_EQ(ReasonFor(announcement), "bad_proof");
}

TEST_F(WitnessHostileTest, SecondHistoryAtTheSameSizeIsAFork) {
  v1::Announcement announcement = Announced();
  auto receipt = log::ParseReceipt(announcement.log_proof());
  ASSERT_TRUE(receipt.ok());
  auto checkpoint = log::ParseCheckpoint(log::ParseNote(receipt->note)->text);
  ASSERT_TRUE(checkpoint.ok());
  checkpoint->root[0] ^= 1;
  receipt->note =
      PrintNote(log::SignCheckpoint(*checkpoint, sim_.federation().log_key("aggregator")).note);
  announcement.set_log_proof(PrintReceipt(*receipt));
  EXPECT_EQ(ReasonFor(announcement), "ledger_fork");
}

TEST_F(WitnessHostileTest, NewerNoteOfTheMembersOwnLogMeansItWasRestored) {
  const v1::Announcement other = Announced();
  v1::Announcement announcement = Announced();
  const log::Checkpoint ahead{.origin = federation::OriginOf("test", kVictim).ToText(),
                              .size = 1000,
                              .root = std::string(32, 'r')};
  announcement.set_newest_checkpoint(
      PrintNote(log::SignCheckpoint(ahead, sim_.federation().log_key(kVictim)).note));
  EXPECT_EQ(ReasonFor(announcement), "restored");
  // From then on everything is refused.
  EXPECT_EQ(ReasonFor(other), "restored");
}

}  // namespace
}  // namespace perdura::simulation
