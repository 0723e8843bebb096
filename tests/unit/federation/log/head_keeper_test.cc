#include "federation/log/head_keeper.h"

#include <gtest/gtest.h>

#include <vector>

#include "federation/log/cosignature.h"
#include "federation/log/sqlite_head_store.h"
#include "tests/support/memory_tree.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

using crypto::MerkleProof;
using test_support::MemoryTree;
using test_support::StatusIs;

// One log with a history of 20 entries, and another history under the same key that parts from it
// after 8.
class HeadKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    while (fork_.size() < 20) fork_.Append("another");
  }
  absl::Status See(const SignedCheckpoint& seen, const MerkleProof& proof = {}) {
    return keeper_.See(seen, proof, {.cosigners = {}, .needed = 0, .now = kNow, .max_age = {}});
  }
  absl::Status SeeFirst(const SignedCheckpoint& seen) {
    return keeper_.See(
        seen, {}, {.cosigners = stewards_, .needed = 2, .now = kNow, .max_age = absl::Minutes(10)});
  }
  MerkleProof Proof(uint64_t from, uint64_t to) {
    return *crypto::ConsistencyProof(from, to, tree_);
  }
  uint64_t HeldSize() { return (*store_.Find(kOrigin))->checkpoint.size; }
  bool Forked() { return (*store_.Find(kOrigin))->forked; }
  // A head of `size` with cosignatures of these stewards, dated `at`.
  SignedCheckpoint Cosigned(uint64_t size, const std::vector<std::string>& names,
                            absl::Time at = kNow) {
    SignedCheckpoint head = SignTree(tree_, size);
    for (const std::string& name : names) {
      PutSignature(head.note, Cosign(head.note.text, name, CosignSecret(name), at));
    }
    return head;
  }

  MemoryTree tree_{20};
  MemoryTree fork_{8};
  LogDatabase database_;
  SqliteHeadStore store_{database_.get()};
  HeadKeeper keeper_{store_};
  const std::vector<NoteKey> stewards_ = {CosignKeyOf("ohio"), CosignKeyOf("alfred"),
                                          CosignKeyOf("st-vincent")};
};

TEST_F(HeadKeeperTest, ALargerHeadWithItsProofIsStored) {
  ASSERT_OK(See(SignTree(tree_, 5)));
  EXPECT_EQ(HeldSize(), 5U);
  EXPECT_OK(See(SignTree(tree_, 12), Proof(5, 12)));
  EXPECT_EQ(HeldSize(), 12U);
  EXPECT_EQ((*store_.Find(kOrigin))->note, PrintNote(SignTree(tree_, 12).note));
}

TEST_F(HeadKeeperTest, TheSameHeadAgainChangesNothing) {
  ASSERT_OK(See(SignTree(tree_, 5)));
  EXPECT_OK(See(SignTree(tree_, 5)));
  EXPECT_OK(See(SignTree(tree_, 5), {std::string(32, 'x')}));
  EXPECT_EQ(HeldSize(), 5U);
}

TEST_F(HeadKeeperTest, ASmallerHeadIsStaleAndNobodyStops) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  EXPECT_THAT(See(SignTree(tree_, 5), Proof(5, 12)), IsRefused("stale_head", "smaller"));
  EXPECT_THAT(See(SignTree(tree_, 5)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(HeldSize(), 12U);
  EXPECT_FALSE(Forked());
  EXPECT_OK(See(SignTree(tree_, 13), Proof(12, 13)));
}

TEST_F(HeadKeeperTest, ALargerHeadWithoutItsProofIsRefusedUntilItComes) {
  ASSERT_OK(See(SignTree(tree_, 5)));
  for (const MerkleProof& bad : {MerkleProof{}, Proof(4, 12), Proof(5, 13)}) {
    EXPECT_THAT(See(SignTree(tree_, 12), bad), IsRefused("bad_proof", "fetch"));
  }
  EXPECT_THAT(See(SignTree(tree_, 12)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(HeldSize(), 5U);
  EXPECT_OK(See(SignTree(tree_, 12), Proof(5, 12)));
}

TEST_F(HeadKeeperTest, AForkOfAnotherSizeHasNoProof) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  const MerkleProof proof = *crypto::ConsistencyProof(12, 15, fork_);
  EXPECT_THAT(See(SignTree(fork_, 15), proof), IsRefused("bad_proof", "fetch"));
  EXPECT_EQ(HeldSize(), 12U);
}

TEST_F(HeadKeeperTest, SameSizeAnotherRootIsAForkAndBothNotesStay) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  EXPECT_THAT(See(SignTree(fork_, 12)), IsRefused("ledger_fork", "two histories"));
  EXPECT_THAT(See(SignTree(fork_, 12)), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(Forked());
  ASSERT_OK_AND_ASSIGN(
      base::Statement rows,
      database_.get().Prepare("SELECT held_note, other_note FROM head_fork WHERE origin = ?1"));
  ASSERT_OK(rows.Bind({kOrigin}));
  ASSERT_TRUE(*rows.Step());
  const NoteKey key = LogKeyOf(kOrigin);
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint held, OpenCheckpoint(*rows.TextAt(0), key));
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint other, OpenCheckpoint(*rows.TextAt(1), key));
  EXPECT_EQ(held.checkpoint.size, other.checkpoint.size);
  EXPECT_NE(held.checkpoint.root, other.checkpoint.root);
}

