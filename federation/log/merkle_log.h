#ifndef PERDURA_FEDERATION_LOG_MERKLE_LOG_H_
#define PERDURA_FEDERATION_LOG_MERKLE_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "crypto/merkle.h"
#include "crypto/merkle_proof.h"
#include "crypto/sign.h"
#include "federation/log/checkpoint.h"
#include "federation/log/entry.h"
#include "federation/log/note_key.h"
#include "federation/log/stored_log.h"

namespace perdura::federation::log {

// Schema of log, log_entry, log_subtree and log_checkpoint, for the migrations of a party's
// database.
extern const absl::string_view kLogSchema;

// A party's own log: entries, the hashes of their Merkle tree, and the checkpoints it has signed,
// in the party's database. Append-only: no call changes or removes an entry, triggers refuse it,
// and Open() finds what went past them.
//
// An entry is written in the transaction of what it tells of, so both are there or neither; only a
// committed state is ever signed (rule O8):
//
//   PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database));
//   PERDURA_ASSIGN_OR_RETURN(Reservation reservation, ledger.Write(debit, "debited"));
//   PERDURA_RETURN_IF_ERROR(log.Append(transaction, ChargeEntry("debited", debit)).status());
//   PERDURA_RETURN_IF_ERROR(transaction.Commit());
//   PERDURA_ASSIGN_OR_RETURN(SignedCheckpoint head, log.SignHead());
//
// A SubtreeSource of its own tree, so that crypto::ConsistencyProof(old, size, log) works. One
// object for each origin; a database may hold the logs of several generations. Thread-compatible,
// under the lock of its database.
class MerkleLog final : public crypto::SubtreeSource {
 public:
  struct Options {
    base::Database& database;  // must outlive the log
    LogOrigin origin;
    const crypto::SigningKey& key;  // the log key, for nothing else; must outlive the log
  };

  // Opens the log, empty if the database has none of this origin, and recomputes its tree from the
  // entries: O(size). Returns DataLoss `log_damaged` if an entry was changed, removed or added, a
  // stored hash is another one, or the newest signed checkpoint is not this log's under `key`. What
  // was cut off together with its checkpoints is seen only by those who hold a later one.
  static absl::StatusOr<MerkleLog> Open(Options options);

  // Adds an entry and returns its number; `entry.seq` is set here. `transaction` is the caller's
  // open one on this database; the entry is there once it commits. Returns InvalidArgument
  // `malformed` for an entry outside the table of entry.h; after an error the caller must roll
  // back.
  absl::StatusOr<uint64_t> Append(const base::Transaction& transaction, Entry entry);

  // Signs the committed state and stores the note before it returns it; the note with all its
  // cosignatures if this state was signed before. Returns FailedPrecondition if the log is empty or
  // a transaction is open, DataLoss `log_damaged` if the state does not extend the newest signed
  // one: such a checkpoint is never signed.
  absl::StatusOr<SignedCheckpoint> SignHead();

  // Keeps a witness's signature on the checkpoint of this size. Returns NotFound if no such size
  // was signed, Unauthenticated `bad_signature` if it does not verify.
  absl::Status AddCosignature(uint64_t size, const NoteSignature& signature,
                              const NoteKey& cosigner);

  // Origin, size and root of what Size() counts.
  absl::StatusOr<Checkpoint> State();
  // Committed entries, or those of the open transaction too inside one.
  absl::StatusOr<uint64_t> Size();
  // Returns NotFound beyond the end.
  absl::StatusOr<std::string> EntryAt(uint64_t seq);
  // The signed note of this size with its cosignatures. Returns NotFound if it was never signed.
  absl::StatusOr<std::string> NoteAt(uint64_t size);
  // The newest signed one, or nothing.
  absl::StatusOr<std::optional<SignedCheckpoint>> NewestSigned();
  // Sizes of the newest signed ones, largest first, at most `limit`.
  absl::StatusOr<std::vector<uint64_t>> SignedSizes(int limit);
  // The `.tlog-proof` of entry `seq` under the signed checkpoint of `size` entries. Returns
  // NotFound if that was never signed, InvalidArgument unless seq < size.
  absl::StatusOr<std::string> ReceiptOf(uint64_t seq, uint64_t size);

  absl::StatusOr<crypto::Digest> SubtreeHash(int level, uint64_t index) override;

  // The public half: others open this log's notes with it.
  const NoteKey& note_key() const { return note_key_; }

 private:
  MerkleLog(Options options, NoteKey note_key, int64_t id);
  absl::StatusOr<crypto::Frontier> ReadFrontier();
  Checkpoint StateOf(const crypto::Frontier& frontier) const;
  absl::Status WriteSubtree(uint64_t last, const crypto::Subtree& subtree);

  base::Database& database_;
  const crypto::SigningKey& key_;
  NoteKey note_key_;
  int64_t id_;  // of its row in `log`
  StoredLog stored_;
};

// The largest generation of `origin`'s party of which the database has a log; 1 if it has none.
absl::StatusOr<uint64_t> NewestGeneration(base::Database& database, const LogOrigin& origin);

// Opens the log of `options.origin`, of which the database has nothing yet, with entry 0
// `restored`: what the party records from here on, while the authority decides. `before`: the
// newest checkpoint known of the generation before. Part of the caller's transaction. Returns
// FailedPrecondition if there is such a log.
absl::StatusOr<MerkleLog> BeginGeneration(const base::Transaction& transaction,
                                          MerkleLog::Options options, const Checkpoint& before,
                                          int64_t at_micros);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_MERKLE_LOG_H_
