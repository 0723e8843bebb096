// What a release carries of the aggregator's log under `witness: required`, and how a reader
// refuses what is missing, forged or moved.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "federation/log/receipt.h"
#include "tests/simulation/sibling_rounds.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

namespace log = federation::log;

class ReleaseLogTest : public ::testing::Test, protected SiblingRounds {
 protected:
  ReleaseLogTest() : first_(AskNew()), second_(AskNew()) {}

  absl::StatusOr<federation::OpenedBundle> Open(const v1::ReleaseBundle& bundle) const {
    return federation::OpenBundle(bundle, sim_.federation().pin);
  }
  std::string ReasonFor(const v1::ReleaseBundle& bundle) const {
    const auto opened = Open(bundle);
    EXPECT_FALSE(opened.ok());
    return base::ReasonOf(opened.status());
  }
  // The second bundle with another note under the entry with this number.
  v1::ReleaseBundle WithNote(int entry, const std::function<void(log::SignedNote&)>& change) const {
    v1::ReleaseBundle bundle = second_;
    auto receipt = log::ParseReceipt(bundle.entries(entry).proof());
    EXPECT_TRUE(receipt.ok());
    auto note = log::ParseNote(receipt->note);
    EXPECT_TRUE(note.ok());
    change(*note);
    receipt->note = log::PrintNote(*note);
    bundle.mutable_entries(entry)->set_proof(log::PrintReceipt(*receipt));
    return bundle;
  }
  // The second bundle with a charter in front that follows the round's.
  v1::ReleaseBundle WithSuccessor(int64_t valid_from) const {
    v1::Charter next = test_support::TestFederation::Next(sim_.federation().charter);
    next.set_valid_from(valid_from);
    v1::ReleaseBundle bundle = second_;
    const v1::Envelope before = bundle.charters(0);
    *bundle.mutable_charters(0) = sim_.federation().Sign(next);
    *bundle.add_charters() = before;
    return bundle;
  }

  v1::ReleaseBundle first_, second_;
};

TEST_F(ReleaseLogTest, BundleCarriesTheReceiptOfItsCharge) {
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(first_));
  ASSERT_TRUE(opened.reserved.has_value());
  EXPECT_GE(opened.reserved->cosignatures.size(), 3u);
  EXPECT_EQ(opened.release.siblings_size(), 0);
}

TEST_F(ReleaseLogTest, LaterReleaseOfTheSamePatientsListsTheEarlierOne) {
  ASSERT_OK_AND_ASSIGN(const auto earlier, Open(first_));
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(second_));
  ASSERT_EQ(opened.release.siblings_size(), 1);
  EXPECT_EQ(opened.release.siblings(0).manifest_hash(), earlier.manifest_hash);
  EXPECT_EQ(opened.release.siblings(0).end_state(), "released");
}

TEST_F(ReleaseLogTest, ReleaseOfOtherPatientsIsNoSibling) {
  const auto answer =
      sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), "disease-free-survival", uint64_t{1} << 50)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(BundleOf(*answer)));
  EXPECT_EQ(opened.release.siblings_size(), 0);
}

TEST_F(ReleaseLogTest, OverlappingRoundIsListedAsReserved) {
  const v1::Envelope earlier = NewAsk();
  ASSERT_TRUE(sim_.desk().Ask("payer-desk", earlier, sim_.now()).ok());
  sim_.RunFor(absl::Milliseconds(60));
  ASSERT_TRUE(sim_.desk().Ask("payer-desk", NewAsk(), sim_.now()).ok());
  const auto answer = sim_.Ask(earlier);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(BundleOf(*answer)));
  ASSERT_EQ(opened.release.siblings_size(), 3);
  EXPECT_EQ(opened.release.siblings(2).end_state(), "reserved");
}

TEST_F(ReleaseLogTest, AttemptThatWasNeverLoggedIsListedAsBurnt) {
  sim_.TamperPosts([](const std::string& member, v1::PostRequest& post) {
    if (member == "ohio" || member == "alfred") post.clear_witness_answer();
  });
  ASSERT_FALSE(sim_.Ask(NewAsk()).ok());
  sim_.TamperPosts(nullptr);
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(AskNew()));
  ASSERT_EQ(opened.release.siblings_size(), 3);
  EXPECT_EQ(opened.release.siblings(2).end_state(), "burnt:too_few_stewards");
}

TEST_F(ReleaseLogTest, ReceiptSurvivesARestartOfTheAggregator) {
  const v1::Envelope ask = NewAsk();
  ASSERT_TRUE(sim_.desk().Ask("payer-desk", ask, sim_.now()).ok());
  sim_.RunFor(absl::Milliseconds(300));
  sim_.CrashDesk();
  const auto answer = sim_.Ask(ask);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_OK_AND_ASSIGN(const auto opened, Open(BundleOf(*answer)));
  EXPECT_TRUE(opened.reserved.has_value());
  EXPECT_EQ(opened.release.siblings_size(), 2);
}

// ---- The own receipt

TEST_F(ReleaseLogTest, NoEntriesAreUnlogged) {
  second_.clear_entries();
  EXPECT_EQ(ReasonFor(second_), "unlogged");
}

