#include "federation/log/merkle_log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/sqlite/one_row.h"
#include "base/status_macros.h"
#include "federation/log/cosignature.h"
#include "federation/log/entries.h"
#include "federation/log/stored_tree.h"

namespace perdura::federation::log {
namespace {

using base::Blob;
using base::Statement;

int64_t Stored(uint64_t number) { return static_cast<int64_t>(number); }

// Makes an empty log if there is none of this origin; returns the number of its row.
absl::StatusOr<int64_t> FindOrMake(base::Database& database, const std::string& origin) {
  PERDURA_RETURN_IF_ERROR(
      database.Execute("INSERT INTO log (origin, size, root, frontier) VALUES (?1, 0, ?2, ?3)"
                       " ON CONFLICT (origin) DO NOTHING",
                       {origin, Blob{crypto::EmptyRoot()}, Blob{""}}));
  PERDURA_ASSIGN_OR_RETURN(
      const Statement row,
      base::OneRow(database, "SELECT id FROM log WHERE origin = ?1", {origin}, "log: no such log"));
  return row.Int64At(0);
}

}  // namespace

const absl::string_view kLogSchema = R"sql(
-- The logs that this party writes, one for each generation.
CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,                              -- <federation>/<party>/<generation>
  size INTEGER NOT NULL,                                    -- mutable: entries; only grows
  root BLOB NOT NULL CHECK (length(root) = 32),             -- mutable: of the tree over them
  frontier BLOB NOT NULL                                    -- mutable: complete subtrees, largest first
) STRICT;
-- The leaves. `line` is canonical JSON, hashed as it stands.
CREATE TABLE log_entry (
  log INTEGER NOT NULL REFERENCES log (id),
  seq INTEGER NOT NULL,
  line TEXT NOT NULL CHECK (length(line) <= 4096),
  PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
-- Hashes of the complete subtrees of 2^level leaves, level >= 1, by their last leaf: the order in which they
-- come to be.
CREATE TABLE log_subtree (
  log INTEGER NOT NULL REFERENCES log (id),
  last INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, last, level)
) STRICT, WITHOUT ROWID;
-- Every state that was signed.
CREATE TABLE log_checkpoint (
  log INTEGER NOT NULL REFERENCES log (id),
  size INTEGER NOT NULL,
  note TEXT NOT NULL,                                       -- mutable: cosignatures are added
  PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER log_stays BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_grows BEFORE UPDATE ON log WHEN NEW.size <> OLD.size + 1 OR NEW.id <> OLD.id OR NEW.origin <> OLD.origin
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_entry_stays BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_entry_fixed BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_subtree_stays BEFORE DELETE ON log_subtree BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_subtree_fixed BEFORE UPDATE ON log_subtree BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_checkpoint_stays BEFORE DELETE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_checkpoint_fixed BEFORE UPDATE OF log, size ON log_checkpoint
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
)sql";

MerkleLog::MerkleLog(Options options, NoteKey note_key, int64_t id)
    : database_(options.database),
      key_(options.key),
      note_key_(std::move(note_key)),
      id_(id),
      stored_(options.database, id) {}

absl::StatusOr<MerkleLog> MerkleLog::Open(Options options) {
  const std::string origin = options.origin.ToText();
  PERDURA_RETURN_IF_ERROR(LogOrigin::Parse(origin).status());
  PERDURA_ASSIGN_OR_RETURN(NoteKey note_key, NoteKey::Create(origin, NoteKeyType::kCheckpoint,
                                                             options.key.public_key()));
  PERDURA_ASSIGN_OR_RETURN(const int64_t id, FindOrMake(options.database, origin));
  MerkleLog log(std::move(options), std::move(note_key), id);
  PERDURA_ASSIGN_OR_RETURN(const std::optional<SignedCheckpoint> newest, log.NewestSigned());
  PERDURA_RETURN_IF_ERROR(VerifyStoredTree(
      log.database_, id,
      newest.has_value() ? std::optional<Checkpoint>(newest->checkpoint) : std::nullopt));
  return log;
}

absl::StatusOr<crypto::Frontier> MerkleLog::ReadFrontier() {
  PERDURA_ASSIGN_OR_RETURN(const Statement row,
                           base::OneRow(database_, "SELECT size, frontier FROM log WHERE id = ?1",
                                        {id_}, "log: no such log"));
  PERDURA_ASSIGN_OR_RETURN(const int64_t size, row.Int64At(0));
  PERDURA_ASSIGN_OR_RETURN(const std::string frontier, row.BlobAt(1));
  return crypto::Frontier::Parse(static_cast<uint64_t>(size), frontier);
}

absl::StatusOr<uint64_t> MerkleLog::Append(const base::Transaction& transaction, Entry entry) {
  PERDURA_CHECK(transaction.IsOpenOn(database_));
  PERDURA_ASSIGN_OR_RETURN(crypto::Frontier frontier, ReadFrontier());
  entry.seq = frontier.size();
  PERDURA_ASSIGN_OR_RETURN(const std::string line, PrintEntry(entry));
  PERDURA_RETURN_IF_ERROR(
      database_.Execute("INSERT INTO log_entry (log, seq, line) VALUES (?1, ?2, ?3)",
                        {id_, Stored(entry.seq), line}));
  for (const crypto::Subtree& subtree : frontier.Append(crypto::LeafHash(line))) {
    PERDURA_RETURN_IF_ERROR(WriteSubtree(entry.seq, subtree));
  }
  PERDURA_RETURN_IF_ERROR(database_.Execute(
      "UPDATE log SET size = ?2, root = ?3, frontier = ?4 WHERE id = ?1",
      {id_, Stored(frontier.size()), Blob{frontier.Root()}, Blob{frontier.Bytes()}}));
  return entry.seq;
}

