#include "aggregator/rounds/round.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/logging.h"
#include "base/reason.h"
#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;

constexpr int kMostSentAgain = 3;

// Refusals after which a steward never sends a partial sum. Others, of the draft, may come late and
// say nothing about the sum.
bool MeansNoSum(absl::string_view reason) {
  return reason == "restarted" || reason == "not_held" || reason == "second_commit";
}

}  // namespace

Round::Round(Options options)
    : options_(std::move(options)),
      hash_(federation::PayloadId(options_.manifest.payload())),
      logged_(!options_.charter->requires_witness()) {}

void Round::Store(MessageKind kind, std::string sender, std::string bytes) {
  update_.messages.push_back({kind, std::move(sender), std::move(bytes)});
}

void Round::Send(const std::string& recipient, v1::Item item) {
  update_.items.push_back({recipient, std::move(item)});
}

void Round::SendToStewards(const v1::Item& item) {
  for (const std::string& steward : options_.charter->proto().committee().stewards()) {
    Send(steward, item);
  }
}

v1::Announcement Round::BaseAnnouncement() const {
  v1::Announcement announcement;
  *announcement.mutable_manifest() = options_.manifest;
  for (const v1::Envelope& key : options_.seal_keys) *announcement.add_seal_keys() = key;
  return announcement;
}

RoundUpdate Round::FirstUpdate() const {
  RoundUpdate update;
  if (!logged_) return update;
  v1::Item item;
  *item.mutable_announcement() = BaseAnnouncement();
  for (const std::string& steward : options_.charter->proto().committee().stewards()) {
    update.items.push_back({steward, item});
  }
  return update;
}

void Round::OnLogged(const v1::LoggedEntry& charge) {
  if (!waits_for_log()) return;
  logged_ = true;
  Store(MessageKind::kLogged, "", charge.SerializeAsString());
  v1::Item item;
  *item.mutable_announcement() = BaseAnnouncement();
  SendToStewards(item);
}

RoundProgress Round::progress() const {
  RoundProgress progress;
  progress.phase = phase_;
  progress.deals = static_cast<int>(deals_.size());
  progress.deals_of = options_.charter->quorum().s;
  progress.contributions = static_cast<int>(uploads_.size());
  progress.contributions_of = static_cast<int>(options_.charter->NodeIds().size());
  return progress;
}

absl::StatusOr<int> Round::StewardIndexOf(const std::string& member) const {
  const int index = options_.charter->StewardIndex(member);
  if (index > 0) return index;
  return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
}

const std::string& Round::StewardKey(int index) const {
  return options_.charter->steward_keys()[static_cast<size_t>(index) - 1];
}

// Nodes are asked once a quorum of deals is here, with the proof of it.
void Round::Announce() {
  phase_ = Phase::kCollecting;
  announced_ = true;
  Store(MessageKind::kAnnounced, "", "");
  v1::Item item;
  *item.mutable_announcement() = AnnouncementToNodes();
  for (const std::string& node : options_.charter->NodeIds()) Send(node, item);
}

v1::Announcement Round::AnnouncementToNodes() const {
  v1::Announcement announcement = BaseAnnouncement();
  for (const auto& [member, deal] : deals_) *announcement.add_dealer_headers() = deal.header;
  return announcement;
}

// NC7: a head that did not fit costs this item only; it goes out again with a fresh proof.
bool Round::SendAgain(const std::string& member, const v1::RefusalMessage& refusal) {
  if (refusal.reason() != "stale_head" && refusal.reason() != "bad_proof") return false;
  const bool node = refusal.role() == v1::CONTRIBUTION_ROLE_NODE;
  if (phase_ != Phase::kCollecting && (node || phase_ != Phase::kDealing)) return true;
  if (++sent_again_[member] > kMostSentAgain) return true;
  v1::Item item;
  *item.mutable_announcement() = node ? AnnouncementToNodes() : BaseAnnouncement();
  Send(member, std::move(item));
  return true;
}

