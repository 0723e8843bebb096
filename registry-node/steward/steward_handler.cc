#include "registry-node/steward/steward_handler.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/draw.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "federation/envelope.h"

namespace perdura::registry_node {
namespace {

using base::Refuse;
using federation::MessageType;

constexpr absl::Duration kSealKeyLife = absl::Minutes(35 * 24 * 60 - 1);
constexpr absl::Duration kSealKeyRenewal = absl::Hours(24 * 7);
constexpr absl::Duration kRetryPause_steward = absl::Milliseconds(200);
constexpr absl::Duration kRefusalLife_steward = absl::Minutes(10);

Outgoing SendNow(OutgoingKind kind, std::string manifest_hash, absl::Time due, absl::Time expires,
                 v1::PostRequest post) {
  return {.kind = kind,
          .manifest_hash = std::move(manifest_hash),
          .due = due,
          .retry_every = kRetryPause_steward,
          .expires = expires,
          .post = std::move(post)};
}

std::vector<Outgoing> One(Outgoing outgoing) {
  std::vector<Outgoing> result;
  result.push_back(std::move(outgoing));
  return result;
}

absl::StatusOr<v1::PostRequest> ParsePost(const std::string& bytes) {
  v1::PostRequest post;
  if (!post.ParseFromString(bytes)) return absl::DataLossError("a stored message is damaged");
  return post;
}

absl::Status KeepsOrder(const v1::Commit& commit, const federation::Charter& charter) {
  const auto malformed = [](absl::string_view what) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
  };
  for (int i = 1; i < commit.contributors_size(); ++i) {
    if (commit.contributors(i - 1).member() >= commit.contributors(i).member()) {
      return malformed("contributors must be sorted and unique");
    }
  }
  for (int i = 0; i < commit.dealers_size(); ++i) {
    const int index = charter.StewardIndex(commit.dealers(i).member());
    if (index == 0) return malformed("a dealer is no steward");
    if (i > 0 && charter.StewardIndex(commit.dealers(i - 1).member()) >= index) {
      return malformed("dealers must be sorted by steward index and unique");
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Contributors(const v1::Commit& commit) {
  std::vector<std::string> members;
  for (const v1::CommitEntry& entry : commit.contributors()) members.push_back(entry.member());
  return members;
}

// Deals stay worth sending until the last moment at which stewards take them.
absl::Time CollectEnd(const CheckedManifest& checked) {
  return SlotTime(checked.opened.manifest.slots().collect_until());
}

}  // namespace

absl::StatusOr<std::vector<Outgoing>> StewardHandler::EnsureSealKey(absl::Time now) {
  const auto charter = options_.chain.current();
  if (charter == nullptr || charter->StewardIndex(options_.sender.member) == 0) {
    return std::vector<Outgoing>();
  }
  PERDURA_ASSIGN_OR_RETURN(auto newest, options_.store.NewestSealKey());
  if (!newest.has_value() || SlotTime(newest->not_after) < now + kSealKeyRenewal) {
    SealKeyRecord record;
    record.number = newest.has_value() ? newest->number + 1 : 1;
    record.private_key = crypto::SecretBytes::Random(crypto::kKemKeySize, options_.sender.random);
    record.not_after = absl::ToUnixMicros(now + kSealKeyLife);
    PERDURA_ASSIGN_OR_RETURN(const auto pair,
                             crypto::KemKeyPair::FromSecret(record.private_key.Clone()));
    v1::SealKey key;
    key.set_charter_hash(charter->hash());
    key.set_member(options_.sender.member);
    key.set_use("share");
    key.set_number(record.number);
    key.set_public_key(pair.public_key());
    key.set_not_before(absl::ToUnixMicros(now));
    key.set_not_after(record.not_after);
    const v1::Envelope envelope = federation::SignMessage(
        MessageType::kSealKey, key, options_.sender.key, options_.sender.member);
    record.id = federation::PayloadId(envelope.payload());
    record.envelope = envelope.SerializeAsString();
    PERDURA_RETURN_IF_ERROR(options_.store.SaveSealKey(record));
    newest = std::move(record);
  }
  v1::PostRequest post;
  if (!post.mutable_message()->ParseFromString(newest->envelope)) {
    return absl::DataLossError("the stored seal-key is damaged");
  }
  return One(
      SendNow(OutgoingKind::kSealKey, "", now, SlotTime(newest->not_after), std::move(post)));
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnAnnouncement(
    const v1::Announcement& announcement, absl::Time now) {
  const std::string hash = federation::PayloadId(announcement.manifest().payload());
  auto opened = OpenManifest(announcement, options_.chain, now);
  if (!opened.ok()) return Refused(hash, opened.status(), now);
  const int index = opened->charter->StewardIndex(options_.sender.member);
  if (index == 0) return std::vector<Outgoing>();
  PERDURA_ASSIGN_OR_RETURN(const auto dealt, options_.store.FindDeal(opened->id));
  if (dealt.has_value() && dealt->manifest_hash != hash) {
    return Refused(hash,
                   Refuse(absl::StatusCode::kAlreadyExists, "attempt_reused",
                          "another manifest was dealt for this attempt"),
                   now);
  }
  auto checked = CheckManifest(*std::move(opened), announcement, options_.chain, now,
                               /*needs_upload=*/false,
                               [](absl::string_view) -> absl::StatusOr<uint64_t> { return 0; });
  if (!checked.ok()) return Refused(hash, checked.status(), now);
  if (dealt.has_value()) {
    if (dealt->post.empty()) return std::vector<Outgoing>();
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(dealt->post));
    const absl::Time deal_at = SlotTime(checked->opened.manifest.slots().deal_at());
    return One(SendNow(OutgoingKind::kDeal, hash, std::max(now, deal_at), CollectEnd(*checked),
                       std::move(post)));
  }
  return Deal(*std::move(checked), index, now);
}

crypto::FieldVector StewardHandler::DrawNoise(const CheckedManifest& checked) const {
  crypto::DrawSource source = crypto::DrawSource::Create(
      options_.sender.random, checked.opened.hash, v1::CONTRIBUTION_ROLE_DEALER,
      options_.sender.member, crypto::DrawUse::kNoise);
  crypto::FieldVector noise;
  const int rows = checked.terms.layout().rows();
  noise.reserve(static_cast<size_t>(rows) + 1);
  for (int row = 0; row < rows; ++row) {
    noise.push_back(crypto::Field64::FromSigned(checked.terms.noise().Draw(source)));
  }
  return noise;
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::Deal(CheckedManifest checked, int index,
                                                           absl::Time now) {
  const std::string hash = checked.opened.hash;
  const std::string& own_key = checked.opened.manifest.seal_key_ids(index - 1);
  PERDURA_ASSIGN_OR_RETURN(const auto key, options_.store.FindSealKey(own_key));
  if (!key.has_value()) {
    return Refused(hash,
                   Refuse(absl::StatusCode::kFailedPrecondition, "bad_seal_key",
                          "the private half of this steward's seal-key is not here"),
                   now);
  }
  PERDURA_ASSIGN_OR_RETURN(
      v1::PostRequest post,
      MakeContribution(checked, v1::CONTRIBUTION_ROLE_DEALER, options_.sender, DrawNoise(checked)));
  PERDURA_FAILPOINT("steward_before_deal_stored");
  PERDURA_RETURN_IF_ERROR(options_.store.SaveDeal(checked.opened.id, hash, post.SerializeAsString(),
                                                  absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_after_deal_stored");
  const absl::Time deal_at = SlotTime(checked.opened.manifest.slots().deal_at());
  const absl::Time end = CollectEnd(checked);
  rounds_.emplace(hash, Gathering{std::move(checked), index, {}, {}, false});
  return One(SendNow(OutgoingKind::kDeal, hash, std::max(now, deal_at), end, std::move(post)));
}

absl::Status StewardHandler::CheckContribution(const Gathering& round,
                                               const v1::RelayedContribution& relayed,
                                               const v1::Contribution& header,
                                               absl::Time now) const {
  const federation::Charter& charter = *round.checked.opened.charter;
  const auto bad_header = [](absl::string_view what) {
    return Refuse(absl::StatusCode::kInvalidArgument, "bad_header", what);
  };
  const bool dealer = header.role() == v1::CONTRIBUTION_ROLE_DEALER;
  const v1::MemberRole needed = dealer ? v1::MEMBER_ROLE_STEWARD : v1::MEMBER_ROLE_NODE;
  const v1::Member* member = charter.FindMember(header.member());
  if (member == nullptr || !charter.MemberHasRole(header.member(), needed) ||
      (dealer && charter.StewardIndex(header.member()) == 0)) {
    return bad_header("the sender has no such role in the charter");
  }
  const std::vector<std::string> keys = {member->sign_key()};
  if (!federation::VerifySigners(relayed.header(), MessageType::kContribution, keys, 1).ok()) {
    return bad_header("not signed by its member");
  }
  if (header.charter_hash() != charter.hash() || !header.checkpoint().empty()) {
    return bad_header("charter_hash differs, or a checkpoint under `witness: none`");
  }
  if (header.share_hashes_size() != charter.quorum().s ||
      header.share_hashes(round.index - 1) != crypto::Sha256(relayed.share()) ||
      relayed.share().size() != ShareSize(round.checked)) {
    return bad_header("share hash, number or length differs");
  }
  const absl::Time last =
      CollectEnd(round.checked) + absl::Milliseconds(charter.proto().limits().grace_ms());
  if (now >= last || round.listed) {
    return Refuse(absl::StatusCode::kDeadlineExceeded, "late", "relayed after collect_until");
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::FieldVector> StewardHandler::OpenOwnShare(const Gathering& round,
                                                                 const v1::Contribution& header,
                                                                 absl::string_view share) {
  PERDURA_ASSIGN_OR_RETURN(
      auto key,
      options_.store.FindSealKey(round.checked.opened.manifest.seal_key_ids(round.index - 1)));
  if (!key.has_value()) return absl::NotFoundError("the seal-key is gone");
  PERDURA_ASSIGN_OR_RETURN(const auto pair,
                           crypto::KemKeyPair::FromSecret(std::move(key->private_key)));
  return OpenShare(round.checked, header.role(), header.member(), round.index, pair, share);
}

void StewardHandler::OnContribution(const v1::RelayedContribution& relayed, absl::Time now) {
  const auto header =
      federation::PeekPayload<v1::Contribution>(relayed.header(), MessageType::kContribution);
  if (!header.ok()) return;
  const auto found = rounds_.find(header->manifest_hash());
  if (found == rounds_.end()) return;
  Gathering& round = found->second;
  const Source source(header->role(), header->member());
  const std::string id = federation::PayloadId(relayed.header().payload());
  v1::HaveEntry rejected;
  rejected.set_role(header->role());
  rejected.set_member(header->member());
  rejected.set_contribution_id(id);
  absl::Status status = CheckContribution(round, relayed, *header, now);
  if (const auto held = round.held.find(source); status.ok() && held != round.held.end()) {
    if (held->second.contribution_id == id) return;
    status = Refuse(absl::StatusCode::kAlreadyExists, "second_contribution",
                    "two signed headers of one sender");
  }
  if (status.ok()) {
    auto share = OpenOwnShare(round, *header, relayed.share());
    if (share.ok()) {
      round.held.emplace(source, Held{id, *std::move(share)});
      round.rejected.erase(source);
      return;
    }
    status = share.status();
  }
  base::LogWarning("steward.contribution_rejected",
                   {{"member", header->member()}, {"reason", base::ReasonOf(status)}});
  if (round.held.contains(source)) return;
  rejected.set_reason(base::ReasonOf(status));
  round.rejected.insert_or_assign(source, std::move(rejected));
}

Outgoing StewardHandler::MakeHave(const Gathering& round) const {
  const OpenedManifest& opened = round.checked.opened;
  v1::Have have;
  have.set_charter_hash(opened.manifest.charter_hash());
  have.set_manifest_hash(opened.hash);
  have.set_steward(options_.sender.member);
  for (const auto& [source, held] : round.held) {
    v1::HaveEntry& entry = *have.add_accepted();
    entry.set_role(source.first);
    entry.set_member(source.second);
    entry.set_contribution_id(held.contribution_id);
  }
  for (const auto& [source, entry] : round.rejected) *have.add_rejected() = entry;
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kHave, have, options_.sender.key,
                                                    options_.sender.member);
  const v1::Slots& slots = opened.manifest.slots();
  return SendNow(OutgoingKind::kHave, opened.hash, SlotTime(slots.collect_until()),
                 SlotTime(slots.commit_until()), std::move(post));
}

std::vector<Outgoing> StewardHandler::OnTick(absl::Time now) {
  std::vector<Outgoing> outgoing;
  for (auto it = rounds_.begin(); it != rounds_.end();) {
    Gathering& round = it->second;
    const v1::Limits& limits = round.checked.opened.charter->proto().limits();
    if (!round.listed && now >= CollectEnd(round.checked) + absl::Milliseconds(limits.grace_ms())) {
      round.listed = true;
      if (!StartedBefore(round)) outgoing.push_back(MakeHave(round));
    }
    const absl::Time end = SlotTime(round.checked.opened.manifest.slots().commit_until()) +
                           absl::Milliseconds(limits.keep_shares_ms());
    if (now >= end) {
      it = rounds_.erase(it);
    } else {
      ++it;
    }
  }
  return outgoing;
}

absl::Time StewardHandler::NextTick() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [hash, round] : rounds_) {
    const v1::Limits& limits = round.checked.opened.charter->proto().limits();
    next = std::min(next, round.listed
                              ? SlotTime(round.checked.opened.manifest.slots().commit_until()) +
                                    absl::Milliseconds(limits.keep_shares_ms())
                              : CollectEnd(round.checked) + absl::Milliseconds(limits.grace_ms()));
  }
  return next;
}

// KC8: did this process start after the round may have been opened?
bool StewardHandler::StartedBefore(const Gathering& round) const {
  const absl::Duration skew =
      absl::Milliseconds(round.checked.opened.charter->proto().limits().skew_ms());
  return SlotTime(round.checked.opened.manifest.slots().opened_at()) + skew <= options_.started_at;
}

// KC3 for one entry.
absl::Status StewardHandler::CheckHeld(const Gathering& round, v1::ContributionRole role,
                                       const v1::CommitEntry& entry) const {
  const auto held = round.held.find(Source(role, entry.member()));
  if (round.listed && held != round.held.end() &&
      held->second.contribution_id == entry.contribution_id()) {
    return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, "not_held",
                "the commit names what is not in this steward's have list");
}

// KC7.
absl::Status StewardHandler::CheckOverlap(const std::string& overlap_key,
                                          const std::vector<std::string>& contributors,
                                          const federation::Charter& charter) const {
  PERDURA_ASSIGN_OR_RETURN(const auto earlier, options_.store.CommittedSets(overlap_key));
  for (const std::vector<std::string>& set : earlier) {
    std::vector<std::string> difference;
    std::set_symmetric_difference(set.begin(), set.end(), contributors.begin(), contributors.end(),
                                  std::back_inserter(difference));
    if (difference.empty()) continue;
    if (charter.CountEntities(difference) <
        static_cast<int>(charter.proto().committee().min_entities())) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "overlap",
                    "the same patients were released with contributors that differ by fewer than "
                    "min_entities legal entities");
    }
  }
  return absl::OkStatus();
}

// KC1 to KC5, KC7, KC8.
absl::Status StewardHandler::CheckDraft(const Gathering& round, const v1::Commit& commit,
                                        absl::Time now) const {
  const OpenedManifest& opened = round.checked.opened;
  const federation::Charter& charter = *opened.charter;
  if (StartedBefore(round)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "restarted",
                  "this steward restarted after the round was opened and signs nothing new in it");
  }
  if (now < SlotTime(opened.manifest.slots().upload_at())) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "early", "before upload_at");
  }
  if (now >= SlotTime(opened.manifest.slots().commit_until())) {
    return Refuse(absl::StatusCode::kDeadlineExceeded, "late", "after commit_until");
  }
  if (commit.charter_hash() != charter.hash()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed", "charter_hash differs");
  }
  PERDURA_RETURN_IF_ERROR(KeepsOrder(commit, charter));
  for (const v1::CommitEntry& entry : commit.contributors()) {
    PERDURA_RETURN_IF_ERROR(CheckHeld(round, v1::CONTRIBUTION_ROLE_NODE, entry));
  }
  for (const v1::CommitEntry& entry : commit.dealers()) {
    PERDURA_RETURN_IF_ERROR(CheckHeld(round, v1::CONTRIBUTION_ROLE_DEALER, entry));
  }
  if (commit.dealers_size() != charter.quorum().q) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "dealer_count",
                  "a commit names exactly Q dealers");
  }
  const std::vector<std::string> contributors = Contributors(commit);
  if (charter.CountEntities(contributors) <
      static_cast<int>(charter.proto().committee().min_entities())) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "too_few_entities",
                  "contributors come from fewer than min_entities legal entities");
  }
  return CheckOverlap(round.checked.terms.plan().overlap_key(), contributors, charter);
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnCommitDraft(const v1::Envelope& draft,
                                                                    absl::Time now) {
  v1::Commit commit;
  if (!federation::ParseStrictly(draft.payload(), commit).ok()) return std::vector<Outgoing>();
  const std::string commit_id = federation::PayloadId(draft.payload());
  // What was signed is sent again, also after a restart, when the round itself is gone (KC8).
  PERDURA_ASSIGN_OR_RETURN(const auto signed_before,
                           options_.store.FindCommitOf(commit.manifest_hash()));
  if (signed_before.has_value() && signed_before->commit_id == commit_id) {
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(signed_before->post));
    return One(SendNow(OutgoingKind::kCommit, commit.manifest_hash(), now,
                       now + kRefusalLife_steward, std::move(post)));
  }
  const auto found = rounds_.find(commit.manifest_hash());
  if (found == rounds_.end()) return std::vector<Outgoing>();
  const Gathering& round = found->second;
  const OpenedManifest& opened = round.checked.opened;
  const absl::Time end = SlotTime(opened.manifest.slots().commit_until());
  PERDURA_ASSIGN_OR_RETURN(const auto other, options_.store.FindCommit(opened.id));
  if (signed_before.has_value() || other.has_value()) {
    base::LogError("steward.second_commit", {{"manifest", base::HexEncode(opened.hash)}});
    return Refused(opened.hash,
                   Refuse(absl::StatusCode::kAlreadyExists, "second_commit",
                          "another commit of this attempt is signed"),
                   now);
  }
  if (const absl::Status status = CheckDraft(round, commit, now); !status.ok()) {
    return Refused(opened.hash, status, now);
  }
  v1::PostRequest post;
  *post.mutable_message() = federation::SignPayload(MessageType::kCommit, draft.payload(),
                                                    options_.sender.key, options_.sender.member);
  PERDURA_FAILPOINT("steward_before_commit_stored");
  PERDURA_RETURN_IF_ERROR(options_.store.SaveCommit(
      {opened.id, opened.hash, commit_id, round.checked.terms.plan().overlap_key(),
       Contributors(commit), post.SerializeAsString()},
      absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_after_commit_stored");
  return One(SendNow(OutgoingKind::kCommit, opened.hash, now, end, std::move(post)));
}

absl::StatusOr<std::string> StewardHandler::SumShares(const Gathering& round,
                                                      const v1::Commit& commit) const {
  crypto::FieldVector sum(static_cast<size_t>(round.checked.terms.layout().rows()));
  const auto add = [&](v1::ContributionRole role, const v1::CommitEntry& entry) -> absl::Status {
    PERDURA_RETURN_IF_ERROR(CheckHeld(round, role, entry));
    const crypto::FieldVector& share = round.held.at(Source(role, entry.member())).share;
    for (size_t row = 0; row < sum.size(); ++row) sum[row] += share[row];
    return absl::OkStatus();
  };
  for (const v1::CommitEntry& entry : commit.contributors()) {
    PERDURA_RETURN_IF_ERROR(add(v1::CONTRIBUTION_ROLE_NODE, entry));
  }
  for (const v1::CommitEntry& entry : commit.dealers()) {
    PERDURA_RETURN_IF_ERROR(add(v1::CONTRIBUTION_ROLE_DEALER, entry));
  }
  return crypto::EncodeFields(sum);
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnCertificate(const v1::Envelope& certificate,
                                                                    absl::Time now) {
  v1::Commit commit;
  if (!federation::ParseStrictly(certificate.payload(), commit).ok()) {
    return std::vector<Outgoing>();
  }
  const std::string& hash = commit.manifest_hash();
  PERDURA_ASSIGN_OR_RETURN(const auto stored, options_.store.FindPartialSum(hash));
  if (stored.has_value()) {
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(*stored));
    return One(
        SendNow(OutgoingKind::kPartialSum, hash, now, now + kRefusalLife_steward, std::move(post)));
  }
  const auto found = rounds_.find(hash);
  if (found == rounds_.end()) {
    return Refused(hash,
                   Refuse(absl::StatusCode::kFailedPrecondition, "restarted",
                          "the shares of this round are gone; they lived in memory"),
                   now);
  }
  Gathering& round = found->second;
  const federation::Charter& charter = *round.checked.opened.charter;
  if (StartedBefore(round)) {
    return Refused(hash,
                   Refuse(absl::StatusCode::kFailedPrecondition, "restarted",
                          "this steward restarted after the round was opened"),
                   now);
  }
  const absl::Status certified = federation::VerifySigners(
      certificate, MessageType::kCommit, charter.steward_keys(), charter.quorum().q);
  if (!certified.ok()) return Refused(hash, certified, now);
  if (const absl::Status order = KeepsOrder(commit, charter); !order.ok()) {
    return Refused(hash, order, now);
  }
  PERDURA_ASSIGN_OR_RETURN(const auto own, options_.store.FindCommit(round.checked.opened.id));
  if (own.has_value() && own->commit_id != federation::PayloadId(certificate.payload())) {
    base::LogError("steward.second_certificate", {{"manifest", base::HexEncode(hash)}});
    return Refused(hash,
                   Refuse(absl::StatusCode::kAlreadyExists, "second_commit",
                          "the certificate is of another commit than the one signed here"),
                   now);
  }
  auto sum = SumShares(round, commit);
  if (!sum.ok()) return Refused(hash, sum.status(), now);
  v1::PartialSum partial;
  partial.set_charter_hash(charter.hash());
  partial.set_manifest_hash(hash);
  partial.set_commit_id(federation::PayloadId(certificate.payload()));
  partial.set_index(static_cast<uint32_t>(round.index));
  partial.set_sum(*std::move(sum));
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kPartialSum, partial,
                                                    options_.sender.key, options_.sender.member);
  PERDURA_FAILPOINT("steward_before_sum_stored");
  PERDURA_RETURN_IF_ERROR(
      options_.store.SavePartialSum(hash, post.SerializeAsString(), absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_after_sum_stored");
  const absl::Time expires = SlotTime(round.checked.opened.manifest.slots().commit_until()) +
                             absl::Milliseconds(charter.proto().limits().keep_shares_ms());
  const std::string manifest_hash = hash;
  rounds_.erase(found);
  return One(SendNow(OutgoingKind::kPartialSum, manifest_hash, now, expires, std::move(post)));
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::Refused(const std::string& manifest_hash,
                                                              const absl::Status& why,
                                                              absl::Time now) {
  const std::string reason = base::ReasonOf(why);
  if (reason.empty()) return why;
  base::LogWarning("steward.refused",
                   {{"manifest", base::HexEncode(manifest_hash)}, {"reason", reason}});
  v1::RefusalMessage refusal;
  if (const auto charter = options_.chain.current(); charter != nullptr) {
    refusal.set_charter_hash(charter->hash());
  }
  refusal.set_manifest_hash(manifest_hash);
  refusal.set_member(options_.sender.member);
  refusal.set_role(v1::CONTRIBUTION_ROLE_DEALER);
  refusal.set_reason(reason);
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kRefusal, refusal,
                                                    options_.sender.key, options_.sender.member);
  return One(SendNow(OutgoingKind::kRefusal, manifest_hash, now, now + kRefusalLife_steward,
                     std::move(post)));
}

}  // namespace perdura::registry_node
