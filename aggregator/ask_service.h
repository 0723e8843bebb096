#ifndef PERDURA_AGGREGATOR_ASK_SERVICE_H_
#define PERDURA_AGGREGATOR_ASK_SERVICE_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "aggregator/core.h"
#include "grpcpp/support/server_callback.h"
#include "perdura/v1/evidence.pb.h"

namespace perdura::aggregator {

// The answer to one Ask: progress as it comes, then the bundle at answer_at, or the refusal of a
// burnt attempt. gRPC deletes it through OnDone(). The client may go away at any time and ask again
// with the same bytes.
class AskStream final : public grpc::ServerWriteReactor<v1::AskResponse>, public Core::Waiter {
 public:
  explicit AskStream(Core& core) : core_(core) {}

  // One of the two, once.
  void Refuse(const absl::Status& why) { End(why); }
  void Follow(AskTicket ticket);

  bool OnWake(RoundDesk& desk, absl::Time now) override;
  void OnDrain() override;
  absl::Time WakeAt() const override { return absl::InfiniteFuture(); }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void Send(v1::AskResponse response);
  void SendStage(v1::Stage stage, int done, int of);
  void SendAnswer(v1::Answer answer);
  void SendProgress(const RoundProgress& progress);
  // What was sent before still goes out first.
  void End(absl::Status status);
  // Starts what can be started. gRPC is called without the lock: Finish may be the end of this
  // object.
  void Pump();

  Core& core_;
  std::string manifest_hash_;
  // What the analyst knows already. Used by the core's calls only, one at a time.
  int deals_sent_ = 0;
  int contributions_sent_ = 0;
  bool committed_sent_ = false;
  bool released_sent_ = false;

  absl::Mutex mutex_;
  std::deque<v1::AskResponse> queue_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ASK_SERVICE_H_