void Round::Burn(const std::string& reason) {
  phase_ = Phase::kBurnt;
  base::LogWarning("round.burnt", {{"manifest", base::HexEncode(hash_)}, {"reason", reason}});
  End(std::string(kStateBurnt), reason);
}

void Round::Abandon(const std::string& reason) {
  if (!ended()) Burn(reason);
}

void Round::End(const std::string& state, const std::string& reason) {
  update_.state = state;
  update_.reason = reason;
  update_.items.clear();
  v1::Item item;
  item.mutable_ended()->set_manifest_hash(hash_);
  item.mutable_ended()->set_state(state);
  item.mutable_ended()->set_reason(reason);
  for (const v1::Member& member : options_.charter->proto().members()) Send(member.id(), item);
}

absl::Status Round::OnRefusal(const std::string& member, const v1::RefusalMessage& refusal,
                              absl::Time now) {
  if (!base::IsName(refusal.reason())) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed", "reason: one word is needed");
  }
  base::LogWarning(
      "round.refused_by",
      {{"manifest", base::HexEncode(hash_)}, {"member", member}, {"reason", refusal.reason()}});
  if (refusal.member() != member) {
    OnContributionRefused(member, refusal, now);
    return absl::OkStatus();
  }
  if (SendAgain(member, refusal)) return absl::OkStatus();
  if (ended() || refusal.role() != v1::CONTRIBUTION_ROLE_DEALER ||
      options_.charter->StewardIndex(member) == 0) {
    return absl::OkStatus();
  }
  if (phase_ == Phase::kCertified) {
    if (MeansNoSum(refusal.reason())) OnSumRefused(member);
    return absl::OkStatus();
  }
  steward_refusals_[member] = refusal.reason();
  const crypto::Quorum& quorum = options_.charter->quorum();
  const bool hopeless = static_cast<int>(steward_refusals_.size()) > quorum.s - quorum.q;
  if (hopeless && (phase_ == Phase::kDealing || phase_ == Phase::kDrafted)) Burn(refusal.reason());
  OnTick(now);
  return absl::OkStatus();
}

void Round::OnTick(absl::Time now) {
  if (diagnosing() && now >= diagnose_until_) return EndDiagnosis();
  const v1::Limits& limits = options_.charter->proto().limits();
  if (phase_ == Phase::kDealing && now >= SlotTime(slots().upload_at()))
    return Burn("too_few_stewards");
  if (phase_ == Phase::kCollecting) TryDraft(now);
  if (phase_ == Phase::kDrafted &&
      now >= SlotTime(slots().commit_until()) + absl::Milliseconds(limits.grace_ms())) {
    return Burn("too_few_stewards");
  }
  if (phase_ == Phase::kCertified) {
    TryRelease(now);
    if (phase_ == Phase::kCertified && now >= ReminderAt()) Remind(now);
    const absl::Time end =
        SlotTime(slots().commit_until()) + absl::Milliseconds(limits.keep_shares_ms());
    if (phase_ == Phase::kCertified && now >= end) Burn("expired");
  }
}

absl::Time Round::NextTick(absl::Time now) const {
  if (ended()) return diagnosing() ? diagnose_until_ : absl::InfiniteFuture();
  const v1::Limits& limits = options_.charter->proto().limits();
  const absl::Time commit_until = SlotTime(slots().commit_until());
  const absl::Time deadlines[] = {
      SlotTime(slots().upload_at()),
      SlotTime((slots().collect_until() + slots().commit_until()) / 2),
      commit_until,
      commit_until + absl::Milliseconds(limits.grace_ms()),
      SlotTime(slots().answer_at()),
      phase_ == Phase::kCertified ? ReminderAt() : absl::InfiniteFuture(),
      commit_until + absl::Milliseconds(limits.keep_shares_ms()),
  };
  absl::Time next = absl::InfiniteFuture();
  for (const absl::Time deadline : deadlines) {
    if (deadline > now) next = std::min(next, deadline);
  }
  return next;
}

}  // namespace perdura::aggregator
