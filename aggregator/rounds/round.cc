#include "aggregator/rounds/round.h"

#include <algorithm>

#include "aggregator/rounds/release_maker.h"
#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/field64.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;
using federation::MessageType;

constexpr int kMostSentAgain = 3;
constexpr absl::Duration kProofDemandPause = absl::Milliseconds(100);

absl::Time At(int64_t micros) { return absl::FromUnixMicros(micros); }

absl::Status Late(absl::string_view what) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, "late", what);
}

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

void Round::OnLogged() {
  if (!waits_for_log()) return;
  logged_ = true;
  Store(MessageKind::kLogged, "", "");
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

absl::Status Round::CheckHeader(const std::string& member, const v1::PostRequest& post,
                                v1::Contribution& header) const {
  const federation::Charter& charter = *options_.charter;
  const auto bad_header = [](absl::string_view what) {
    return Refuse(absl::StatusCode::kInvalidArgument, "bad_header", what);
  };
  const v1::Member* sender = charter.FindMember(member);
  if (sender == nullptr) return bad_header("the sender is no member of the charter");
  const std::vector<std::string> keys = {sender->sign_key()};
  PERDURA_ASSIGN_OR_RETURN(header, federation::OpenEnvelope<v1::Contribution>(
                                       post.message(), MessageType::kContribution, keys));
  const bool dealer = header.role() == v1::CONTRIBUTION_ROLE_DEALER;
  if (header.member() != member || header.charter_hash() != charter.hash() ||
      header.manifest_hash() != hash_) {
    return bad_header("member, charter_hash or manifest_hash differs");
  }
  if (dealer ? charter.StewardIndex(member) == 0
             : header.role() != v1::CONTRIBUTION_ROLE_NODE ||
                   !charter.MemberHasRole(member, v1::MEMBER_ROLE_NODE)) {
    return bad_header("the sender has no such role");
  }
  if (post.shares_size() != charter.quorum().s ||
      header.share_hashes_size() != post.shares_size()) {
    return bad_header("one share and one hash for each steward are required");
  }
  const size_t size =
      crypto::kHpkeOverhead + 8 * (static_cast<size_t>(options_.terms.layout().rows()) + 1);
  for (int j = 0; j < post.shares_size(); ++j) {
    if (post.shares(j).size() != size) return bad_header("a share has the wrong length");
    if (crypto::Sha256(post.shares(j)) != header.share_hashes(j)) {
      return bad_header("a share does not fit its hash");
    }
  }
  return absl::OkStatus();
}

absl::Status Round::OnContribution(const std::string& member, const v1::PostRequest& post,
                                   absl::Time now) {
  v1::Contribution header;
  PERDURA_RETURN_IF_ERROR(CheckHeader(member, post, header));
  const bool dealer = header.role() == v1::CONTRIBUTION_ROLE_DEALER;
  const auto& known = dealer ? deals_ : uploads_;
  if (const auto seen = known.find(member); seen != known.end()) {
    if (seen->second.id == federation::PayloadId(post.message().payload())) {
      RelayAgain(post, header, now);
      return absl::OkStatus();
    }
    return Refuse(absl::StatusCode::kAlreadyExists, "second_contribution",
                  "another contribution of this member is held for this round");
  }
  if (now >= At(slots().collect_until())) return Late("after collect_until");
  if (phase_ == Phase::kDealing && !dealer) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "early", "nodes are not asked yet");
  }
  if (phase_ != Phase::kDealing && phase_ != Phase::kCollecting) {
    return Late("the commit is drafted");
  }
  Take(post, header);
  Store(dealer ? MessageKind::kDeal : MessageKind::kUpload, member, post.SerializeAsString());
  Relay(post);
  if (phase_ == Phase::kDealing &&
      static_cast<int>(deals_.size()) >= options_.charter->quorum().q) {
    Announce();
  }
  return absl::OkStatus();
}

void Round::Take(const v1::PostRequest& post, const v1::Contribution& header) {
  auto& known = header.role() == v1::CONTRIBUTION_ROLE_DEALER ? deals_ : uploads_;
  known[header.member()] = {federation::PayloadId(post.message().payload()), post.message()};
}

void Round::Relay(const v1::PostRequest& post) {
  const auto& stewards = options_.charter->proto().committee().stewards();
  for (int index = 1; index <= post.shares_size(); ++index) {
    Send(stewards[index - 1], RelayedTo(index, post));
  }
}

v1::Item Round::RelayedTo(int steward_index, const v1::PostRequest& post) const {
  v1::Item item;
  *item.mutable_contribution()->mutable_header() = post.message();
  item.mutable_contribution()->set_share(post.shares(steward_index - 1));
  *item.mutable_contribution()->mutable_log_proofs() = post.log_proofs();
  return item;
}

