#include "federation/log/witness.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/status_macros.h"
#include "federation/log/cosignature.h"
#include "federation/log/sqlite_head_store.h"
#include "tests/support/memory_tree.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

using test_support::MemoryTree;
using test_support::StatusIs;

// A store that another request overtakes between Find and Replace, or whose disk fails.
class ContestedStore final : public HeadStore {
 public:
  explicit ContestedStore(HeadStore& store) : store_(store) {}
  absl::StatusOr<std::optional<HeldHead>> Find(absl::string_view origin) override {
    return store_.Find(origin);
  }
  absl::Status Replace(uint64_t held_size, const SignedCheckpoint& head) override {
    if (!failure.ok()) return failure;
    if (winner.has_value()) PERDURA_RETURN_IF_ERROR(store_.Replace(held_size, *winner));
    return store_.Replace(held_size, head);
  }
  absl::Status KeepFork(const HeldHead& held, const SignedCheckpoint& other) override {
    return store_.KeepFork(held, other);
  }
  std::optional<SignedCheckpoint> winner;
  absl::Status failure;

 private:
  HeadStore& store_;
};

class WitnessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    while (fork_.size() < 20) fork_.Append("another");
    logs_[kOrigin] = LogSecret(kOrigin).public_key();
  }
  WitnessRequest Ask(uint64_t old_size, uint64_t size) {
    return {.note = PrintNote(SignTree(tree_, size).note),
            .old_size = old_size,
            .proof = old_size == 0 ? crypto::MerkleProof{}
                                   : *crypto::ConsistencyProof(old_size, size, tree_)};
  }
  absl::StatusOr<std::string> Add(const WitnessRequest& request) {
    return witness_.AddCheckpoint(request, logs_, kNow);
  }
  std::optional<HeldHead> Held() { return *store_.Find(kOrigin); }

  MemoryTree tree_{20};
  MemoryTree fork_{8};
  LogDatabase database_;
  SqliteHeadStore store_{database_.get()};
  ContestedStore contested_{store_};
  Witness witness_ =
      *Witness::Create({.store = contested_, .name = "alfred", .key = CosignSecret("alfred")});
  LogKeys logs_;
};

TEST_F(WitnessTest, CosignsAFirstCheckpointWithoutProof) {
  ASSERT_OK_AND_ASSIGN(const std::string line, Add(Ask(0, 5)));
  ASSERT_OK_AND_ASSIGN(const NoteSignature signature, ParseSignatureLine(line));
  ASSERT_OK_AND_ASSIGN(const absl::Time at, VerifyCosignature(SignTree(tree_, 5).note.text,
                                                              signature, CosignKeyOf("alfred")));
  EXPECT_EQ(at, kNow);
  EXPECT_EQ(Held()->checkpoint.size, 5U);
}

TEST_F(WitnessTest, FollowsTheLogAsItGrows) {
  for (uint64_t size = 1; size <= 20; ++size) EXPECT_OK(Add(Ask(size - 1, size)));
  EXPECT_EQ(Held()->checkpoint.size, 20U);
}

