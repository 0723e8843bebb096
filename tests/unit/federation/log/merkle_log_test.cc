#include "federation/log/merkle_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "crypto/merkle.h"
#include "federation/log/cosignature.h"
#include "federation/log/head_keeper.h"
#include "federation/log/receipt.h"
#include "federation/log/sqlite_head_store.h"
#include "federation/log/witness.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;

class MerkleLogTest : public ::testing::Test {
 protected:
  MerkleLog OpenLog() {
    auto log = database_.Open();
    EXPECT_OK(log);
    return *std::move(log);
  }
  LogDatabase database_;
};

TEST_F(MerkleLogTest, EntriesAreNumberedAndReadBack) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 3));
  EXPECT_THAT(log.Size(), IsOkAndHolds(3U));
  ASSERT_OK_AND_ASSIGN(const Entry entry, ParseEntry(*log.EntryAt(2)));
  EXPECT_EQ(entry.seq, 2U);
  EXPECT_EQ(entry.fields, EntryOf(2).fields);
  EXPECT_THAT(log.EntryAt(3), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MerkleLogTest, WhatIsRolledBackWasNeverThere) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 3));
  {
    ASSERT_OK_AND_ASSIGN(base::Transaction transaction, base::Transaction::Begin(database_.get()));
    ASSERT_OK(log.Append(transaction, EntryOf(98)));
    ASSERT_OK(log.Append(transaction, EntryOf(99)));
    EXPECT_THAT(log.Size(), IsOkAndHolds(5U));
  }
  EXPECT_THAT(log.Size(), IsOkAndHolds(3U));
  ASSERT_OK(database_.FillTo(log, 4));
  LogDatabase other;
  ASSERT_OK_AND_ASSIGN(MerkleLog straight, other.Open());
  ASSERT_OK(other.FillTo(straight, 4));
  EXPECT_EQ(log.SignHead()->checkpoint, straight.SignHead()->checkpoint);
}

TEST_F(MerkleLogTest, NothingUncommittedIsSigned) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 3));
  ASSERT_OK_AND_ASSIGN(base::Transaction transaction, base::Transaction::Begin(database_.get()));
  ASSERT_OK(log.Append(transaction, EntryOf(3)));
  EXPECT_THAT(log.SignHead(), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(transaction.Commit());
  EXPECT_EQ(log.SignHead()->checkpoint.size, 4U);
}

TEST_F(MerkleLogTest, AppendOutsideItsTransactionEndsTheProcess) {
  MerkleLog log = OpenLog();
  ASSERT_OK_AND_ASSIGN(base::Transaction transaction, base::Transaction::Begin(database_.get()));
  ASSERT_OK(transaction.Commit());
  EXPECT_DEATH(log.Append(transaction, EntryOf(0)).IgnoreError(), "check.failed");
}

TEST_F(MerkleLogTest, AnEntryOutsideTheTableIsNotAppended) {
  MerkleLog log = OpenLog();
  Entry entry = EntryOf(0);
  entry.kind = "refunded";
  ASSERT_OK_AND_ASSIGN(base::Transaction transaction, base::Transaction::Begin(database_.get()));
  EXPECT_THAT(log.Append(transaction, entry), IsRefused("malformed", "kind"));
}

