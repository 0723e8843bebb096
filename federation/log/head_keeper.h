#ifndef PERDURA_FEDERATION_LOG_HEAD_KEEPER_H_
#define PERDURA_FEDERATION_LOG_HEAD_KEEPER_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crypto/merkle_proof.h"
#include "federation/log/checkpoint.h"
#include "federation/log/head_store.h"
#include "federation/log/note_key.h"

namespace perdura::federation::log {

// What the first head of a log needs where nothing of it is held: Q fresh cosignatures. `needed` 0
// asks for none; only a witness, which has no better source, may do so.
struct FirstContact {
  std::span<const NoteKey> cosigners;
  int needed = 0;
  absl::Time now;
  absl::Duration max_age;  // largest distance of a cosignature's time from `now`, either way
};

// The rules for heads of other parties' logs (protocols.md 5, NC7, SC4). Only a note that the log
// itself signed counts, hence SignedCheckpoint from OpenCheckpoint(). For a log of which (size,
// root) is held:
//
//   seen                                  outcome
//   larger, proof from the held size good stored
//   the same                              kept; the proof is not looked at
//   smaller                               Unavailable `stale_head`
//   larger, proof missing or wrong        Unavailable `bad_proof`
//   same size, other root                 DataLoss `ledger_fork`: both notes kept as evidence
//   anything after a fork                 DataLoss `ledger_fork`, until its next generation
//
// Unavailable refuses this item only: fetch a proof from the held size and try again; nobody stops
// for it. Thread-compatible; `store` must outlive the keeper. Returns the store's errors as well.
class HeadKeeper final {
 public:
  explicit HeadKeeper(HeadStore& store) : store_(store) {}

  // `proof`: consistency proof from the held size to the seen one. Returns also FailedPrecondition
  // `unlogged` if nothing is held and the note has not what `first` wants, Unauthenticated
  // `bad_signature` if a cosignature on it is wrong.
  absl::Status See(const SignedCheckpoint& seen, const crypto::MerkleProof& proof,
                   const FirstContact& first);

  // CH5: a checkpoint that comes with a charter, for a party that starts as a witness. Held where
  // nothing is; beside a held one it can only show a fork, which is kept. Returns DataLoss
  // `ledger_fork` then.
  absl::Status StartFrom(const SignedCheckpoint& seen);

  // SC4: the head that came with a contribution must extend `since`, the one that was held when the
  // manifest was taken; `proof` leads from there. Where the held one has grown meanwhile
  // (overlapping rounds), the seen one must lie on its path too: `held_proof` leads from the
  // smaller of the two to the larger. Returns FailedPrecondition `member_rollback` for a head that
  // is smaller than `since` or has another root at the same size, instead of `stale_head`.
  absl::Status SeeSince(const Checkpoint& since, const SignedCheckpoint& seen,
                        const crypto::MerkleProof& proof, const crypto::MerkleProof& held_proof);

 private:
  absl::Status Judge(const HeldHead& held, const SignedCheckpoint& seen,
                     const crypto::MerkleProof& proof);

  HeadStore& store_;
};

// The refusal of a log that has signed two histories.
absl::Status LedgerFork();

// NC6. `seen`: a checkpoint that this party itself has signed, as others hold it; `own`: its log
// today with `own_size` entries. Returns FailedPrecondition `restored` if the log is shorter, or
// had another root at that size: it is a backup or a clone and must stop answering until a rebase.
absl::Status CheckOwnHead(const Checkpoint& seen, uint64_t own_size, crypto::SubtreeSource& own);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_HEAD_KEEPER_H_