TEST_F(WitnessTest, TheSameCheckpointAgainGetsANewCosignature) {
  ASSERT_OK(Add(Ask(0, 5)));
  ASSERT_OK_AND_ASSIGN(const std::string line,
                       witness_.AddCheckpoint(Ask(5, 5), logs_, kNow + absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const NoteSignature signature, ParseSignatureLine(line));
  EXPECT_EQ(*VerifyCosignature(SignTree(tree_, 5).note.text, signature, CosignKeyOf("alfred")),
            kNow + absl::Hours(1));
}

TEST_F(WitnessTest, UnknownOriginIsNotFound) {
  logs_.clear();
  EXPECT_THAT(Add(Ask(0, 5)), IsRefused("unknown_origin", ""));
  EXPECT_THAT(Add(Ask(0, 5)), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(WitnessTest, ASignatureOfAnotherKeyIsDenied) {
  logs_[kOrigin] = LogSecret(OriginOf("ohio")).public_key();
  EXPECT_THAT(Add(Ask(0, 5)), IsRefused("bad_signature", ""));
  EXPECT_THAT(Add(Ask(0, 5)), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(WitnessTest, MalformedRequestsAreRefused) {
  WitnessRequest request = Ask(0, 5);
  request.note = "no note";
  EXPECT_THAT(Add(request), IsRefused("malformed", "note"));
  request = Ask(0, 5);
  request.proof.assign(64, std::string(32, 'h'));
  EXPECT_THAT(Add(request), IsRefused("malformed", "63"));
  request = Ask(0, 5);
  request.old_size = 6;
  EXPECT_THAT(Add(request), IsRefused("malformed", "old size"));
  EXPECT_THAT(Add(request), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(Held().has_value());
}

TEST_F(WitnessTest, AnotherOldSizeIsAnsweredWithTheHeldNote) {
  ASSERT_OK(Add(Ask(0, 12)));
  for (const uint64_t old_size : {uint64_t{0}, uint64_t{11}, uint64_t{13}}) {
    const auto answer = Add(Ask(old_size, 15));
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kAborted));
    EXPECT_EQ(HeldNoteOf(answer.status()), PrintNote(SignTree(tree_, 12).note));
  }
  const auto smaller = Add(Ask(5, 9));
  EXPECT_THAT(smaller, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Held()->checkpoint.size, 12U);
  EXPECT_OK(Add(Ask(12, 15))) << "asked again from the held note";
}

TEST_F(WitnessTest, AnOldSizeWhereNothingIsHeldIsAnsweredWithoutNote) {
  const auto answer = Add(Ask(3, 5));
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(HeldNoteOf(answer.status()), "");
}

TEST_F(WitnessTest, WrongProofsAreRefusedAndMayBeTriedAgain) {
  WitnessRequest request = Ask(0, 5);
  request.proof = {std::string(32, 'x')};
  EXPECT_THAT(Add(request), IsRefused("bad_proof", "")) << "old size 0 has no proof";
  ASSERT_OK(Add(Ask(0, 5)));
  request = Ask(5, 12);
  request.proof = *crypto::ConsistencyProof(5, 13, tree_);
  EXPECT_THAT(Add(request), IsRefused("bad_proof", ""));
  EXPECT_THAT(Add(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request = Ask(5, 5);
  request.proof = {std::string(32, 'x')};
  EXPECT_THAT(Add(request), IsRefused("bad_proof", "")) << "equal sizes have no proof";
  EXPECT_EQ(Held()->checkpoint.size, 5U);
  EXPECT_OK(Add(Ask(5, 12)));
}

TEST_F(WitnessTest, ALargerForkFailsItsProof) {
  ASSERT_OK(Add(Ask(0, 12)));
  EXPECT_THAT(Add({.note = PrintNote(SignTree(fork_, 15).note),
                   .old_size = 12,
                   .proof = *crypto::ConsistencyProof(12, 15, fork_)}),
              IsRefused("bad_proof", ""));
}

TEST_F(WitnessTest, SameSizeOtherRootIsAForkWhateverTheOldSize) {
  for (const uint64_t old_size : {uint64_t{12}, uint64_t{0}}) {
    LogDatabase database;
    SqliteHeadStore store(database.get());
    Witness witness =
        *Witness::Create({.store = store, .name = "alfred", .key = CosignSecret("alfred")});
    ASSERT_OK(witness.AddCheckpoint(Ask(0, 12), logs_, kNow));
    const WitnessRequest other{
        .note = PrintNote(SignTree(fork_, 12).note), .old_size = old_size, .proof = {}};
    const auto answer = witness.AddCheckpoint(other, logs_, kNow);
    EXPECT_THAT(answer, IsRefused("ledger_fork", ""));
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_TRUE((*store.Find(kOrigin))->forked);
    EXPECT_THAT(witness.AddCheckpoint(Ask(12, 13), logs_, kNow), IsRefused("ledger_fork", ""))
        << "refused until a rebase";
  }
}

TEST_F(WitnessTest, OfTwoRequestsAtOnceOneIsCosigned) {
  ASSERT_OK(Add(Ask(0, 5)));
  contested_.winner = SignTree(tree_, 9);
  const auto loser = Add(Ask(5, 7));
  EXPECT_THAT(loser, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(HeldNoteOf(loser.status()), PrintNote(SignTree(tree_, 9).note));
  EXPECT_EQ(Held()->checkpoint.size, 9U);
}

TEST_F(WitnessTest, NothingIsCosignedThatIsNotStored) {
  contested_.failure = absl::UnavailableError("disk");
  EXPECT_THAT(Add(Ask(0, 5)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(Held().has_value());
}

TEST_F(WitnessTest, ACosignedNoteOfTheLogIsTakenToo) {
  WitnessRequest request = Ask(0, 5);
  SignedNote note = SignTree(tree_, 5).note;
  PutSignature(note, Cosign(note.text, "ohio", CosignSecret("ohio"), kNow));
  request.note = PrintNote(note);
  EXPECT_OK(Add(request));
}

TEST_F(WitnessTest, CreateFailsUnlessTheNameMayNameAKey) {
  EXPECT_THAT(Witness::Create({.store = store_, .name = "a b", .key = CosignSecret("alfred")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace perdura::federation::log
