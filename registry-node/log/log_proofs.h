#ifndef PERDURA_REGISTRY_NODE_LOG_LOG_PROOFS_H_
#define PERDURA_REGISTRY_NODE_LOG_LOG_PROOFS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle_proof.h"
#include "federation/charter.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// A fresh checkpoint of the own log for a message, and proofs for those who hold an earlier one.
// Stewards hold only what this log has signed, so the proofs start at its newest signed sizes, and
// at those that a steward is said to hold.
struct LogStamp {
  std::string note;
  uint64_t size = 0;
  std::vector<v1::LogProof> proofs;
};

// `steward_sizes`: at most one for each steward, as the aggregator reports them; 0 and sizes beyond
// the checkpoint are left out.
absl::StatusOr<LogStamp> MakeLogStamp(PartyLog& log, std::span<const uint64_t> steward_sizes);

// The stamp of a contribution to an announced round; empty under `witness: none`.
absl::StatusOr<LogStamp> StampFor(const federation::Charter& charter,
                                  const v1::Announcement& announcement, PartyLog& log);

// SC4: a stored contribution whose proof a steward refused goes out again with proofs to the same
// checkpoint, from this log's newest signed sizes and from `sizes`, at most one for each steward;
// nothing that is signed changes.
// Returns InvalidArgument if it carries no checkpoint of this log.
absl::Status RenewProofs(PartyLog& log, std::span<const uint64_t> sizes, v1::PostRequest& post);

// The proof from `old_size`; empty if there is none.
template <typename Proofs>
crypto::MerkleProof ProofFrom(const Proofs& proofs, uint64_t old_size) {
  for (const v1::LogProof& proof : proofs) {
    if (proof.old_size() == old_size) return {proof.hashes().begin(), proof.hashes().end()};
  }
  return {};
}

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_LOG_PROOFS_H_
