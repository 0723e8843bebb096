#include "federation/log/head_keeper.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/log/cosignature.h"

namespace perdura::federation::log {
namespace {

using crypto::MerkleProof;

absl::Status StaleHead() {
  return base::Refuse(absl::StatusCode::kUnavailable, "stale_head",
                      "head: smaller than the one that is held; fetch a newer one");
}

absl::Status HeadBadProof() {
  return base::Refuse(absl::StatusCode::kUnavailable, "bad_proof",
                      "head: not shown to extend the one that is held; fetch a proof from there");
}

absl::Status MemberRollback() {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "member_rollback",
                      "head: behind or beside the one that was held when the manifest was taken");
}

bool SameSizeOtherRoot(const Checkpoint& a, const Checkpoint& b) {
  return a.size == b.size && a.root != b.root;
}

// True where `larger` is shown to extend `smaller`.
bool Extends(const Checkpoint& smaller, const Checkpoint& larger, const MerkleProof& proof) {
  if (smaller == larger) return true;
  return crypto::VerifyConsistency(smaller.size, smaller.root, larger.size, larger.root, proof);
}

absl::Status CheckFirst(const SignedCheckpoint& seen, const FirstContact& first) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<Cosignature> cosignatures,
                           VerifiedCosignatures(seen.note, first.cosigners));
  const auto fresh =
      std::count_if(cosignatures.begin(), cosignatures.end(), [&](const Cosignature& cosignature) {
        return absl::AbsDuration(first.now - cosignature.at) <= first.max_age;
      });
  if (fresh >= first.needed) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "unlogged",
                      absl::StrCat("head: the first one of a log needs ", first.needed,
                                   " fresh cosignatures and has ", fresh));
}

}  // namespace

absl::Status LedgerFork() {
  return base::Refuse(absl::StatusCode::kDataLoss, "ledger_fork",
                      "head: this log has signed two histories; it needs a rebase");
}

absl::Status HeadKeeper::See(const SignedCheckpoint& seen, const MerkleProof& proof,
                             const FirstContact& first) {
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> held, store_.Find(seen.checkpoint.origin));
  if (!held.has_value()) {
    PERDURA_RETURN_IF_ERROR(CheckFirst(seen, first));
    return store_.Replace(0, seen);
  }
  return Judge(*held, seen, proof);
}

absl::Status HeadKeeper::StartFrom(const SignedCheckpoint& seen) {
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> held, store_.Find(seen.checkpoint.origin));
  if (!held.has_value()) return store_.Replace(0, seen);
  if (!SameSizeOtherRoot(held->checkpoint, seen.checkpoint)) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(store_.KeepFork(*held, seen));
  return LedgerFork();
}

absl::Status HeadKeeper::Judge(const HeldHead& held, const SignedCheckpoint& seen,
                               const MerkleProof& proof) {
  if (held.forked) return LedgerFork();
  if (SameSizeOtherRoot(held.checkpoint, seen.checkpoint)) {
    PERDURA_RETURN_IF_ERROR(store_.KeepFork(held, seen));
    return LedgerFork();
  }
  if (seen.checkpoint.size < held.checkpoint.size) return StaleHead();
  if (!Extends(held.checkpoint, seen.checkpoint, proof)) return HeadBadProof();
  if (seen.checkpoint == held.checkpoint) return absl::OkStatus();
  return store_.Replace(held.checkpoint.size, seen);
}

absl::Status HeadKeeper::SeeSince(const Checkpoint& since, const SignedCheckpoint& seen,
                                  const MerkleProof& proof, const MerkleProof& held_proof) {
  if (seen.checkpoint.size < since.size || SameSizeOtherRoot(since, seen.checkpoint)) {
    return MemberRollback();
  }
  if (!Extends(since, seen.checkpoint, proof)) return HeadBadProof();
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> held, store_.Find(seen.checkpoint.origin));
  if (!held.has_value()) return absl::FailedPreconditionError("head: nothing is held of this log");
  if (held->checkpoint.size > seen.checkpoint.size && !held->forked) {
    return Extends(seen.checkpoint, held->checkpoint, held_proof) ? absl::OkStatus()
                                                                  : HeadBadProof();
  }
  const bool has_grown = held->checkpoint.size > since.size;
  return Judge(*held, seen, has_grown ? held_proof : proof);
}

absl::Status CheckOwnHead(const Checkpoint& seen, uint64_t own_size, crypto::SubtreeSource& own) {
  const absl::Status restored =
      base::Refuse(absl::StatusCode::kFailedPrecondition, "restored",
                   "own log: behind or beside a checkpoint under its own signature; it is a backup "
                   "or a clone and needs a rebase");
  if (seen.size > own_size) return restored;
  PERDURA_ASSIGN_OR_RETURN(const crypto::Digest root, crypto::RootAt(seen.size, own));
  return root == seen.root ? absl::OkStatus() : restored;
}

}  // namespace perdura::federation::log
