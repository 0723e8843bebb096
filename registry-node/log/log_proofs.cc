#include "registry-node/log/log_proofs.h"

#include <set>

#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

// Rounds of one member that may overlap.
constexpr int kEarlierSizes = 16;

}  // namespace

absl::StatusOr<LogStamp> MakeLogStamp(PartyLog& log, std::span<const uint64_t> steward_sizes) {
  PERDURA_ASSIGN_OR_RETURN(const auto head, log.SignHead());
  LogStamp stamp{.note = PrintNote(head.note), .size = head.checkpoint.size, .proofs = {}};
  absl::MutexLock lock(&log.mutex());
  PERDURA_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_sizes,
                           log.own().SignedSizes(kEarlierSizes));
  std::set<uint64_t> sizes(signed_sizes.begin(), signed_sizes.end());
  sizes.insert(steward_sizes.begin(), steward_sizes.end());
  for (const uint64_t size : sizes) {
    if (size == 0 || size >= stamp.size) continue;
    PERDURA_ASSIGN_OR_RETURN(const crypto::MerkleProof hashes,
                             crypto::ConsistencyProof(size, stamp.size, log.own()));
    v1::LogProof& proof = stamp.proofs.emplace_back();
    proof.set_old_size(size);
    for (const crypto::Digest& hash : hashes) proof.add_hashes(hash);
  }
  return stamp;
}

absl::StatusOr<LogStamp> StampFor(const federation::Charter& charter,
                                  const v1::Announcement& announcement, PartyLog& log) {
  if (!charter.requires_witness()) return LogStamp();
  const std::vector<uint64_t> sizes(announcement.steward_log_sizes().begin(),
                                    announcement.steward_log_sizes().end());
  return MakeLogStamp(log, sizes);
}

}  // namespace perdura::registry_node
