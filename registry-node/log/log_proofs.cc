#include "registry-node/log/log_proofs.h"

#include <set>

#include "base/status_macros.h"
#include "federation/contribution_proofs.h"

namespace perdura::registry_node {
namespace {

// From the newest signed sizes and from `more_sizes` to the log at `size`.
absl::StatusOr<std::vector<v1::LogProof>> ProofsTo(uint64_t target, PartyLog& log,
                                                   std::span<const uint64_t> more_sizes) {
  absl::MutexLock lock(&log.mutex());
  PERDURA_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_sizes,
                           log.own().SignedSizes(federation::kEarlierSizes));
  std::set<uint64_t> sizes(signed_sizes.begin(), signed_sizes.end());
  sizes.insert(more_sizes.begin(), more_sizes.end());
  std::vector<v1::LogProof> proofs;
  for (const uint64_t size : sizes) {
    if (size == 0 || size >= target) continue;
    PERDURA_ASSIGN_OR_RETURN(const crypto::MerkleProof hashes,
                             crypto::ConsistencyProof(size, target, log.own()));
    v1::LogProof& proof = proofs.emplace_back();
    proof.set_old_size(size);
    for (const crypto::Digest& hash : hashes) proof.add_hashes(hash);
  }
  return proofs;
}

}  // namespace

absl::StatusOr<LogStamp> MakeLogStamp(PartyLog& log, std::span<const uint64_t> steward_sizes) {
  PERDURA_ASSIGN_OR_RETURN(const auto head, log.SignHead());
  LogStamp stamp{.note = PrintNote(head.note), .size = head.checkpoint.size, .proofs = {}};
  PERDURA_ASSIGN_OR_RETURN(stamp.proofs, ProofsTo(stamp.size, log, steward_sizes));
  return stamp;
}

absl::Status RenewProofs(PartyLog& log, std::span<const uint64_t> sizes, v1::PostRequest& post) {
  v1::Contribution header;
  if (!header.ParseFromString(post.message().payload())) {
    return absl::InvalidArgumentError("the stored contribution has no header");
  }
  const auto head = federation::log::OpenCheckpoint(header.checkpoint(), log.own().note_key());
  if (!head.ok()) return absl::InvalidArgumentError("the header has no checkpoint of this log");
  PERDURA_ASSIGN_OR_RETURN(const std::vector<v1::LogProof> proofs,
                           ProofsTo(head->checkpoint.size, log, sizes));
  post.mutable_log_proofs()->Assign(proofs.begin(), proofs.end());
  return absl::OkStatus();
}

absl::StatusOr<LogStamp> StampFor(const federation::Charter& charter,
                                  const v1::Announcement& announcement, PartyLog& log) {
  if (!charter.requires_witness()) return LogStamp();
  const std::vector<uint64_t> sizes(announcement.steward_log_sizes().begin(),
                                    announcement.steward_log_sizes().end());
  return MakeLogStamp(log, sizes);
}

}  // namespace perdura::registry_node
