#ifndef PERDURA_REGISTRY_NODE_STEWARD_STEWARD_STORE_H_
#define PERDURA_REGISTRY_NODE_STEWARD_STEWARD_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/ledger/charge_ledger.h"

namespace perdura::registry_node {

// A deal that was made. `post` is empty if rounds.db was lost: then nothing can be sent again, and
// no other deal is made.
struct DealRecord {
  std::string manifest_hash;
  std::string post;
};

// A commit that this steward signed.
struct CommitRecord {
  federation::AttemptId id;
  std::string manifest_hash;
  std::string commit_id;
  // query::Plan::overlap_key().
  std::string overlap_key;
  // Members, sorted.
  std::vector<std::string> contributors;
  // The signed envelope as it was sent.
  std::string post;
};

// A partial sum and, where s > t, the check values of its commit (protocols.md 4.6): each the
// signed message as it is sent. They are made together, while the shares are still there.
struct SumRecord {
  std::string post;
  // Empty where s = t.
  std::string diagnosis;
};

// What a steward must keep beside its seal-keys (keys/seal_key_store.h). Signed commits, and which
// attempts are dealt, are in registry.db and in its backups; the bytes of deals, and sums, in
// rounds.db, which is in no backup. Shares are never stored: after a restart KC8
// forbids every use of them. Durable when a call returns. Thread-compatible.
class StewardStore {
 public:
  virtual ~StewardStore() = default;

  virtual absl::StatusOr<std::optional<DealRecord>> FindDeal(const federation::AttemptId& id) = 0;
  // First the attempt with the log entry `dealt`, in one transaction: it makes a second deal
  // impossible, and a deal carries the checkpoint after it. Returns AlreadyExists for a second deal
  // of an attempt. Then the bytes, into rounds.db. A crash between the two leaves a round without
  // this deal, and nothing had left.
  virtual absl::Status LogDeal(const federation::AttemptId& id, absl::string_view manifest_hash,
                               int64_t at_micros) = 0;
  // A deal that a rebase says may have been made: the attempt is taken, there are no bytes. Without
  // effect where the attempt is dealt already.
  virtual absl::Status RememberDeal(const federation::AttemptId& id,
                                    absl::string_view manifest_hash) = 0;
  virtual absl::Status SaveDeal(absl::string_view manifest_hash, absl::string_view post) = 0;

  virtual absl::StatusOr<std::optional<CommitRecord>> FindCommit(
      const federation::AttemptId& id) = 0;
  virtual absl::StatusOr<std::optional<CommitRecord>> FindCommitOf(
      absl::string_view manifest_hash) = 0;
  // Contributor lists of all commits under an overlap key; none under the empty one, of canary
  // rounds, which do not overlap.
  virtual absl::StatusOr<std::vector<std::vector<std::string>>> CommittedSets(
      absl::string_view overlap_key) = 0;
  // Returns AlreadyExists for a second commit of an attempt.
  virtual absl::Status SaveCommit(const CommitRecord& record, int64_t at_micros) = 0;

  virtual absl::StatusOr<std::optional<SumRecord>> FindPartialSum(
      absl::string_view manifest_hash) = 0;
  virtual absl::Status SavePartialSum(absl::string_view manifest_hash, absl::string_view commit_id,
                                      const SumRecord& record, int64_t at_micros) = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_STEWARD_STORE_H_
