#include "registry-node/log/member_heads.h"

#include <optional>

#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/charter_checkpoints.h"
#include "federation/log/head_keeper.h"
#include "federation/witnesses.h"
#include "registry-node/log/log_proofs.h"

namespace perdura::registry_node {
namespace {

namespace log = federation::log;

absl::Status BadCheckpoint(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_header", what);
}

}  // namespace

absl::StatusOr<HeadsHeld> MemberHeads::Held(const federation::Charter& charter) {
  HeadsHeld held;
  if (!charter.requires_witness()) return held;
  absl::MutexLock lock(&log_.mutex());
  for (const v1::Member& member : charter.proto().members()) {
    const std::string origin =
        federation::OriginOf(charter.proto().federation(), member.id(), log_.generations())
            .ToText();
    PERDURA_ASSIGN_OR_RETURN(const auto head, log_.heads().Find(origin));
    if (head.has_value()) held.emplace(member.id(), head->checkpoint);
  }
  return held;
}

absl::Status MemberHeads::StartFrom(const federation::Charter& charter) {
  if (charter.StewardIndex(log_.member()) == 0) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const auto checkpoints, federation::CheckpointsOf(charter));
  absl::MutexLock lock(&log_.mutex());
  for (const log::SignedCheckpoint& seen : checkpoints) {
    if (seen.checkpoint.origin == log_.own().note_key().name()) continue;
    const absl::Status status = log::HeadKeeper(log_.heads()).StartFrom(seen);
    if (base::ReasonOf(status) != "ledger_fork") {
      PERDURA_RETURN_IF_ERROR(status);
      continue;
    }
    base::LogError("witness.ledger_fork", {{"log", seen.checkpoint.origin}});
  }
  return absl::OkStatus();
}

crypto::MerkleProof MemberHeads::PathTo(const std::string& member, uint64_t held_size,
                                        uint64_t from_size) const {
  const auto path = paths_.find(member);
  if (path == paths_.end() || path->second.size != held_size) return {};
  return ProofFrom(path->second.proofs, from_size);
}

void MemberHeads::Remember(const std::string& member, uint64_t size, const Proofs& proofs) {
  paths_[member] = {size, proofs};
}

absl::Status MemberHeads::See(const HeadsHeld& since, const v1::Contribution& header,
                              const Proofs& proofs, const federation::Charter& charter) {
  if (!charter.requires_witness()) {
    if (header.checkpoint().empty() && proofs.empty()) return absl::OkStatus();
    return BadCheckpoint("a checkpoint under `witness: none`");
  }
  if (header.member() == log_.member()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const log::NoteKey key,
                           federation::LogKeyOf(charter, header.member(), log_.generations()));
  const auto seen = log::OpenCheckpoint(header.checkpoint(), key);
  if (!seen.ok()) return BadCheckpoint("the checkpoint is not signed by the member's log");
  absl::MutexLock lock(&log_.mutex());
  return Judge(since, header.member(), *seen, proofs);
}

absl::Status MemberHeads::Judge(const HeadsHeld& since, const std::string& member,
                                const log::SignedCheckpoint& seen, const Proofs& proofs) {
  PERDURA_ASSIGN_OR_RETURN(const std::optional<log::HeldHead> held,
                           log_.heads().Find(seen.checkpoint.origin));
  const uint64_t held_size = held.has_value() ? held->checkpoint.size : 0;
  const bool overtaken = seen.checkpoint.size < held_size;
  const crypto::MerkleProof held_proof =
      overtaken ? PathTo(member, held_size, seen.checkpoint.size) : ProofFrom(proofs, held_size);
  log::HeadKeeper keeper(log_.heads());
  const auto from = since.find(member);
  if (from != since.end()) {
    PERDURA_RETURN_IF_ERROR(
        keeper.SeeSince(from->second, seen, ProofFrom(proofs, from->second.size), held_proof));
  } else if (overtaken) {
    PERDURA_RETURN_IF_ERROR(keeper.SeeSince(seen.checkpoint, seen, {}, held_proof));
  } else {
    PERDURA_RETURN_IF_ERROR(keeper.See(seen, held_proof, log::FirstContact{}));
  }
  if (seen.checkpoint.size > held_size) Remember(member, seen.checkpoint.size, proofs);
  return absl::OkStatus();
}

}  // namespace perdura::registry_node