absl::Status MerkleLog::WriteSubtree(uint64_t last, const crypto::Subtree& subtree) {
  if (subtree.level == 0) return absl::OkStatus();  // the entry itself gives it
  return database_.Execute(
      "INSERT INTO log_subtree (log, last, level, hash) VALUES (?1, ?2, ?3, ?4)",
      {id_, Stored(last), subtree.level, Blob{subtree.hash}});
}

absl::StatusOr<crypto::Digest> MerkleLog::SubtreeHash(int level, uint64_t index) {
  return stored_.SubtreeHash(level, index);
}

absl::StatusOr<SignedCheckpoint> MerkleLog::SignHead() {
  // A transaction of our own: nothing that we see can still be rolled back by a caller.
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_ASSIGN_OR_RETURN(const crypto::Frontier frontier, ReadFrontier());
  if (frontier.size() == 0) return absl::FailedPreconditionError("log: an empty one is not signed");
  const Checkpoint state = StateOf(frontier);
  PERDURA_ASSIGN_OR_RETURN(std::optional<SignedCheckpoint> newest, NewestSigned());
  if (newest.has_value()) {
    if (newest->checkpoint == state) return *std::move(newest);
    PERDURA_RETURN_IF_ERROR(CheckExtends(newest->checkpoint, state, *this));
  }
  SignedCheckpoint made = SignCheckpoint(state, key_);
  PERDURA_RETURN_IF_ERROR(
      database_.Execute("INSERT INTO log_checkpoint (log, size, note) VALUES (?1, ?2, ?3)",
                        {id_, Stored(state.size), PrintNote(made.note)}));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  return made;
}

absl::Status MerkleLog::AddCosignature(uint64_t size, const NoteSignature& signature,
                                       const NoteKey& cosigner) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, NoteAt(size));
  PERDURA_ASSIGN_OR_RETURN(SignedNote note, ParseNote(bytes));
  PERDURA_RETURN_IF_ERROR(VerifyCosignature(note.text, signature, cosigner).status());
  PutSignature(note, signature);
  return database_.Execute("UPDATE log_checkpoint SET note = ?3 WHERE log = ?1 AND size = ?2",
                           {id_, Stored(size), PrintNote(note)});
}

Checkpoint MerkleLog::StateOf(const crypto::Frontier& frontier) const {
  return {.origin = note_key_.name(), .size = frontier.size(), .root = frontier.Root()};
}

absl::StatusOr<Checkpoint> MerkleLog::State() {
  PERDURA_ASSIGN_OR_RETURN(const crypto::Frontier frontier, ReadFrontier());
  return StateOf(frontier);
}

absl::StatusOr<uint64_t> MerkleLog::Size() {
  PERDURA_ASSIGN_OR_RETURN(const crypto::Frontier frontier, ReadFrontier());
  return frontier.size();
}

absl::StatusOr<std::string> MerkleLog::EntryAt(uint64_t seq) { return stored_.EntryAt(seq); }

absl::StatusOr<std::string> MerkleLog::NoteAt(uint64_t size) { return stored_.NoteAt(size); }

absl::StatusOr<std::optional<SignedCheckpoint>> MerkleLog::NewestSigned() {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(
          "SELECT note FROM log_checkpoint WHERE log = ?1 ORDER BY size DESC LIMIT 1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({id_}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const std::string note, rows.TextAt(0));
  auto opened = OpenCheckpoint(note, note_key_);
  if (!opened.ok()) return LogDamaged("the newest checkpoint is not signed by this log");
  return *std::move(opened);
}

absl::StatusOr<std::vector<uint64_t>> MerkleLog::SignedSizes(int limit) {
  return stored_.SignedSizes(limit);
}

absl::StatusOr<std::string> MerkleLog::ReceiptOf(uint64_t seq, uint64_t size) {
  return stored_.ReceiptOf(seq, size);
}

absl::StatusOr<uint64_t> NewestGeneration(base::Database& database, const LogOrigin& origin) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database.Prepare("SELECT origin FROM log"));
  uint64_t newest = 1;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return newest;
    PERDURA_ASSIGN_OR_RETURN(const std::string text, rows.TextAt(0));
    PERDURA_ASSIGN_OR_RETURN(const LogOrigin found, LogOrigin::Parse(text));
    const bool same = found.federation == origin.federation && found.party == origin.party;
    if (same) newest = std::max(newest, found.generation);
  }
}

absl::StatusOr<MerkleLog> BeginGeneration(const base::Transaction& transaction,
                                          MerkleLog::Options options, const Checkpoint& before,
                                          int64_t at_micros) {
  const std::string actor = options.origin.party;
  PERDURA_ASSIGN_OR_RETURN(MerkleLog log, MerkleLog::Open(std::move(options)));
  PERDURA_ASSIGN_OR_RETURN(const uint64_t size, log.Size());
  if (size > 0) return absl::FailedPreconditionError("log: this generation has begun");
  PERDURA_RETURN_IF_ERROR(
      log.Append(transaction, RestoredEntry(actor, at_micros, before)).status());
  return log;
}

}  // namespace perdura::federation::log
