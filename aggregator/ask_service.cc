#include "aggregator/ask_service.h"

#include <utility>

#include "base/reason.h"
#include "base/rpc/status_conversion.h"

namespace perdura::aggregator {

void AskStream::Follow(AskTicket ticket) {
  if (ticket.answer.has_value()) {
    SendAnswer(*std::move(ticket.answer));
    End(absl::OkStatus());
    return;
  }
  manifest_hash_ = std::move(ticket.manifest_hash);
  SendStage(v1::STAGE_ASKED, 0, 0);
  core_.Add(this);
}

bool AskStream::OnWake(RoundDesk& desk, absl::Time now) {
  auto view = desk.View(manifest_hash_, now);
  if (!view.ok()) {
    End(core_.Judge(view.status()));
    return true;
  }
  SendProgress(view->progress);
  if (!view->ended.ok()) {
    End(view->ended);
    return true;
  }
  if (!view->answer.has_value()) return false;
  SendAnswer(*std::move(view->answer));
  End(absl::OkStatus());
  return true;
}

void AskStream::OnDrain() {
  End(base::Refuse(
      absl::StatusCode::kUnavailable, "restarting",
      "the aggregator restarts; ask again with the same bytes, it costs nothing more"));
}

void AskStream::OnCancel() {
  if (core_.Remove(this)) End(absl::CancelledError("cancelled"));
}

void AskStream::SendProgress(const RoundProgress& progress) {
  // A spare deal may come while contributions do; the analyst sees the stages in order.
  if (progress.deals > deals_sent_ && contributions_sent_ == 0) {
    deals_sent_ = progress.deals;
    SendStage(v1::STAGE_NOISE_DEALT, progress.deals, progress.deals_of);
  }
  if (progress.contributions > contributions_sent_) {
    contributions_sent_ = progress.contributions;
    SendStage(v1::STAGE_CONTRIBUTIONS, progress.contributions, progress.contributions_of);
  }
  const bool released = progress.phase == Phase::kReleased;
  if ((released || progress.phase == Phase::kCertified) && !committed_sent_) {
    committed_sent_ = true;
    SendStage(v1::STAGE_COMMITTED, 0, 0);
  }
  if (released && !released_sent_) {
    released_sent_ = true;
    SendStage(v1::STAGE_RELEASED, 0, 0);
  }
}

void AskStream::SendStage(v1::Stage stage, int done, int of) {
  v1::AskResponse response;
  response.mutable_progress()->set_stage(stage);
  response.mutable_progress()->set_done(static_cast<uint32_t>(done));
  response.mutable_progress()->set_of(static_cast<uint32_t>(of));
  Send(std::move(response));
}

void AskStream::SendAnswer(v1::Answer answer) {
  v1::AskResponse response;
  *response.mutable_answer() = std::move(answer);
  Send(std::move(response));
}

void AskStream::Send(v1::AskResponse response) {
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    queue_.push_back(std::move(response));
  }
  Pump();
}

void AskStream::End(absl::Status status) {
  {
    absl::MutexLock lock(&mutex_);
    if (!end_.has_value()) end_ = std::move(status);
  }
  Pump();
}

void AskStream::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    queue_.pop_front();
    if (!ok) queue_.clear();  // the client is gone; OnCancel ends the stream
  }
  Pump();
}

void AskStream::Pump() {
  const v1::AskResponse* next = nullptr;
  absl::Status end;
  {
    absl::MutexLock lock(&mutex_);
    if (writing_ || finished_) return;
    if (!queue_.empty()) {
      writing_ = true;
      next = &queue_.front();  // a deque keeps its place while others are pushed
    } else if (end_.has_value()) {
      finished_ = true;
      end = *end_;
    } else {
      return;
    }
  }
  if (next != nullptr) {
    StartWrite(next);
  } else {
    Finish(base::ToGrpcStatus(end));
  }
}

}  // namespace perdura::aggregator