absl::Time Round::ListAt() const {
  return At(slots().collect_until()) +
         absl::Milliseconds(options_.charter->proto().limits().grace_ms());
}

// To those that refused its proof, with the new one.
void Round::RelayAgain(const v1::PostRequest& post, const v1::Contribution& header,
                       absl::Time now) {
  const auto waiting = unproven_.find({header.member(), header.role()});
  if (waiting == unproven_.end() || now >= ListAt()) return;
  for (const std::string& steward : waiting->second.stewards) {
    Send(steward, RelayedTo(options_.charter->StewardIndex(steward), post));
  }
  unproven_.erase(waiting);
}

void Round::OnContributionRefused(const std::string& steward, const v1::RefusalMessage& refusal,
                                  absl::Time now) {
  const bool dealer = refusal.role() == v1::CONTRIBUTION_ROLE_DEALER;
  const auto& known = dealer ? deals_ : uploads_;
  if (refusal.reason() != "bad_proof" || options_.charter->StewardIndex(steward) == 0 ||
      !known.contains(refusal.member()) || now >= ListAt() ||
      ++refused_proofs_[{steward, refusal.member()}] > kMostSentAgain) {
    return;
  }
  Unproven& unproven = unproven_[{refusal.member(), refusal.role()}];
  unproven.stewards.insert(steward);
  unproven.ask_at = now;
}

std::vector<std::string> Round::TakeProofDemand(const std::string& member, absl::Time now) {
  std::set<std::string> stewards;
  if (now >= ListAt()) return {};
  for (auto& [source, unproven] : unproven_) {
    if (source.first != member || now < unproven.ask_at) continue;
    unproven.ask_at = now + kProofDemandPause;
    stewards.insert(unproven.stewards.begin(), unproven.stewards.end());
  }
  return {stewards.begin(), stewards.end()};
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

absl::Status Round::OnHave(const std::string& member, const v1::Envelope& envelope,
                           absl::Time now) {
  const int index = options_.charter->StewardIndex(member);
  if (index == 0) return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
  const std::vector<std::string> keys = {
      options_.charter->steward_keys()[static_cast<size_t>(index) - 1]};
  PERDURA_ASSIGN_OR_RETURN(v1::Have have,
                           federation::OpenEnvelope<v1::Have>(envelope, MessageType::kHave, keys));
  if (have.steward() != member) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed", "steward differs");
  }
  if (phase_ != Phase::kCollecting || haves_.contains(member)) return absl::OkStatus();
  haves_[member] = std::move(have);
  Store(MessageKind::kHave, member, envelope.SerializeAsString());
  TryDraft(now);
  return absl::OkStatus();
}

// Once: when all dealing stewards listed, or half of the commit slot is over.
void Round::TryDraft(absl::Time now) {
  if (phase_ != Phase::kCollecting || now < At(slots().collect_until())) return;
  const bool all = std::all_of(deals_.begin(), deals_.end(),
                               [this](const auto& deal) { return haves_.contains(deal.first); });
  const int64_t half = (slots().collect_until() + slots().commit_until()) / 2;
  if (!all && now < At(half)) return;
  const absl::StatusOr<v1::Commit> commit = ChooseCommit({.charter = *options_.charter,
                                                          .manifest_hash = hash_,
                                                          .deals = deals_,
                                                          .uploads = uploads_,
                                                          .haves = haves_,
                                                          .released_sets = options_.released_sets});
  if (!commit.ok()) {
    const std::string why_not = base::ReasonOf(commit.status());
    // More have lists may still make a quorum.
    const bool may_change = why_not == "too_few_stewards" && !all;
    if (!may_change || now >= At(slots().commit_until())) Burn(why_not);
    return;
  }
  draft_ = commit->SerializeAsString();
  phase_ = Phase::kDrafted;
  PERDURA_FAILPOINT("aggregator_before_draft_stored");
  Store(MessageKind::kDraft, "", draft_);
  v1::Item item;
  item.mutable_commit_draft()->set_payload(draft_);
  item.mutable_commit_draft()->set_payload_type(
      std::string(federation::PayloadType(MessageType::kCommit)));
  SendToStewards(item);
}

absl::Status Round::OnSignature(const std::string& member, const v1::Envelope& commit,
                                absl::Time now) {
  const int index = options_.charter->StewardIndex(member);
  if (index == 0) return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
  if (draft_.empty() || commit.payload() != draft_) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed", "not the commit of this round");
  }
  const std::vector<std::string> keys = {
      options_.charter->steward_keys()[static_cast<size_t>(index) - 1]};
  PERDURA_RETURN_IF_ERROR(federation::VerifySigners(commit, MessageType::kCommit, keys, 1));
  if (signatures_.contains(member) || ended()) return absl::OkStatus();
  const absl::Duration grace = absl::Milliseconds(options_.charter->proto().limits().grace_ms());
  if (phase_ == Phase::kDrafted && now >= At(slots().commit_until()) + grace) {
    return Late("after commit_until");
  }
  signatures_[member] = commit.signatures(0);
  Store(MessageKind::kSignature, member, commit.SerializeAsString());
  if (phase_ == Phase::kDrafted &&
      static_cast<int>(signatures_.size()) >= options_.charter->quorum().q) {
    Certify();
  }
  return absl::OkStatus();
}

