#ifndef PERDURA_REGISTRY_NODE_STEWARD_STEWARD_ROUND_H_
#define PERDURA_REGISTRY_NODE_STEWARD_STEWARD_ROUND_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/quorum.h"
#include "federation/charter.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/senders.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/steward/steward_store.h"

namespace perdura::registry_node {

// Microseconds of a manifest as a time.
inline absl::Time SlotTime(int64_t micros) { return absl::FromUnixMicros(micros); }

using federation::ContributionSource;

// A round as charter and manifest fix it.
struct RoundFrame {
  std::shared_ptr<const federation::Charter> charter;
  // The charter's.
  crypto::Quorum quorum;
  federation::AttemptId id;
  std::string manifest_hash;
  v1::Slots slots;
  // query::Plan::overlap_key().
  std::string overlap_key;
};

// A commit with its id, SHA-256 of the payload.
struct ProposedCommit {
  v1::Commit commit;
  std::string id;
};

// What this steward has signed, as its store says.
struct SignedEarlier {
  // Id of the commit of the round's attempt, under this manifest or another.
  std::optional<std::string> commit_id;
  // Contributor lists of all commits under the round's overlap key.
  std::vector<std::vector<std::string>> contributor_sets;
};

// Members of a commit, in its order.
std::vector<std::string> Contributors(const v1::Commit& commit);

// One manifest for an attempt. `dealt`: the deal of the manifest's attempt, if there is one.
// Returns AlreadyExists `attempt_reused`.
absl::Status CheckOneManifest(const std::optional<DealRecord>& dealt,
                              absl::string_view manifest_hash);

// The rules of one round at one steward: what it takes and lists (SC1, SC3), the one commit that it
// signs and the one that it sums (KC1 to KC8 of protocols.md 4.3).
//
//   gathering --List()--> listed --CheckDraft()--> committed --CheckCertificate()--> summed
//
// The last two states are the store's: they must survive a crash. A value without keys, shares,
// clock or storage, so that tests/simulation/explorer can drive it through every interleaving.
//
// Guarantee: with at most f corrupt stewards, an attempt has at most one commit with Q signatures,
// provided that the caller stores a commit before it signs it, and that the clock of this machine
// does not go back. That holds across a restart, and across the loss of what was stored since:
// commits are signed after upload_at only (KC1), which lies more than the clock skew behind
// opened_at (CH6), and a process that started later than that signs nothing (KC8).
class StewardRound final {
 public:
  explicit StewardRound(RoundFrame frame) : frame_(std::move(frame)) {}

  const RoundFrame& frame() const { return frame_; }

  // When contributions end and the have list is due: collect_until + grace.
  absl::Time ListAt() const;
  // When everything of the round is wiped: commit_until + keep_shares.
  absl::Time EndAt() const;
  bool listed() const { return listed_; }
  // From now on nothing is taken.
  void List() { listed_ = true; }

  // SC1: returns DeadlineExceeded `late` from ListAt() on, and once listed.
  absl::Status CheckTimely(absl::Time now) const;
  // SC3: false if this very contribution is held. Returns AlreadyExists `second_contribution` if
  // another one of its source is.
  absl::StatusOr<bool> IsNew(const ContributionSource& source, const std::string& id) const;
  void Hold(const ContributionSource& source, std::string id);
  // For the have list; without effect where one of the source is held.
  void Reject(v1::HaveEntry entry);
  // Fills `accepted` and `rejected`.
  void WriteTo(v1::Have& have) const;

  // KC8: may a process that started at `started_at` sign in this round?
  bool MaySign(absl::Time started_at) const;
  // KC1 to KC8 for a draft that was not signed before. The caller then stores, then signs. Returns
  // `second_commit`, `restarted`, `early`, `late`, `malformed`, `not_held`, `dealer_count`,
  // `too_few_entities`, `overlap`.
  absl::Status CheckDraft(const ProposedCommit& draft, const SignedEarlier& earlier,
                          absl::Time started_at, absl::Time now) const;
  // Whether shares are summed over a commit with valid signatures of `signers` distinct stewards.
  // Returns `bad_signature`, `restarted`, `malformed`, `second_commit`, `not_held`.
  absl::Status CheckCertificate(const ProposedCommit& certified, int signers,
                                const SignedEarlier& earlier, absl::Time started_at) const;

 private:
  absl::Status CheckOrder(const v1::Commit& commit) const;
  absl::Status CheckHeld(const v1::Commit& commit) const;
  absl::Status CheckHeld(v1::ContributionRole role, const v1::CommitEntry& entry) const;
  absl::Status CheckEntities(const std::vector<std::string>& contributors) const;
  absl::Status CheckOverlap(const std::vector<std::string>& contributors,
                            const SignedEarlier& earlier) const;
  int MinEntities() const;

  RoundFrame frame_;
  std::map<ContributionSource, std::string> held_;
  std::map<ContributionSource, v1::HaveEntry> rejected_;
  bool listed_ = false;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_STEWARD_ROUND_H_
