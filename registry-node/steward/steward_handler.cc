#include "registry-node/steward/steward_handler.h"

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "crypto/hpke.h"
#include "federation/envelope.h"
#include "registry-node/answer/answer_handler.h"
#include "registry-node/log/log_proofs.h"
#include "registry-node/steward/noise_deal.h"
#include "registry-node/steward/share_intake.h"
#include "registry-node/steward/steward_post.h"

namespace perdura::registry_node {
namespace {

using base::Refuse;
using federation::MessageType;

// Deals stay worth sending until the last moment at which stewards take them.
absl::Time CollectEnd(const CheckedManifest& checked) {
  return SlotTime(checked.opened.manifest.slots().collect_until());
}

}  // namespace

RoundFrame FrameOf(const CheckedManifest& checked) {
  const OpenedManifest& opened = checked.opened;
  return {.charter = opened.under.charter,
          .quorum = opened.under.charter->quorum(),
          .id = opened.id,
          .manifest_hash = opened.hash,
          .slots = opened.manifest.slots(),
          .overlap_key = checked.terms.plan().overlap_key()};
}

void StewardHandler::OnRebased(absl::Time now) {
  options_.started_at = now;
  rounds_.clear();
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnAnnouncement(
    const v1::Announcement& announcement, absl::Time now) {
  const std::string hash = federation::PayloadId(announcement.manifest().payload());
  auto opened = OpenManifest(announcement, options_.chain, now);
  if (!opened.ok()) return Refused(hash, opened.status(), now);
  const int index = opened->under.charter->StewardIndex(options_.sender.member);
  if (index == 0) return std::vector<Outgoing>();
  PERDURA_ASSIGN_OR_RETURN(const auto dealt, options_.store.FindDeal(opened->id));
  if (const absl::Status one = CheckOneManifest(dealt, hash); !one.ok()) {
    return Refused(hash, one, now);
  }
  auto checked = CheckManifest(*std::move(opened), announcement,
                               {.chain = options_.chain,
                                .needs_upload = false,
                                .taken_before = dealt.has_value(),
                                .log = options_.log,
                                .seal_keys = options_.seal_keys.store()},
                               now);
  if (!checked.ok()) return Refused(hash, checked.status(), now);
  if (dealt.has_value()) {
    if (dealt->post.empty()) return std::vector<Outgoing>();
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(dealt->post));
    const absl::Time deal_at = SlotTime(checked->opened.manifest.slots().deal_at());
    return One(SendNow(OutgoingKind::kDeal, hash, std::max(now, deal_at), CollectEnd(*checked),
                       std::move(post)));
  }
  return Deal(*std::move(checked), index, announcement, now);
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::Deal(CheckedManifest checked, int index,
                                                           const v1::Announcement& announcement,
                                                           absl::Time now) {
  const std::string hash = checked.opened.hash;
  if (const absl::Status secrets = CheckSecrets(checked, options_.sender); !secrets.ok()) {
    return Refused(hash, secrets, now);
  }
  PERDURA_RETURN_IF_ERROR(RememberSealKeys(checked, options_.seal_keys.store()));
  PERDURA_ASSIGN_OR_RETURN(const bool kept, KeepSealKey(checked, index));
  if (!kept) return RefusedWithNewKey(checked, index, now);
  const federation::Charter& charter = *checked.opened.under.charter;
  PERDURA_ASSIGN_OR_RETURN(HeadsHeld heads_held, options_.heads.Held(charter));
  auto post =
      DealNoise({options_.sender, options_.store, options_.log}, checked, announcement, now);
  if (!post.ok()) return Refused(hash, post.status(), now);
  const absl::Time deal_at = SlotTime(checked.opened.manifest.slots().deal_at());
  const absl::Time end = CollectEnd(checked);
  StewardRound round(FrameOf(checked));
  rounds_.emplace(
      hash, Gathering{std::move(checked), index, std::move(round), std::move(heads_held), {}});
  return One(SendNow(OutgoingKind::kDeal, hash, std::max(now, deal_at), end, *std::move(post)));
}

absl::StatusOr<bool> StewardHandler::KeepSealKey(const CheckedManifest& checked, int index) {
  const v1::Manifest& manifest = checked.opened.manifest;
  const v1::Limits& limits = checked.opened.under.charter->proto().limits();
  return options_.seal_keys.KeepFor(
      manifest.seal_key_ids(index - 1),
      SlotTime(manifest.slots().collect_until()) + absl::Milliseconds(limits.grace_ms()));
}

// The key that the manifest names is signed by this steward, but rounds.db was lost since.
absl::StatusOr<std::vector<Outgoing>> StewardHandler::RefusedWithNewKey(
    const CheckedManifest& checked, int index, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(
      auto outgoing, Refused(checked.opened.hash,
                             Refuse(absl::StatusCode::kFailedPrecondition, "bad_seal_key",
                                    "the private half of this steward's seal-key is not here"),
                             now));
  const uint64_t lost = checked.seal_keys[static_cast<size_t>(index) - 1].number();
  PERDURA_ASSIGN_OR_RETURN(auto key, options_.seal_keys.OnLost(lost, now));
  std::move(key.begin(), key.end(), std::back_inserter(outgoing));
  return outgoing;
}

// SC1 to SC4, of a sender that has signed. OK where the contribution is held afterwards.
absl::Status StewardHandler::Take(Gathering& gathering, const v1::RelayedContribution& relayed,
                                  const v1::Contribution& header, const std::string& id,
                                  absl::Time now) {
  const ContributionSource source(header.role(), header.member());
  PERDURA_RETURN_IF_ERROR(CheckHeader(gathering.checked, gathering.index, relayed, header));
  PERDURA_RETURN_IF_ERROR(gathering.round.CheckTimely(now));
  PERDURA_ASSIGN_OR_RETURN(const bool is_new, gathering.round.IsNew(source, id));
  if (!is_new) return absl::OkStatus();
  auto share = OpenOwnShare(gathering.checked, gathering.index, relayed, header, options_.seal_keys,
                            options_.sender.secrets);
  if (!share.ok()) return share.status();
  PERDURA_RETURN_IF_ERROR(options_.heads.See(gathering.heads_held, header, relayed.log_proofs(),
                                             *gathering.checked.opened.under.charter));
  gathering.round.Hold(source, id);
  gathering.shares.emplace(source, *std::move(share));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnContribution(
    const v1::RelayedContribution& relayed, absl::Time now) {
  std::vector<Outgoing> outgoing;
  const auto header =
      federation::PeekPayload<v1::Contribution>(relayed.header(), MessageType::kContribution);
  if (!header.ok()) return outgoing;
  const auto found = rounds_.find(header->manifest_hash());
  if (found == rounds_.end()) return outgoing;
  if (!CheckSender(found->second.checked, relayed, *header).ok()) {
    unsigned_contributions_.Add();
    return outgoing;
  }
  const std::string id = federation::PayloadId(relayed.header().payload());
  const absl::Status status = Take(found->second, relayed, *header, id, now);
  if (status.ok()) return outgoing;
  if (base::IsStorageFailure(status)) return status;
  const std::string reason = base::ReasonOf(base::AsRefusal(status));
  base::LogWarning("steward.contribution_rejected",
                   {{"member", header->member()}, {"reason", reason}});
  v1::HaveEntry rejected;
  rejected.set_role(header->role());
  rejected.set_member(header->member());
  rejected.set_contribution_id(id);
  rejected.set_reason(reason);
  found->second.round.Reject(std::move(rejected));
  if (reason == "bad_proof") {
    outgoing.push_back(
        RefusalOf(header->member(), header->role(), header->manifest_hash(), reason, now));
  }
  return outgoing;
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnProofsWanted(const v1::ProofWanted& wanted,
                                                                     absl::Time now) {
  const auto found = rounds_.find(wanted.manifest_hash());
  if (found == rounds_.end()) return std::vector<Outgoing>();
  const RoundFrame& frame = found->second.round.frame();
  PERDURA_ASSIGN_OR_RETURN(const auto dealt, options_.store.FindDeal(frame.id));
  if (!dealt.has_value() || dealt->post.empty() || now < SlotTime(frame.slots.deal_at()) ||
      wanted.sizes_size() > frame.quorum.s) {
    return std::vector<Outgoing>();
  }
  PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(dealt->post));
  const std::vector<uint64_t> sizes(wanted.sizes().begin(), wanted.sizes().end());
  PERDURA_RETURN_IF_ERROR(RenewProofs(options_.log, sizes, post));
  return One(
      AgainWithProofs(OutgoingKind::kDeal, frame.slots, frame.manifest_hash, std::move(post), now));
}

absl::StatusOr<Outgoing> StewardHandler::MakeHave(const StewardRound& round) const {
  const RoundFrame& frame = round.frame();
  v1::Have have;
  have.set_charter_hash(frame.charter->hash());
  have.set_manifest_hash(frame.manifest_hash);
  have.set_steward(options_.sender.member);
  round.WriteTo(have);
  if (frame.charter->requires_witness()) {
    PERDURA_ASSIGN_OR_RETURN(const auto head, options_.log.SignHead());
    have.set_checkpoint(PrintNote(head.note));
  }
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kHave, have, options_.sender.key,
                                                    options_.sender.member);
  return SendNow(OutgoingKind::kHave, frame.manifest_hash, SlotTime(frame.slots.collect_until()),
                 SlotTime(frame.slots.commit_until()), std::move(post));
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnTick(absl::Time now) {
  std::vector<Outgoing> outgoing;
  for (auto it = rounds_.begin(); it != rounds_.end();) {
    StewardRound& round = it->second.round;
    if (!round.listed() && now >= round.ListAt()) {
      round.List();
      if (round.MaySign(options_.started_at)) {
        PERDURA_ASSIGN_OR_RETURN(outgoing.emplace_back(), MakeHave(round));
      }
    }
    if (now >= round.EndAt()) {
      it = rounds_.erase(it);
    } else {
      ++it;
    }
  }
  return outgoing;
}

absl::Time StewardHandler::NextTick() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [hash, gathering] : rounds_) {
    const StewardRound& round = gathering.round;
    next = std::min(next, round.listed() ? round.EndAt() : round.ListAt());
  }
  return next;
}

absl::StatusOr<SignedEarlier> StewardHandler::Earlier(const RoundFrame& frame) const {
  SignedEarlier earlier;
  PERDURA_ASSIGN_OR_RETURN(const auto commit, options_.store.FindCommit(frame.id));
  if (commit.has_value()) earlier.commit_id = commit->commit_id;
  PERDURA_ASSIGN_OR_RETURN(earlier.contributor_sets,
                           options_.store.CommittedSets(frame.overlap_key));
  return earlier;
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnCommitDraft(const v1::Envelope& draft,
                                                                    absl::Time now) {
  v1::Commit commit;
  if (draft.payload().size() > federation::PayloadCap(MessageType::kCommit) ||
      !federation::ParseStrictly(draft.payload(), commit).ok()) {
    return std::vector<Outgoing>();
  }
  const ProposedCommit proposed{std::move(commit), federation::PayloadId(draft.payload())};
  const std::string& hash = proposed.commit.manifest_hash();
  // What was signed is sent again, also after a restart, when the round itself is gone (KC8).
  PERDURA_ASSIGN_OR_RETURN(const auto signed_before, options_.store.FindCommitOf(hash));
  if (signed_before.has_value() && signed_before->commit_id == proposed.id) {
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(signed_before->post));
    return One(SendNow(OutgoingKind::kCommit, hash, now, now + kStewardPostLife, std::move(post)));
  }
  const auto found = rounds_.find(hash);
  if (found == rounds_.end()) return std::vector<Outgoing>();
  const StewardRound& round = found->second.round;
  PERDURA_ASSIGN_OR_RETURN(const SignedEarlier earlier, Earlier(round.frame()));
  const absl::Status status = round.CheckDraft(proposed, earlier, options_.started_at, now);
  if (!status.ok()) return Refused(hash, status, now);
  return SignCommit(round.frame(), proposed, draft.payload(), now);
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::SignCommit(const RoundFrame& frame,
                                                                 const ProposedCommit& proposed,
                                                                 const std::string& payload,
                                                                 absl::Time now) {
  v1::PostRequest post;
  *post.mutable_message() = federation::SignPayload(MessageType::kCommit, payload,
                                                    options_.sender.key, options_.sender.member);
  PERDURA_FAILPOINT("steward_before_commit_stored");
  PERDURA_RETURN_IF_ERROR(
      options_.store.SaveCommit({frame.id, frame.manifest_hash, proposed.id, frame.overlap_key,
                                 Contributors(proposed.commit), post.SerializeAsString()},
                                absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_after_commit_stored");
  return One(SendNow(OutgoingKind::kCommit, frame.manifest_hash, now,
                     SlotTime(frame.slots.commit_until()), std::move(post)));
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::Refused(const std::string& manifest_hash,
                                                              const absl::Status& why,
                                                              absl::Time now) {
  if (base::IsStorageFailure(why)) return why;
  const std::string reason = base::ReasonOf(base::AsRefusal(why));
  // Two commits for one attempt are evidence against the aggregator (KC6).
  const auto log = reason == "second_commit" ? base::LogError : base::LogWarning;
  log("steward.refused", {{"manifest", base::HexEncode(manifest_hash)}, {"reason", reason}});
  return One(
      RefusalOf(options_.sender.member, v1::CONTRIBUTION_ROLE_DEALER, manifest_hash, reason, now));
}

// Of the part of `member` in the round: this steward's own, or a contribution that it refuses.
Outgoing StewardHandler::RefusalOf(const std::string& member, v1::ContributionRole role,
                                   const std::string& manifest_hash, const std::string& reason,
                                   absl::Time now) const {
  v1::RefusalMessage refusal;
  if (const auto charter = options_.chain.current(); charter != nullptr) {
    refusal.set_charter_hash(charter->hash());
  }
  refusal.set_manifest_hash(manifest_hash);
  refusal.set_member(member);
  refusal.set_role(role);
  refusal.set_reason(reason);
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kRefusal, refusal,
                                                    options_.sender.key, options_.sender.member);
  return SendNow(OutgoingKind::kRefusal, manifest_hash, now, now + kStewardPostLife,
                 std::move(post));
}

}  // namespace perdura::registry_node
