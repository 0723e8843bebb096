#ifndef PERDURA_REGISTRY_NODE_LOG_MEMBER_HEADS_H_
#define PERDURA_REGISTRY_NODE_LOG_MEMBER_HEADS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "federation/log/checkpoint.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// What a steward held of each member's log at some moment; members of whom it held nothing are
// absent.
using HeadsHeld = std::map<std::string, federation::log::Checkpoint>;

// SC4 at a steward: the checkpoint that comes with a contribution extends the one that was held
// when its manifest was taken, so that a member who went back to an old copy is found by every
// steward. Rules: federation/log/head_keeper.h. Thread-compatible; `log` must outlive it.
class MemberHeads final {
 public:
  using Proofs = google::protobuf::RepeatedPtrField<v1::LogProof>;

  explicit MemberHeads(PartyLog& log) : log_(log) {}

  // CH5: this steward starts as a witness from the checkpoints of a charter in force, where it
  // holds nothing yet. A fork that they show is kept and logged. Idempotent. Returns the storage's
  // errors.
  absl::Status StartFrom(const federation::Charter& charter);

  // To be kept with a manifest. Empty under `witness: none`.
  absl::StatusOr<HeadsHeld> Held(const federation::Charter& charter);

  // `header`: signature verified. `proofs`: to its checkpoint, from sizes that this steward may
  // hold. Under `witness: none` both must be empty. Returns InvalidArgument `bad_header` for a
  // checkpoint that is not the member's, FailedPrecondition `member_rollback`, Unavailable
  // `bad_proof`, DataLoss `ledger_fork`; the storage's errors.
  absl::Status See(const HeadsHeld& since, const v1::Contribution& header, const Proofs& proofs,
                   const federation::Charter& charter);

  // This steward has cosigned a checkpoint of a member's log: proofs to it that came along.
  void Remember(const std::string& member, uint64_t size, const Proofs& proofs);

 private:
  // Proofs to the head that is held, for contributions that an overlapping round overtook. In
  // memory: after a restart a steward signs nothing in rounds that were open.
  struct Path {
    uint64_t size = 0;
    Proofs proofs;
  };
  crypto::MerkleProof PathTo(const std::string& member, uint64_t held_size,
                             uint64_t from_size) const;
  absl::Status Judge(const HeadsHeld& since, const std::string& member,
                     const federation::log::SignedCheckpoint& seen, const Proofs& proofs);

  PartyLog& log_;
  std::map<std::string, Path> paths_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_MEMBER_HEADS_H_