void Round::Certify() {
  phase_ = Phase::kCertified;
  certificate_.set_payload(draft_);
  certificate_.set_payload_type(std::string(federation::PayloadType(MessageType::kCommit)));
  for (const auto& [member, signature] : signatures_) *certificate_.add_signatures() = signature;
  Store(MessageKind::kCertificate, "", certificate_.SerializeAsString());
  v1::Item item;
  *item.mutable_certificate() = certificate_;
  SendToStewards(item);
}

absl::Status Round::OnPartialSum(const std::string& member, const v1::Envelope& envelope,
                                 absl::Time now) {
  const int index = options_.charter->StewardIndex(member);
  if (index == 0) return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
  const std::vector<std::string> keys = {
      options_.charter->steward_keys()[static_cast<size_t>(index) - 1]};
  PERDURA_ASSIGN_OR_RETURN(v1::PartialSum sum, federation::OpenEnvelope<v1::PartialSum>(
                                                   envelope, MessageType::kPartialSum, keys));
  if (sum.index() != static_cast<uint32_t>(index) ||
      sum.charter_hash() != options_.charter->hash() ||
      sum.commit_id() != federation::PayloadId(certificate_.payload())) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                  "index, charter_hash or commit_id differs");
  }
  if (phase_ != Phase::kCertified || sums_.contains(member)) return absl::OkStatus();
  auto values = crypto::DecodeFields(sum.sum());
  if (!values.ok() || static_cast<int>(values->size()) != options_.terms.layout().rows()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                  "sum: one element below p for each row is required");
  }
  sums_[member] = {envelope, {index, *std::move(values)}};
  Store(MessageKind::kPartialSum, member, envelope.SerializeAsString());
  TryRelease(now);
  return absl::OkStatus();
}

// When every steward that listed has answered, or answer_at has come and t answers are here.
void Round::TryRelease(absl::Time now) {
  if (phase_ != Phase::kCertified) return;
  const int k = static_cast<int>(sums_.size());
  const int t = options_.charter->quorum().t;
  const bool all = sums_.size() >= haves_.size();
  if (k < t || (!all && now < At(slots().answer_at()))) return;
  std::vector<crypto::PartialSum> answers;
  for (const auto& [member, sum] : sums_) answers.push_back(sum.partial);
  const auto checked = crypto::CheckedInterpolate(answers, t);
  if (!checked.ok()) {
    if (all) Burn("bad_sum");
    return;
  }
  for (const int liar : checked->liars) {
    base::LogError("round.bad_sum", {{"manifest", base::HexEncode(hash_)}, {"steward", liar}});
  }
  const int64_t bound = static_cast<int64_t>(options_.terms.sum_bound());
  for (const crypto::Field64 value : checked->values) {
    const int64_t lifted = value.Lift();
    if (lifted > bound || lifted < -bound) return Burn("sum_out_of_range");
  }
  Release(*checked);
}

void Round::Release(const crypto::CheckedSum& sum) {
  std::vector<v1::Envelope> partial_sums;
  for (const auto& [member, answer] : sums_) partial_sums.push_back(answer.envelope);
  auto stored = MakeRelease({.round = options_,
                             .manifest_hash = hash_,
                             .certificate = certificate_,
                             .partial_sums = partial_sums,
                             .sum = sum});
  if (!stored.has_value()) return Burn("bad_sum");
  phase_ = Phase::kReleased;
  PERDURA_FAILPOINT("aggregator_before_release_stored");
  update_.release = *std::move(stored);
  update_.commit_id = federation::PayloadId(certificate_.payload());
  End(std::string(kStateReleased), "");
}

void Round::Burn(const std::string& reason) {
  phase_ = Phase::kBurnt;
  base::LogWarning("round.burnt", {{"manifest", base::HexEncode(hash_)}, {"reason", reason}});
  End(std::string(kStateBurnt), reason);
}