TEST_F(HeadKeeperTest, AfterAForkEverythingOfThatLogIsRefused) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  ASSERT_FALSE(See(SignTree(fork_, 12)).ok());
  EXPECT_THAT(See(SignTree(tree_, 12)), IsRefused("ledger_fork", ""));
  EXPECT_THAT(See(SignTree(tree_, 13), Proof(12, 13)), IsRefused("ledger_fork", ""));
  EXPECT_THAT(See(SignTree(tree_, 5)), IsRefused("ledger_fork", ""));
  MemoryTree rebased(1);
  EXPECT_OK(See(SignTree(rebased, 1, "transplant/aggregator/2"))) << "the next generation is free";
}

// ---- CH5: a start from the checkpoints of a charter

TEST_F(HeadKeeperTest, StartIsHeldWhereNothingIs) {
  ASSERT_OK(keeper_.StartFrom(SignTree(tree_, 12)));
  EXPECT_EQ(HeldSize(), 12U);
  EXPECT_THAT(See(SignTree(tree_, 5)), IsRefused("stale_head", "smaller"));
  EXPECT_OK(See(SignTree(tree_, 15), Proof(12, 15)));
}

TEST_F(HeadKeeperTest, StartLeavesAHeldHeadAlone) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  EXPECT_OK(keeper_.StartFrom(SignTree(tree_, 5)));
  EXPECT_OK(keeper_.StartFrom(SignTree(tree_, 12)));
  EXPECT_OK(keeper_.StartFrom(SignTree(tree_, 15)));
  EXPECT_EQ(HeldSize(), 12U);
  EXPECT_FALSE(Forked());
}

TEST_F(HeadKeeperTest, StartWithAnotherRootIsAFork) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  EXPECT_THAT(keeper_.StartFrom(SignTree(fork_, 12)), IsRefused("ledger_fork", "two histories"));
  EXPECT_TRUE(Forked());
}

TEST_F(HeadKeeperTest, LogsDoNotMix) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  EXPECT_OK(See(SignTree(fork_, 12, OriginOf("ohio"))));
  EXPECT_FALSE(Forked());
}

TEST_F(HeadKeeperTest, FirstContactNeedsEnoughFreshCosignatures) {
  EXPECT_THAT(SeeFirst(Cosigned(5, {"ohio"})), IsRefused("unlogged", "needs 2"));
  EXPECT_THAT(SeeFirst(Cosigned(5, {"ohio", "stranger"})), IsRefused("unlogged", "has 1"));
  const absl::Time old = kNow - absl::Minutes(11);
  const absl::Time future = kNow + absl::Minutes(11);
  EXPECT_THAT(SeeFirst(Cosigned(5, {"ohio", "alfred"}, old)), IsRefused("unlogged", "has 0"));
  EXPECT_THAT(SeeFirst(Cosigned(5, {"ohio", "alfred"}, future)), IsRefused("unlogged", "has 0"));
  EXPECT_FALSE((*store_.Find(kOrigin)).has_value());
  EXPECT_OK(SeeFirst(Cosigned(5, {"ohio", "alfred"}, kNow - absl::Minutes(10))));
  EXPECT_EQ(HeldSize(), 5U);
}

TEST_F(HeadKeeperTest, FirstContactWithAWrongCosignatureIsRefused) {
  SignedCheckpoint head = Cosigned(5, {"ohio", "alfred", "st-vincent"});
  head.note.signatures[1].bytes[20] = static_cast<char>(head.note.signatures[1].bytes[20] ^ 1);
  EXPECT_THAT(SeeFirst(head), IsRefused("bad_signature", ""));
}

