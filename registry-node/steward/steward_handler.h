#ifndef PERDURA_REGISTRY_NODE_STEWARD_STEWARD_HANDLER_H_
#define PERDURA_REGISTRY_NODE_STEWARD_STEWARD_HANDLER_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/charter_chain.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/contribution.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/keys/seal_key_keeper.h"
#include "registry-node/log/member_heads.h"
#include "registry-node/relay/outbox.h"
#include "registry-node/relay/unsigned_count.h"
#include "registry-node/steward/share_sum.h"
#include "registry-node/steward/steward_round.h"
#include "registry-node/steward/steward_store.h"

namespace perdura::registry_node {

// What the rules of a round need of its manifest.
RoundFrame FrameOf(const CheckedManifest& checked);

// A steward's part of the committee secure sum: it deals noise, holds one share of everything, and
// signs one commit.
//
//   aggregator            this steward
//     | announcement ------->| NC1..NC19; draw noise; attempt and log `dealt` in one transaction;
//     |                      | then the deal's bytes into rounds.db
//     |<-- at deal_at -------| the sealed noise shares
//     | contributions ------>| SC1..SC4: open, check, keep in memory
//     |<-- collect_until ----| have list
//     | commit draft ------->| KC1..KC8; persist; fsync; sign
//     |<---------------------|
//     | certificate -------->| KC8; sum over contributors and dealers; persist; fsync
//     |<-- partial sum ------| then every share is wiped
//     | after `bad_sum` ---->| proof of it checked
//     |<-- check values -----| made with the sum, published only now
//
// Privacy: noise is drawn before any share is opened, from a key bound to the manifest, and dealt
// at a public slot. One commit for an attempt: with at most f corrupt stewards no attempt has two
// certificates. At least Q - f dealers of a commit are honest, and their noise alone carries the
// charge. Shares live in memory only: after a restart KC8 forbids every new signature in a round
// that was open, so a stored share could serve nobody but a thief. Thread-compatible; all
// references must outlive it.
class StewardHandler final {
 public:
  struct Options {
    Sender sender;
    const federation::CharterChain& chain;
    StewardStore& store;
    SealKeyKeeper& seal_keys;
    PartyLog& log;
    MemberHeads& heads;
    // Start of this process (KC8).
    absl::Time started_at;
  };

  explicit StewardHandler(Options options) : options_(std::move(options)) {}

  // Each returns what to send. An error for which base::IsStorageFailure() does not hold says that
  // the message could not be used; nothing was sent for it, and the steward goes on.
  absl::StatusOr<std::vector<Outgoing>> OnAnnouncement(const v1::Announcement& announcement,
                                                       absl::Time now);
  // What no member signed is dropped: nothing of it is kept or listed. A refusal as `bad_proof` is
  // told at once, so that the sender can still prove (SC4).
  absl::StatusOr<std::vector<Outgoing>> OnContribution(const v1::RelayedContribution& relayed,
                                                       absl::Time now);
  // Other stewards could not follow the log of this one's deal: the stored bytes again, with fresh
  // proofs.
  absl::StatusOr<std::vector<Outgoing>> OnProofsWanted(const v1::ProofWanted& wanted,
                                                       absl::Time now);
  absl::StatusOr<std::vector<Outgoing>> OnCommitDraft(const v1::Envelope& draft, absl::Time now);
  absl::StatusOr<std::vector<Outgoing>> OnCertificate(const v1::Envelope& certificate,
                                                      absl::Time now);
  // A rebase of this party: nothing is signed in rounds that were opened before it (KC8), and every
  // share is wiped.
  void OnRebased(absl::Time now);
  // After `bad_sum` (bad_sum.h): the stored check values, the same bytes each time. Nothing for a
  // round that was not summed here, or where s = t.
  absl::StatusOr<std::vector<Outgoing>> OnDiagnosisRequest(const v1::DiagnosisRequest& request,
                                                           absl::Time now);
  // The aggregator ended the round: shares are wiped.
  void OnEnded(const std::string& manifest_hash) { rounds_.erase(manifest_hash); }

  // Have lists whose moment has come; wipes rounds past commit_until + keep_shares.
  absl::StatusOr<std::vector<Outgoing>> OnTick(absl::Time now);
  // When OnTick has something to do next; InfiniteFuture if never.
  absl::Time NextTick() const;

 private:
  struct Gathering {
    CheckedManifest checked;
    // This steward's, from 1.
    int index = 0;
    StewardRound round;
    // When the manifest was taken (SC4).
    HeadsHeld heads_held;
    // Of everything that `round` holds.
    HeldShares shares;
  };

  absl::StatusOr<std::vector<Outgoing>> Refused(const std::string& manifest_hash,
                                                const absl::Status& why, absl::Time now);
  Outgoing RefusalOf(const std::string& member, v1::ContributionRole role,
                     const std::string& manifest_hash, const std::string& reason,
                     absl::Time now) const;
  absl::StatusOr<std::vector<Outgoing>> Deal(CheckedManifest checked, int index,
                                             const v1::Announcement& announcement, absl::Time now);
  absl::StatusOr<bool> KeepSealKey(const CheckedManifest& checked, int index);
  absl::StatusOr<std::vector<Outgoing>> RefusedWithNewKey(const CheckedManifest& checked, int index,
                                                          absl::Time now);
  absl::Status Take(Gathering& gathering, const v1::RelayedContribution& relayed,
                    const v1::Contribution& header, const std::string& id, absl::Time now);
  absl::StatusOr<Outgoing> MakeHave(const StewardRound& round) const;
  absl::StatusOr<SignedEarlier> Earlier(const RoundFrame& frame) const;
  absl::StatusOr<std::vector<Outgoing>> SignCommit(const RoundFrame& frame,
                                                   const ProposedCommit& proposed,
                                                   const std::string& payload, absl::Time now);
  v1::PostRequest MakeDiagnosis(const Gathering& gathering, const ProposedCommit& certified) const;
  absl::StatusOr<std::vector<Outgoing>> SendSum(const Gathering& gathering,
                                                const ProposedCommit& certified, absl::Time now);

  Options options_;
  std::map<std::string, Gathering> rounds_;
  UnsignedCount unsigned_contributions_{"steward.unsigned_contributions"};
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_STEWARD_HANDLER_H_