TEST_F(MerkleLogTest, AnEmptyLogIsNotSigned) {
  EXPECT_THAT(OpenLog().SignHead(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(MerkleLogTest, EverySignedHeadExtendsTheOneBefore) {
  MerkleLog log = OpenLog();
  std::optional<SignedCheckpoint> before;
  for (uint64_t size = 1; size <= 40; ++size) {
    ASSERT_OK(database_.FillTo(log, size));
    ASSERT_OK_AND_ASSIGN(const SignedCheckpoint head, log.SignHead());
    ASSERT_OK(OpenCheckpoint(PrintNote(head.note), log.note_key()));
    ASSERT_EQ(head.checkpoint.size, size);
    if (before.has_value()) {
      ASSERT_OK_AND_ASSIGN(const auto proof, crypto::ConsistencyProof(size - 1, size, log));
      ASSERT_TRUE(crypto::VerifyConsistency(size - 1, before->checkpoint.root, size,
                                            head.checkpoint.root, proof));
    }
    before = head;
  }
}

TEST_F(MerkleLogTest, SigningTwiceGivesTheSameNote) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 3));
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint first, log.SignHead());
  EXPECT_EQ(PrintNote(log.SignHead()->note), PrintNote(first.note));
  EXPECT_THAT(log.NoteAt(3), IsOkAndHolds(PrintNote(first.note)));
  EXPECT_THAT(log.NoteAt(2), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MerkleLogTest, CosignaturesAreKeptWithTheirNote) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 5));
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint head, log.SignHead());
  for (const char* name : {"ohio", "alfred", "ohio"}) {
    EXPECT_OK(log.AddCosignature(5, Cosign(head.note.text, name, CosignSecret(name), kNow),
                                 CosignKeyOf(name)));
  }
  const NoteSignature wrong = Cosign("text\n", "st-vincent", CosignSecret("st-vincent"), kNow);
  EXPECT_THAT(log.AddCosignature(5, wrong, CosignKeyOf("st-vincent")),
              IsRefused("bad_signature", ""));
  EXPECT_THAT(log.AddCosignature(4, wrong, CosignKeyOf("st-vincent")),
              StatusIs(absl::StatusCode::kNotFound));
  const std::vector<NoteKey> stewards = {CosignKeyOf("ohio"), CosignKeyOf("alfred"),
                                         CosignKeyOf("st-vincent")};
  EXPECT_EQ(VerifiedCosignatures(log.SignHead()->note, stewards)->size(), 2U);

  ASSERT_OK_AND_ASSIGN(const std::string receipt, log.ReceiptOf(2, 5));
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified,
                       VerifyReceipt(receipt, *log.EntryAt(2), log.note_key(), stewards));
  EXPECT_EQ(verified.cosignatures.size(), 2U);
  EXPECT_THAT(log.ReceiptOf(5, 5), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(log.ReceiptOf(2, 4), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MerkleLogTest, GenerationsAreLogsOfTheirOwn) {
  MerkleLog first = OpenLog();
  ASSERT_OK(database_.FillTo(first, 3));
  ASSERT_OK_AND_ASSIGN(MerkleLog second, database_.Open("transplant/aggregator/2"));
  ASSERT_OK(database_.FillTo(second, 1));
  EXPECT_THAT(first.Size(), IsOkAndHolds(3U));
  EXPECT_EQ(second.SignHead()->checkpoint.size, 1U);
  EXPECT_OK(database_.Open());
}

TEST_F(MerkleLogTest, OutlivesTheProcess) {
  test_support::TempFolder folder;
  const base::Migration schema[] = {{1, kLogSchema}};
  std::string note;
  for (const bool first : {true, false}) {
    ASSERT_OK_AND_ASSIGN(auto database,
                         base::Database::Open({.path = folder.File("db"), .create = true}));
    ASSERT_OK(base::ApplyMigrations(*database, 7, schema));
    ASSERT_OK_AND_ASSIGN(MerkleLog log, MerkleLog::Open({.database = *database,
                                                         .origin = *LogOrigin::Parse(kOrigin),
                                                         .key = LogSecret(kOrigin)}));
    if (first) {
      ASSERT_OK_AND_ASSIGN(base::Transaction transaction, base::Transaction::Begin(*database));
      ASSERT_OK(log.Append(transaction, EntryOf(0)));
      ASSERT_OK(transaction.Commit());
      note = PrintNote(log.SignHead()->note);
    }
    EXPECT_EQ(PrintNote(log.SignHead()->note), note);
  }
}

TEST_F(MerkleLogTest, TriggersRefuseEveryChange) {
  MerkleLog log = OpenLog();
  ASSERT_OK(database_.FillTo(log, 4));
  ASSERT_OK(log.SignHead());
  for (const char* sql :
       {"UPDATE log_entry SET line = 'x' WHERE seq = 1", "DELETE FROM log_entry WHERE seq = 3",
        "INSERT OR REPLACE INTO log_entry (log, seq, line) VALUES (1, 1, 'x')",
        "INSERT INTO log_entry (log, seq, line) VALUES (1, 1, 'x')"
        " ON CONFLICT (log, seq) DO UPDATE SET line = excluded.line",
        "UPDATE log_subtree SET hash = zeroblob(32)", "DELETE FROM log_subtree",
        "UPDATE log SET size = 2", "UPDATE log SET size = 9", "UPDATE log SET origin = 'x'",
        "DELETE FROM log", "DELETE FROM log_checkpoint", "UPDATE log_checkpoint SET size = 3"}) {
    EXPECT_FALSE(database_.get().Execute(sql).ok()) << sql;
  }
  EXPECT_OK(database_.Open());
}

// What somebody does who has the file in hand, past the triggers. Nine entries, signed at six.
class DamagedLogTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(MerkleLog log, database_.Open());
    ASSERT_OK(database_.FillTo(log, 6));
    ASSERT_OK(log.SignHead());
    ASSERT_OK(database_.FillTo(log, 9));
  }
  LogDatabase database_;
};

