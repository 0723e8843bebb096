#include "registry-node/log/start_cosigning.h"

#include <algorithm>

#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "registry-node/log/log_proofs.h"

namespace perdura::registry_node {
namespace {

namespace log = federation::log;

constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLastPause = absl::Seconds(30);

v1::WitnessRequest ToMessage(const std::string& steward, const log::WitnessRequest& request,
                             const std::vector<v1::LogProof>& earlier) {
  v1::WitnessRequest message;
  message.set_steward(steward);
  message.set_note(request.note);
  message.set_old_size(request.old_size);
  for (const crypto::Digest& hash : request.proof) message.add_proof(hash);
  message.mutable_earlier()->Add(earlier.begin(), earlier.end());
  return message;
}

}  // namespace

absl::Status StartCosigning::CheckStarted(const federation::Charter& charter) const {
  if (!charter.requires_witness()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(log_.CheckNotRestored());
  if (started_) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kUnavailable, "not_started",
                      "this party's start is not cosigned by a quorum of stewards yet");
}

void StartCosigning::OnCharter(const federation::Charter& charter) {
  if (started_ || !charter.requires_witness()) return;
  cosigning_.reset();
  witnesses_ = federation::WitnessesFor(charter, log_.member());
  needed_ = federation::StartQuorum(charter, log_.member());
  next_due_ = absl::InfinitePast();
  pause_ = kFirstPause;
}

void StartCosigning::OnRebased(const federation::Charter& charter) {
  started_ = false;
  OnCharter(charter);
}

absl::Status StartCosigning::Begin(const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const log::SignedCheckpoint head, log_.SignHead());
  PERDURA_ASSIGN_OR_RETURN(LogStamp stamp, MakeLogStamp(log_, {}));
  earlier_ = std::move(stamp.proofs);
  std::vector<log::NoteKey> keys;
  for (const federation::CharterWitness& witness : witnesses_) keys.push_back(witness.key);
  cosigning_.emplace(log_.own(), std::move(keys));
  absl::MutexLock lock(&log_.mutex());
  PERDURA_RETURN_IF_ERROR(cosigning_->Begin(head));
  base::LogInfo(
      "log.start",
      {{"size", head.checkpoint.size}, {"charter", charter.version()}, {"needed", needed_}});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::WitnessRequest>> StartCosigning::RequestsDue(
    const federation::Charter& charter, absl::Time now) {
  std::vector<v1::WitnessRequest> requests;
  if (!log_.CheckNotRestored().ok()) next_due_ = absl::InfiniteFuture();
  if (now < next_due_ || started_) return requests;
  if (!cosigning_.has_value()) PERDURA_RETURN_IF_ERROR(Begin(charter));
  next_due_ = now + pause_;
  pause_ = std::min(pause_ * 2, kLastPause);
  absl::MutexLock lock(&log_.mutex());
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    PERDURA_ASSIGN_OR_RETURN(const auto request, cosigning_->RequestTo(i));
    if (request.has_value())
      requests.push_back(ToMessage(witnesses_[i].steward, *request, earlier_));
  }
  return requests;
}

absl::Status StartCosigning::OnAnswer(const v1::WitnessAnswer& answer, absl::Time now) {
  if (started_ || !cosigning_.has_value() || answer.party() != log_.member()) {
    return absl::OkStatus();
  }
  const auto witness = std::find_if(
      witnesses_.begin(), witnesses_.end(),
      [&](const federation::CharterWitness& one) { return one.steward == answer.steward(); });
  if (witness == witnesses_.end()) return absl::OkStatus();
  // NC6: whoever holds a newer note of this log shows that this database is an old copy.
  if (const absl::Status own = log_.SeeOwn(answer.held_note(), now); !own.ok()) {
    next_due_ = absl::InfiniteFuture();
    return base::ReasonOf(own).empty() ? own : absl::OkStatus();
  }
  absl::MutexLock lock(&log_.mutex());
  PERDURA_ASSIGN_OR_RETURN(const bool ask_again,
                           cosigning_->OnAnswer(static_cast<size_t>(witness - witnesses_.begin()),
                                                {.cosignature = answer.cosignature(),
                                                 .reason = answer.reason(),
                                                 .held_note = answer.held_note()}));
  if (ask_again) next_due_ = absl::InfinitePast();
  if (cosigning_->count() < needed_) return absl::OkStatus();
  started_ = true;
  next_due_ = absl::InfiniteFuture();
  base::LogInfo("log.started", {{"cosignatures", cosigning_->count()}});
  return absl::OkStatus();
}

}  // namespace perdura::registry_node
