#include <set>
#include <string>
#include <vector>

#include "aggregator/rounds/round.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "federation/contribution_proofs.h"
#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;
using federation::MessageType;

constexpr int kMostProofsAgain = 3;
constexpr absl::Duration kProofDemandPause = absl::Milliseconds(100);

absl::Status Late(absl::string_view what) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, "late", what);
}

}  // namespace

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
  if (post.witness_requests_size() > 0 || post.has_witness_answer()) {
    return bad_header("witness traffic comes instead of a message");
  }
  PERDURA_RETURN_IF_ERROR(federation::CheckKnownFields(post));
  PERDURA_RETURN_IF_ERROR(
      federation::CheckContributionProofs(post.log_proofs(), charter.quorum().s));
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
  if (now >= SlotTime(slots().collect_until())) return Late("after collect_until");
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
  return SlotTime(slots().collect_until()) +
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
      ++refused_proofs_[{steward, refusal.member()}] > kMostProofsAgain) {
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

absl::Status Round::OnHave(const std::string& member, const v1::Envelope& envelope,
                           absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const int index, StewardIndexOf(member));
  const std::vector<std::string> keys = {StewardKey(index)};
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

}  // namespace perdura::aggregator