TEST_F(ReleaseLogTest, EntryOfAnotherRoundIsUnlogged) {
  *second_.mutable_entries(0) = second_.entries(1);
  EXPECT_EQ(ReasonFor(second_), "unlogged");
}

TEST_F(ReleaseLogTest, ChangedEntryIsABadProof) {
  std::string& entry = *second_.mutable_entries(0)->mutable_entry();
  entry[entry.find("adhoc:") + 6] ^= 1;
  EXPECT_EQ(ReasonFor(second_), "bad_proof");
}

TEST_F(ReleaseLogTest, ReceiptOfAnotherEntryIsABadProof) {
  second_.mutable_entries(0)->set_proof(second_.entries(1).proof());
  EXPECT_EQ(ReasonFor(second_), "bad_proof");
}

TEST_F(ReleaseLogTest, ReceiptThatCannotBeReadIsMalformed) {
  second_.mutable_entries(0)->set_proof("no receipt");
  EXPECT_EQ(ReasonFor(second_), "malformed");
}

TEST_F(ReleaseLogTest, EntryUnderAnotherPartysNameIsUnlogged) {
  second_.mutable_entries(0)->set_party("ohio");
  EXPECT_EQ(ReasonFor(second_), "unlogged");
}

TEST_F(ReleaseLogTest, OneCosignatureTooFewIsUnlogged) {
  const auto bundle = WithNote(0, [](log::SignedNote& note) {
    ASSERT_GT(note.signatures.size(), 3u);  // the log's own comes first
    note.signatures.resize(3);
  });
  EXPECT_EQ(ReasonFor(bundle), "unlogged");
}

TEST_F(ReleaseLogTest, CosignatureOfAStrangerIsUnlogged) {
  const auto bundle = WithNote(0, [&](log::SignedNote& note) {
    note.signatures.resize(3);
    note.signatures.push_back(
        log::Cosign(note.text, "test/stranger", test_support::TestKey("stranger"), sim_.now()));
  });
  EXPECT_EQ(ReasonFor(bundle), "unlogged");
}

TEST_F(ReleaseLogTest, ForgedCosignatureIsABadSignature) {
  EXPECT_EQ(
      ReasonFor(WithNote(0, [](log::SignedNote& note) { note.signatures[1].bytes[20] ^= 1; })),
      "bad_signature");
}

TEST_F(ReleaseLogTest, ForgedSignatureOfTheLogIsABadSignature) {
  EXPECT_EQ(
      ReasonFor(WithNote(0, [](log::SignedNote& note) { note.signatures[0].bytes[20] ^= 1; })),
      "bad_signature");
}

TEST_F(ReleaseLogTest, CosignaturesAfterTheCharterWasReplacedAreUnlogged) {
  EXPECT_EQ(ReasonFor(WithSuccessor(absl::ToUnixSeconds(sim_.now()) - 60)), "unlogged");
}

TEST_F(ReleaseLogTest, CosignaturesBeforeTheCharterWasReplacedCount) {
  EXPECT_OK(Open(WithSuccessor(absl::ToUnixSeconds(sim_.now()) + 60)).status());
}

// ---- Siblings

TEST_F(ReleaseLogTest, SiblingWithoutItsEntryIsUnlogged) {
  second_.mutable_entries()->RemoveLast();
  EXPECT_EQ(ReasonFor(second_), "unlogged");
}

TEST_F(ReleaseLogTest, SiblingWithAnotherEntryIsUnlogged) {
  *second_.mutable_entries(1) = second_.entries(0);
  EXPECT_EQ(ReasonFor(second_), "unlogged");
}

TEST_F(ReleaseLogTest, SiblingWithoutAQuorumOfCosignaturesIsUnlogged) {
  EXPECT_EQ(ReasonFor(WithNote(1, [](log::SignedNote& note) { note.signatures.resize(3); })),
            "unlogged");
}

TEST_F(ReleaseLogTest, SiblingWithAChangedEntryIsABadProof) {
  std::string& entry = *second_.mutable_entries(1)->mutable_entry();
  entry[entry.find("adhoc:") + 6] ^= 1;
  EXPECT_EQ(ReasonFor(second_), "bad_proof");
}

TEST_F(ReleaseLogTest, EntryThatNoSiblingNamesIsUnlogged) {
  EXPECT_EQ(ReasonFor(WithRelease(second_, [](v1::Release& release) { release.clear_siblings(); })),
            "unlogged");
}

TEST_F(ReleaseLogTest, SiblingThatStandsTwiceIsABadBundle) {
  *second_.add_entries() = second_.entries(1);
  EXPECT_EQ(
      ReasonFor(WithRelease(
          second_, [](v1::Release& release) { *release.add_siblings() = release.siblings(0); })),
      "bad_bundle");
}

TEST_F(ReleaseLogTest, UnknownEndStateIsABadBundle) {
  EXPECT_EQ(ReasonFor(WithRelease(second_,
                                  [](v1::Release& release) {
                                    release.mutable_siblings(0)->set_end_state("forgotten");
                                  })),
            "bad_bundle");
}

}  // namespace
}  // namespace perdura::simulation
