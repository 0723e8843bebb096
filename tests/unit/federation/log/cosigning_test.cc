#include "federation/log/cosigning.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "federation/log/head_cache.h"
#include "federation/log/sqlite_head_store.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

// A log and two witnesses, each with its own database.
class CosigningTest : public ::testing::Test {
 protected:
  struct WitnessParty {
    explicit WitnessParty(const std::string& name)
        : store(database.get()),
          cache(store),
          witness(*Witness::Create({.store = cache, .name = name, .key = CosignSecret(name)})) {}
    LogDatabase database;
    SqliteHeadStore store;
    HeadCache cache;
    Witness witness;
  };

  CosigningTest() { logs_[kOrigin] = LogSecret(kOrigin).public_key(); }

  // Appends up to `size` entries and wants the checkpoint over them cosigned.
  void BeginAt(uint64_t size) {
    ASSERT_OK(database_.FillTo(log_, size));
    ASSERT_OK_AND_ASSIGN(const SignedCheckpoint head, log_.SignHead());
    ASSERT_OK(cosigning_.Begin(head));
  }
  WitnessAnswer AnswerOf(size_t witness) {
    const auto request = cosigning_.RequestTo(witness);
    EXPECT_TRUE(request.ok() && request->has_value());
    const auto line = parties_[witness].witness.AddCheckpoint(**request, logs_, kNow);
    if (line.ok()) return {.cosignature = *line, .reason = "", .held_note = ""};
    return {.cosignature = "", .reason = "refused", .held_note = HeldNoteOf(line.status())};
  }

  LogDatabase database_;
  MerkleLog log_ = *database_.Open();
  std::vector<NoteKey> keys_ = {CosignKeyOf("alfred"), CosignKeyOf("ohio")};
  Cosigning cosigning_{log_, keys_};
  WitnessParty parties_[2] = {WitnessParty("alfred"), WitnessParty("ohio")};
  LogKeys logs_;
};

TEST_F(CosigningTest, NothingIsAskedBeforeBegin) {
  ASSERT_OK_AND_ASSIGN(const auto request, cosigning_.RequestTo(0));
  EXPECT_FALSE(request.has_value());
  EXPECT_EQ(cosigning_.size(), 0u);
}

TEST_F(CosigningTest, EachCosignatureCountsOnceAndIsKeptInTheNote) {
  BeginAt(3);
  const WitnessAnswer answer = AnswerOf(0);
  ASSERT_OK(cosigning_.OnAnswer(0, answer).status());
  ASSERT_OK(cosigning_.OnAnswer(0, answer).status());
  EXPECT_EQ(cosigning_.count(), 1);
  ASSERT_OK(cosigning_.OnAnswer(1, AnswerOf(1)).status());
  EXPECT_EQ(cosigning_.count(), 2);
  ASSERT_OK_AND_ASSIGN(const std::string bytes, log_.NoteAt(3));
  ASSERT_OK_AND_ASSIGN(const SignedNote note, ParseNote(bytes));
  ASSERT_OK_AND_ASSIGN(const auto cosignatures, VerifiedCosignatures(note, keys_));
  EXPECT_EQ(cosignatures.size(), 2u);
}

TEST_F(CosigningTest, NextCheckpointIsAskedFromTheHeldSize) {
  BeginAt(3);
  ASSERT_OK(cosigning_.OnAnswer(0, AnswerOf(0)).status());
  BeginAt(7);
  EXPECT_EQ(cosigning_.count(), 0);
  ASSERT_OK_AND_ASSIGN(const auto request, cosigning_.RequestTo(0));
  EXPECT_EQ(request->old_size, 3u);
  ASSERT_OK(cosigning_.OnAnswer(0, AnswerOf(0)).status());
  EXPECT_EQ(cosigning_.count(), 1);
}

TEST_F(CosigningTest, ForgottenSizeIsLearntFromTheHeldNote) {
  BeginAt(3);
  ASSERT_OK(cosigning_.OnAnswer(0, AnswerOf(0)).status());
  BeginAt(5);
  cosigning_.SetHeld(0, 0);  // as after a restart
  ASSERT_OK_AND_ASSIGN(const bool ask_again, cosigning_.OnAnswer(0, AnswerOf(0)));
  EXPECT_TRUE(ask_again);
  ASSERT_OK(cosigning_.OnAnswer(0, AnswerOf(0)).status());
  EXPECT_EQ(cosigning_.count(), 1);
}

TEST_F(CosigningTest, CosignatureOfAnotherWitnessDoesNotCount) {
  BeginAt(3);
  ASSERT_OK(cosigning_.OnAnswer(1, AnswerOf(0)).status());
  EXPECT_EQ(cosigning_.count(), 0);
}

TEST_F(CosigningTest, CosignatureOfAnEarlierCheckpointDoesNotCount) {
  BeginAt(3);
  const WitnessAnswer late = AnswerOf(0);
  BeginAt(4);
  ASSERT_OK(cosigning_.OnAnswer(0, late).status());
  EXPECT_EQ(cosigning_.count(), 0);
}

TEST_F(CosigningTest, HeldNoteOfALargerLogMeansThisOneWasRestored) {
  BeginAt(3);
  test_support::MemoryTree tree(9);
  const WitnessAnswer answer{
      .cosignature = "", .reason = "stale_head", .held_note = PrintNote(SignTree(tree, 9).note)};
  EXPECT_THAT(cosigning_.OnAnswer(0, answer).status(), IsRefused("restored", ""));
}

TEST_F(CosigningTest, ForkAtTheSameSizeMeansThisOneWasRestored) {
  test_support::MemoryTree tree(3);  // other entries than the log's
  const WitnessRequest other{.note = PrintNote(SignTree(tree, 3).note), .old_size = 0, .proof = {}};
  ASSERT_OK(parties_[0].witness.AddCheckpoint(other, logs_, kNow).status());
  BeginAt(3);
  EXPECT_THAT(cosigning_.OnAnswer(0, AnswerOf(0)).status(), IsRefused("restored", ""));
}

TEST_F(CosigningTest, HeldNoteUnderAnotherKeySaysNothing) {
  BeginAt(3);
  test_support::MemoryTree tree(9);
  const std::string other = OriginOf("ohio");
  const WitnessAnswer answer{.cosignature = "",
                             .reason = "stale_head",
                             .held_note = PrintNote(SignTree(tree, 9, other).note)};
  ASSERT_OK_AND_ASSIGN(const bool ask_again, cosigning_.OnAnswer(0, answer));
  EXPECT_FALSE(ask_again);
}

}  // namespace
}  // namespace perdura::federation::log