void Round::Abandon() {
  if (!ended()) Burn("restored");
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

// Shares live in a steward's memory, so one that restarted never sums: with fewer than t others the
// round cannot end any more, and nobody should wait for it.
void Round::OnSumRefused(const std::string& member) {
  if (sums_.contains(member) || !without_sum_.insert(member).second) return;
  Store(MessageKind::kRefusal, member, "");
  const crypto::Quorum& quorum = options_.charter->quorum();
  if (quorum.s - static_cast<int>(without_sum_.size()) < quorum.t) Burn("too_few_stewards");
}

void Round::OnTick(absl::Time now) {
  const v1::Limits& limits = options_.charter->proto().limits();
  if (phase_ == Phase::kDealing && now >= At(slots().upload_at())) return Burn("too_few_stewards");
  if (phase_ == Phase::kCollecting) TryDraft(now);
  if (phase_ == Phase::kDrafted &&
      now >= At(slots().commit_until()) + absl::Milliseconds(limits.grace_ms())) {
    return Burn("too_few_stewards");
  }
  if (phase_ == Phase::kCertified) {
    TryRelease(now);
    if (phase_ == Phase::kCertified && now >= ReminderAt()) Remind(now);
    const absl::Time end = At(slots().commit_until()) + absl::Milliseconds(limits.keep_shares_ms());
    if (phase_ == Phase::kCertified && now >= end) Burn("expired");
  }
}

// After answer_at, at distances that double from the length of the commit slot.
absl::Time Round::ReminderAt() const {
  const absl::Duration first = absl::Microseconds(slots().commit_until() - slots().collect_until());
  return At(slots().answer_at()) + first * (int64_t{1} << reminders_);
}

// A steward that died with the certificate in hand knows nothing of it any more: it gets it again,
// and answers with its stored sum or a refusal.
void Round::Remind(absl::Time now) {
  v1::Item item;
  *item.mutable_certificate() = certificate_;
  for (const std::string& steward : options_.charter->proto().committee().stewards()) {
    if (!sums_.contains(steward) && !without_sum_.contains(steward)) Send(steward, item);
  }
  while (ReminderAt() <= now) ++reminders_;
}

absl::Time Round::NextTick(absl::Time now) const {
  if (ended()) return absl::InfiniteFuture();
  const v1::Limits& limits = options_.charter->proto().limits();
  const absl::Time commit_until = At(slots().commit_until());
  const absl::Time deadlines[] = {
      At(slots().upload_at()),
      At((slots().collect_until() + slots().commit_until()) / 2),
      commit_until,
      commit_until + absl::Milliseconds(limits.grace_ms()),
      At(slots().answer_at()),
      phase_ == Phase::kCertified ? ReminderAt() : absl::InfiniteFuture(),
      commit_until + absl::Milliseconds(limits.keep_shares_ms()),
  };
  absl::Time next = absl::InfiniteFuture();
  for (const absl::Time deadline : deadlines) {
    if (deadline > now) next = std::min(next, deadline);
  }
  return next;
}

absl::Status Round::Replay(const StoredMessage& message) {
  const auto damaged = [] { return absl::DataLossError("a stored message of a round is damaged"); };
  v1::PostRequest post;
  v1::Contribution header;
  v1::Envelope envelope;
  switch (message.kind) {
    case MessageKind::kDeal:
    case MessageKind::kUpload:
      if (!post.ParseFromString(message.bytes) ||
          !header.ParseFromString(post.message().payload())) {
        return damaged();
      }
      Take(post, header);
      return absl::OkStatus();
    case MessageKind::kAnnounced:
      phase_ = Phase::kCollecting;
      announced_ = true;
      return absl::OkStatus();
    case MessageKind::kHave:
      if (!envelope.ParseFromString(message.bytes) ||
          !haves_[message.sender].ParseFromString(envelope.payload())) {
        return damaged();
      }
      return absl::OkStatus();
    case MessageKind::kDraft:
      draft_ = message.bytes;
      phase_ = Phase::kDrafted;
      return absl::OkStatus();
    case MessageKind::kSignature:
      if (!envelope.ParseFromString(message.bytes) || envelope.signatures_size() == 0) {
        return damaged();
      }
      signatures_[message.sender] = envelope.signatures(0);
      return absl::OkStatus();
    case MessageKind::kCertificate:
      phase_ = Phase::kCertified;
      return certificate_.ParseFromString(message.bytes) ? absl::OkStatus() : damaged();
    case MessageKind::kPartialSum: {
      v1::PartialSum sum;
      if (!envelope.ParseFromString(message.bytes) || !sum.ParseFromString(envelope.payload())) {
        return damaged();
      }
      PERDURA_ASSIGN_OR_RETURN(auto values, crypto::DecodeFields(sum.sum()));
      sums_[message.sender] = {envelope, {static_cast<int>(sum.index()), std::move(values)}};
      return absl::OkStatus();
    }
    case MessageKind::kLogged:
      logged_ = true;
      return absl::OkStatus();
    case MessageKind::kRefusal:
      without_sum_.insert(message.sender);
      return absl::OkStatus();
  }
  return damaged();
}

}  // namespace perdura::aggregator
