#include <string>
#include <utility>
#include <vector>

#include "aggregator/rounds/release_maker.h"
#include "aggregator/rounds/round.h"
#include "base/bytes.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/field64.h"
#include "federation/envelope.h"

namespace perdura::aggregator {

absl::Status Round::OnPartialSum(const std::string& member, const v1::Envelope& envelope,
                                 absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const int index, StewardIndexOf(member));
  const std::vector<std::string> keys = {StewardKey(index)};
  PERDURA_ASSIGN_OR_RETURN(v1::PartialSum sum,
                           federation::OpenEnvelope<v1::PartialSum>(
                               envelope, federation::MessageType::kPartialSum, keys));
  if (sum.index() != static_cast<uint32_t>(index) ||
      sum.charter_hash() != options_.charter->hash() ||
      sum.commit_id() != federation::PayloadId(certificate_.payload())) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                        "index, charter_hash or commit_id differs");
  }
  if (phase_ != Phase::kCertified || sums_.contains(member)) return absl::OkStatus();
  auto values = crypto::DecodeFields(sum.sum());
  if (!values.ok() || static_cast<int>(values->size()) != options_.terms.layout().rows()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
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
  if (k < t || (!all && now < SlotTime(slots().answer_at()))) return;
  std::vector<crypto::PartialSum> answers;
  for (const auto& [member, sum] : sums_) answers.push_back(sum.partial);
  auto checked = crypto::CheckedInterpolate(answers, t);
  if (!checked.ok()) {
    // A steward whose list came late may still tell who is right.
    const bool complete = k + static_cast<int>(without_sum_.size()) >= options_.charter->quorum().s;
    if (complete || (all && now >= SlotTime(slots().answer_at()))) BurnBadSum(now);
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
  Release(*std::move(checked));
}

void Round::Release(crypto::CheckedSum sum) {
  phase_ = Phase::kReleased;
  released_sum_ = std::move(sum);
  update_.commit_id = federation::PayloadId(certificate_.payload());
  End(std::string(kStateReleased), "");
}

absl::StatusOr<StoredRelease> Round::MakeRelease(const std::vector<v1::Envelope>& charters,
                                                 const LogEvidence& log) const {
  if (!released_sum_.has_value()) return absl::InternalError("a round without a sum");
  std::vector<v1::Envelope> partial_sums;
  for (const auto& [member, answer] : sums_) partial_sums.push_back(answer.envelope);
  return aggregator::MakeRelease({.round = options_,
                                  .manifest_hash = hash_,
                                  .certificate = certificate_,
                                  .partial_sums = partial_sums,
                                  .sum = *released_sum_,
                                  .charters = charters,
                                  .log = log});
}

// Shares live in a steward's memory, so one that restarted never sums: with fewer than t others the
// round cannot end any more, and nobody should wait for it.
void Round::OnSumRefused(const std::string& member) {
  if (sums_.contains(member) || !without_sum_.insert(member).second) return;
  Store(MessageKind::kRefusal, member, "");
  const crypto::Quorum& quorum = options_.charter->quorum();
  if (quorum.s - static_cast<int>(without_sum_.size()) < quorum.t) Burn("too_few_stewards");
}

// After answer_at, at distances that double from the length of the commit slot.
absl::Time Round::ReminderAt() const {
  const absl::Duration first = absl::Microseconds(slots().commit_until() - slots().collect_until());
  return SlotTime(slots().answer_at()) + first * (int64_t{1} << reminders_);
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

}  // namespace perdura::aggregator