TEST_P(DamagedLogTest, IsNotOpened) {
  ASSERT_OK(database_.Open());
  database_.Tamper(GetParam());
  EXPECT_THAT(database_.Open(), IsRefused("log_damaged", "own log"));
  EXPECT_THAT(database_.Open(), StatusIs(absl::StatusCode::kDataLoss));
}
INSTANTIATE_TEST_SUITE_P(
    Edits, DamagedLogTest,
    ::testing::Values(
        "UPDATE log_entry SET line = replace(line, 'expired', 'bad_ask') WHERE seq = 2",
        "UPDATE log_entry SET line = line || ' ' WHERE seq = 8",
        "DELETE FROM log_entry WHERE seq = 0", "DELETE FROM log_entry WHERE seq = 4",
        "DELETE FROM log_entry WHERE seq = 8", "DELETE FROM log_entry",
        "INSERT INTO log_entry (log, seq, line) VALUES (1, 9, '{}')",
        "INSERT INTO log_entry (log, seq, line) VALUES (1, 11, '{}')",
        "UPDATE log_subtree SET hash = zeroblob(32) WHERE last = 1",
        "DELETE FROM log_subtree WHERE last = 7",
        "INSERT INTO log_subtree (log, last, level, hash) VALUES (1, 9, 1, zeroblob(32))",
        "UPDATE log SET size = 8", "UPDATE log SET root = zeroblob(32)",
        "UPDATE log SET frontier = zeroblob(64)",
        "UPDATE log_checkpoint SET note = replace(note, 'aggregator', 'aggregat0r')",
        "UPDATE log_checkpoint SET note = 'x'"));

// A history that was rewritten from entry `from` on, consistent in itself.
std::string RewriteFrom(uint64_t from, uint64_t size) {
  std::string sql = absl::StrCat("DELETE FROM log_entry WHERE seq >= ", from,
                                 "; DELETE FROM log_subtree WHERE last >= ", from, ";");
  crypto::Frontier tree;
  for (uint64_t seq = 0; seq < size; ++seq) {
    Entry entry = EntryOf(seq < from ? seq : seq + 1000);
    entry.seq = seq;
    const std::string line = *PrintEntry(entry);
    const auto subtrees = tree.Append(crypto::LeafHash(line));
    if (seq < from) continue;
    absl::StrAppend(&sql, "INSERT INTO log_entry (log, seq, line) VALUES (1, ", seq, ", '", line,
                    "');");
    for (const crypto::Subtree& subtree : subtrees) {
      if (subtree.level == 0) continue;
      absl::StrAppend(&sql, "INSERT INTO log_subtree (log, last, level, hash) VALUES (1, ", seq,
                      ", ", subtree.level, ", x'", base::HexEncode(subtree.hash), "');");
    }
  }
  absl::StrAppend(&sql, "UPDATE log SET size = ", size, ", root = x'", base::HexEncode(tree.Root()),
                  "', frontier = x'", base::HexEncode(tree.Bytes()), "';");
  return sql;
}

class RewrittenLogTest : public DamagedLogTest {};

TEST_F(RewrittenLogTest, BehindASignedCheckpointItIsNotOpened) {
  database_.Tamper(RewriteFrom(2, 9));
  EXPECT_THAT(database_.Open(), IsRefused("log_damaged", "newest signed checkpoint"));
}