TEST_F(HeadKeeperTest, AStoreThatMovedMeanwhileIsNotOverwritten) {
  ASSERT_OK(See(SignTree(tree_, 5)));
  ASSERT_OK(store_.Replace(5, SignTree(tree_, 9)));
  EXPECT_THAT(store_.Replace(5, SignTree(tree_, 7)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store_.Replace(0, SignTree(tree_, 7)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(HeldSize(), 9U);
}

TEST_F(HeadKeeperTest, TablesRefuseToShrinkOrForget) {
  ASSERT_OK(See(SignTree(tree_, 12)));
  ASSERT_FALSE(See(SignTree(fork_, 12)).ok());
  EXPECT_FALSE(database_.get().Execute("UPDATE held_head SET size = 5").ok());
  EXPECT_FALSE(database_.get().Execute("DELETE FROM held_head").ok());
  EXPECT_FALSE(database_.get().Execute("DELETE FROM head_fork").ok());
  EXPECT_FALSE(database_.get().Execute("UPDATE head_fork SET other_note = ''").ok());
  EXPECT_FALSE(
      database_.get()
          .Execute("INSERT OR REPLACE INTO held_head (origin, size, note) VALUES (?1, 1, '')",
                   {kOrigin})
          .ok());
}

class HeadSinceTest : public HeadKeeperTest {
 protected:
  void SetUp() override {
    HeadKeeperTest::SetUp();
    ASSERT_OK(See(SignTree(tree_, 10)));
  }
  // When the manifest was taken, 10 entries were held.
  absl::Status SeeSince(const SignedCheckpoint& seen, const MerkleProof& proof = {},
                        const MerkleProof& held_proof = {}) {
    return keeper_.SeeSince(since_, seen, proof, held_proof);
  }
  const Checkpoint since_ = SignTree(tree_, 10).checkpoint;
};

TEST_F(HeadSinceTest, ALargerHeadIsStored) {
  EXPECT_OK(SeeSince(SignTree(tree_, 11), Proof(10, 11)));
  EXPECT_EQ(HeldSize(), 11U);
  EXPECT_OK(SeeSince(SignTree(tree_, 11), Proof(10, 11))) << "resent";
}

TEST_F(HeadSinceTest, SmallerOrAnotherRootIsARollback) {
  EXPECT_THAT(SeeSince(SignTree(tree_, 9)), IsRefused("member_rollback", ""));
  EXPECT_THAT(SeeSince(SignTree(fork_, 10)), IsRefused("member_rollback", ""));
  EXPECT_EQ(HeldSize(), 10U);
}

TEST_F(HeadSinceTest, MissingOrWrongProofIsAskedForAgain) {
  EXPECT_THAT(SeeSince(SignTree(tree_, 12)), IsRefused("bad_proof", ""));
  EXPECT_THAT(SeeSince(SignTree(fork_, 12), *crypto::ConsistencyProof(10, 12, fork_)),
              IsRefused("bad_proof", ""));
  EXPECT_EQ(HeldSize(), 10U);
}

// Two rounds overlap, and the member's contribution to the later one comes first.
TEST_F(HeadSinceTest, ASmallerHeadOfAnOverlappingRoundLiesOnTheHeldPath) {
  ASSERT_OK(SeeSince(SignTree(tree_, 13), Proof(10, 13)));
  EXPECT_OK(SeeSince(SignTree(tree_, 11), Proof(10, 11), Proof(11, 13)));
  EXPECT_EQ(HeldSize(), 13U);
  EXPECT_THAT(SeeSince(SignTree(tree_, 11), Proof(10, 11)), IsRefused("bad_proof", ""));
}

// Two copies of one member answer two rounds: each extends what was held, but not the other.
TEST_F(HeadSinceTest, AClonesHeadIsNotOnTheHeldPath) {
  MemoryTree clone(10);
  while (clone.size() < 14) clone.Append("clone");
  ASSERT_OK(SeeSince(SignTree(tree_, 13), Proof(10, 13)));
  EXPECT_THAT(SeeSince(SignTree(clone, 11), *crypto::ConsistencyProof(10, 11, clone),
                       *crypto::ConsistencyProof(11, 13, clone)),
              IsRefused("bad_proof", ""));
  EXPECT_THAT(SeeSince(SignTree(clone, 14), *crypto::ConsistencyProof(10, 14, clone),
                       *crypto::ConsistencyProof(13, 14, clone)),
              IsRefused("bad_proof", ""));
  EXPECT_THAT(SeeSince(SignTree(clone, 13), *crypto::ConsistencyProof(10, 13, clone)),
              IsRefused("ledger_fork", ""));
  EXPECT_TRUE(Forked());
  EXPECT_THAT(SeeSince(SignTree(tree_, 12), Proof(10, 12), Proof(12, 13)),
              IsRefused("ledger_fork", ""));
}

TEST_F(HeadSinceTest, AfterTheHeldOneGrewALargerHeadNeedsAProofFromThere) {
  ASSERT_OK(SeeSince(SignTree(tree_, 12), Proof(10, 12)));
  EXPECT_THAT(SeeSince(SignTree(tree_, 15), Proof(10, 15)), IsRefused("bad_proof", ""));
  EXPECT_OK(SeeSince(SignTree(tree_, 15), Proof(10, 15), Proof(12, 15)));
  EXPECT_EQ(HeldSize(), 15U);
}

TEST(OwnHeadTest, APrefixOfTheOwnLogIsFine) {
  MemoryTree own(12);
  for (const uint64_t size : {uint64_t{1}, uint64_t{7}, uint64_t{12}}) {
    EXPECT_OK(CheckOwnHead(SignTree(own, size).checkpoint, own.size(), own));
  }
}

TEST(OwnHeadTest, ALargerNoteOrOneOffThePathMeansRestored) {
  MemoryTree own(12);
  MemoryTree later(13);
  MemoryTree other(5);
  other.Append("another");
  const auto restored = IsRefused("restored", "rebase");
  EXPECT_THAT(CheckOwnHead(SignTree(later, 13).checkpoint, own.size(), own), restored);
  EXPECT_THAT(CheckOwnHead(SignTree(other, 6).checkpoint, own.size(), own), restored);
  EXPECT_THAT(CheckOwnHead(SignTree(other, 6).checkpoint, own.size(), own),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace perdura::federation::log
