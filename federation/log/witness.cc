#include "federation/log/witness.h"

#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/log/cosignature.h"
#include "federation/log/head_keeper.h"

namespace perdura::federation::log {
namespace {

constexpr size_t kMaxWitnessProof = 63;
constexpr absl::string_view kHeldNoteUrl = "perdura/held-note";

absl::Status MalformedRequest(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

absl::Status NotMyLastSize(const std::optional<HeldHead>& held) {
  absl::Status status = base::Refuse(absl::StatusCode::kAborted, "stale_head",
                                     "witness: old size is not what is held; ask again from there");
  if (held.has_value()) status.SetPayload(kHeldNoteUrl, absl::Cord(held->note));
  return status;
}

absl::Status Forked(const HeldHead& held) {
  absl::Status status = LedgerFork();
  status.SetPayload(kHeldNoteUrl, absl::Cord(held.note));
  return status;
}

absl::StatusOr<SignedCheckpoint> OpenRequest(const WitnessRequest& request, const LogKeys& logs) {
  if (request.proof.size() > kMaxWitnessProof) {
    return MalformedRequest("witness: a proof has at most 63 hashes");
  }
  PERDURA_ASSIGN_OR_RETURN(const SignedNote note, ParseNote(request.note));
  PERDURA_ASSIGN_OR_RETURN(const Checkpoint unverified, ParseCheckpoint(note.text));
  const auto log = logs.find(unverified.origin);
  if (log == logs.end()) {
    return base::Refuse(absl::StatusCode::kNotFound, "unknown_origin",
                        "witness: the charter names no such log");
  }
  PERDURA_ASSIGN_OR_RETURN(const NoteKey key,
                           NoteKey::Create(log->first, NoteKeyType::kCheckpoint, log->second));
  auto opened = OpenCheckpoint(request.note, key);
  if (opened.ok()) return opened;
  return base::Refuse(absl::StatusCode::kPermissionDenied, "bad_signature",
                      "witness: the checkpoint is not signed by its log");
}

// From nothing there is nothing to prove.
bool ProofHolds(const std::optional<HeldHead>& held, const Checkpoint& seen,
                const crypto::MerkleProof& proof) {
  if (!held.has_value()) return proof.empty();
  return crypto::VerifyConsistency(held->checkpoint.size, held->checkpoint.root, seen.size,
                                   seen.root, proof);
}

}  // namespace

absl::StatusOr<Witness> Witness::Create(Options options) {
  if (!IsNoteKeyName(options.name)) {
    return absl::InvalidArgumentError("name: not what may name a key in notes");
  }
  return Witness(std::move(options));
}

absl::StatusOr<std::string> Witness::AddCheckpoint(const WitnessRequest& request,
                                                   const LogKeys& logs, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const SignedCheckpoint seen, OpenRequest(request, logs));
  if (request.old_size > seen.checkpoint.size) {
    return MalformedRequest("witness: old size is larger than the checkpoint");
  }
  PERDURA_RETURN_IF_ERROR(CheckAndStore(request, seen));
  return PrintSignatureLine(Cosign(seen.note.text, options_.name, options_.key, now));
}

absl::Status Witness::CheckAndStore(const WitnessRequest& request, const SignedCheckpoint& seen) {
  const Checkpoint& checkpoint = seen.checkpoint;
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> held,
                           options_.store.Find(checkpoint.origin));
  if (held.has_value() && held->forked) return Forked(*held);
  const uint64_t held_size = held.has_value() ? held->checkpoint.size : 0;
  if (held_size == checkpoint.size && held->checkpoint.root != checkpoint.root) {
    PERDURA_RETURN_IF_ERROR(options_.store.KeepFork(*held, seen));
    return Forked(*held);
  }
  if (request.old_size != held_size) return NotMyLastSize(held);
  if (!ProofHolds(held, checkpoint, request.proof)) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_proof",
                        "witness: the checkpoint is not shown to extend what is held");
  }
  if (held_size == checkpoint.size) return absl::OkStatus();
  const absl::Status stored = options_.store.Replace(held_size, seen);
  if (!absl::IsAborted(stored)) return stored;
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> newer,
                           options_.store.Find(checkpoint.origin));
  return NotMyLastSize(newer);
}

std::string HeldNoteOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kHeldNoteUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace perdura::federation::log