TEST_F(RewrittenLogTest, CutBelowASignedCheckpointItIsNotOpened) {
  database_.Tamper(RewriteFrom(4, 4));
  EXPECT_THAT(database_.Open(), IsRefused("log_damaged", "shorter"));
}

// What nobody has seen nobody can miss: entries after the newest checkpoint have left no trace
// elsewhere, and a charge whose head never left has released nothing.
TEST_F(RewrittenLogTest, BeyondTheNewestCheckpointNothingIsSeen) {
  database_.Tamper(RewriteFrom(7, 9));
  EXPECT_OK(database_.Open());
}

TEST_F(RewrittenLogTest, AnInconsistentCheckpointIsNeverSigned) {
  ASSERT_OK_AND_ASSIGN(MerkleLog open, database_.Open());
  database_.Tamper(RewriteFrom(2, 9));  // while the log is open
  EXPECT_THAT(open.SignHead(), IsRefused("log_damaged", "does not extend"));
  EXPECT_THAT(open.NoteAt(9), StatusIs(absl::StatusCode::kNotFound));
}

// Somebody with the log key too, who throws the old checkpoints away and signs anew: the log opens,
// but whoever holds the old head sees it.
TEST_F(RewrittenLogTest, SignedAnewItIsRefusedByWhoeverHoldsTheOldHead) {
  LogDatabase steward;
  SqliteHeadStore store(steward.get());
  Witness witness =
      *Witness::Create({.store = store, .name = "alfred", .key = CosignSecret("alfred")});
  const LogKeys logs = {{kOrigin, LogSecret(kOrigin).public_key()}};
  ASSERT_OK_AND_ASSIGN(MerkleLog before, database_.Open());
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint held, before.SignHead());
  ASSERT_OK(witness.AddCheckpoint({.note = PrintNote(held.note), .old_size = 0, .proof = {}}, logs,
                                  kNow));

  database_.Tamper("DELETE FROM log_checkpoint;" + RewriteFrom(5, 9));
  ASSERT_OK_AND_ASSIGN(MerkleLog forged, database_.Open());
  EXPECT_THAT(CheckOwnHead(held.checkpoint, *forged.Size(), forged), IsRefused("restored", ""));
  EXPECT_THAT(forged.SignHead(), test_support::IsOk());
  ASSERT_OK(database_.FillTo(forged, 12));
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint larger, forged.SignHead());
  ASSERT_OK_AND_ASSIGN(const auto proof, crypto::ConsistencyProof(9, 12, forged));
  EXPECT_THAT(witness.AddCheckpoint({.note = PrintNote(larger.note), .old_size = 9, .proof = proof},
                                    logs, kNow),
              IsRefused("bad_proof", ""));
  EXPECT_THAT(
      witness.AddCheckpoint({.note = *forged.NoteAt(9), .old_size = 9, .proof = {}}, logs, kNow),
      IsRefused("ledger_fork", ""));
}

// An old copy of the database, before what others hold.
TEST_F(RewrittenLogTest, RestoredFromABackupItKnowsAtTheFirstNoteOfItsOwn) {
  LogDatabase backup;
  ASSERT_OK_AND_ASSIGN(MerkleLog old, backup.Open());
  ASSERT_OK(backup.FillTo(old, 7));
  ASSERT_OK_AND_ASSIGN(MerkleLog log, database_.Open());
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint newest, log.SignHead());
  EXPECT_THAT(CheckOwnHead(newest.checkpoint, *old.Size(), old), IsRefused("restored", "rebase"));
  EXPECT_OK(CheckOwnHead(newest.checkpoint, *log.Size(), log));
}

TEST_F(RewrittenLogTest, UnderAnotherKeyItIsNotOpened) {
  EXPECT_THAT(MerkleLog::Open({.database = database_.get(),
                               .origin = *LogOrigin::Parse(kOrigin),
                               .key = LogSecret(OriginOf("ohio"))}),
              IsRefused("log_damaged", "not signed by this log"));
}

}  // namespace
}  // namespace perdura::federation::log
