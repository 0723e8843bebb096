#include <algorithm>
#include <string>
#include <vector>

#include "aggregator/rounds/round.h"
#include "base/failpoint.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"

namespace perdura::aggregator {

// Once: when all dealing stewards listed, or half of the commit slot is over.
void Round::TryDraft(absl::Time now) {
  if (phase_ != Phase::kCollecting || now < SlotTime(slots().collect_until())) return;
  const bool all = std::all_of(deals_.begin(), deals_.end(),
                               [this](const auto& deal) { return haves_.contains(deal.first); });
  const int64_t half = (slots().collect_until() + slots().commit_until()) / 2;
  if (!all && now < SlotTime(half)) return;
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
    if (!may_change || now >= SlotTime(slots().commit_until())) Burn(why_not);
    return;
  }
  draft_ = commit->SerializeAsString();
  phase_ = Phase::kDrafted;
  PERDURA_FAILPOINT("aggregator_before_draft_stored");
  Store(MessageKind::kDraft, "", draft_);
  v1::Item item;
  item.mutable_commit_draft()->set_payload(draft_);
  item.mutable_commit_draft()->set_payload_type(
      std::string(federation::PayloadType(federation::MessageType::kCommit)));
  SendToStewards(item);
}

absl::Status Round::OnSignature(const std::string& member, const v1::Envelope& commit,
                                absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const int index, StewardIndexOf(member));
  if (draft_.empty() || commit.payload() != draft_) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                        "not the commit of this round");
  }
  const std::vector<std::string> keys = {StewardKey(index)};
  PERDURA_RETURN_IF_ERROR(
      federation::VerifySigners(commit, federation::MessageType::kCommit, keys, 1));
  if (signatures_.contains(member) || ended()) return absl::OkStatus();
  const absl::Duration grace = absl::Milliseconds(options_.charter->proto().limits().grace_ms());
  if (phase_ == Phase::kDrafted && now >= SlotTime(slots().commit_until()) + grace) {
    return base::Refuse(absl::StatusCode::kDeadlineExceeded, "late", "after commit_until");
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
  certificate_.set_payload_type(
      std::string(federation::PayloadType(federation::MessageType::kCommit)));
  for (const auto& [member, signature] : signatures_) *certificate_.add_signatures() = signature;
  Store(MessageKind::kCertificate, "", certificate_.SerializeAsString());
  v1::Item item;
  *item.mutable_certificate() = certificate_;
  SendToStewards(item);
}

}  // namespace perdura::aggregator
