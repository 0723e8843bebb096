#ifndef PERDURA_REGISTRY_NODE_CLIENT_H_
#define PERDURA_REGISTRY_NODE_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/rpc/tls.h"
#include "grpcpp/client_context.h"
#include "perdura/v1/relay.grpc.pb.h"
#include "registry-node/relay/member.h"

namespace perdura::registry_node {

// This party's one lock: polls, posts and the staff's questions take turns.
struct LockedMember {
  explicit LockedMember(Member::Options options) : member(std::move(options)) {}
  absl::Mutex mutex;
  Member member ABSL_GUARDED_BY(mutex);
};

// Drives a Member over gRPC: it dials out, nobody dials in.
//
//   poll thread   Poll(NextPoll()) -> OnPoll; after an error a pause of up to 50 ms to 2 s
//   post thread   sleeps until NextDue(), then posts what is due; once per second it looks for new
//                 charters in the folder
//
// The aggregator's key must be the one that the charter in force pins; a new charter with another
// key gets a new channel. Before the first charter the certificate must name an aggregator of this
// federation under the configured CA, and nothing but charters is believed. A failure of the
// Member's own storage goes to `storage_failed`, which must end the process. Thread-safe.
class RelayClient final {
 public:
  struct Options {
    // These must outlive the client.
    LockedMember& party;
    const base::Clock& clock;
    std::string aggregator_address;
    std::string federation;
    base::TlsFiles tls;
    // Every *.charter and *.rebase in it is tried once per second; empty: none.
    std::string charter_dir;
    std::function<void(const absl::Status&)> storage_failed;
  };

  explicit RelayClient(Options options) : options_(std::move(options)) {}
  RelayClient(const RelayClient&) = delete;
  RelayClient& operator=(const RelayClient&) = delete;
  ~RelayClient() { Stop(); }

  // The Member must have been started.
  void Start();
  // Cancels the pending poll; the message that is being posted is finished. Idempotent.
  void Stop();

 private:
  using Stub = std::shared_ptr<v1::RelayService::Stub>;

  void PollLoop();
  void PostLoop();
  // Returns Unavailable also for an answer that brought nothing on, so that nobody can make this
  // loop spin.
  absl::Status PollOnce();
  absl::Status TakeAnswer(const v1::PollRequest& request, v1::PollResponse response);
  // Posts everything that is due now.
  void PostDue();
  absl::StatusOr<v1::PostResponse> PostOne(const v1::PostRequest& request);
  void TakeCharters();
  void TakeRebases();
  absl::Status TakeCharter(const v1::Envelope& envelope);
  // The channel to the aggregator that the charter in force pins.
  Stub StubInForce();
  void Judge(const absl::Status& status) const;
  // False once the client stops.
  bool Sleep(absl::Duration duration);

  Options options_;
  absl::Mutex mutex_;  // never held while the member's is taken
  absl::CondVar condition_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // The member may have something due earlier than the post thread thinks.
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* polling_ ABSL_GUARDED_BY(mutex_) = nullptr;
  Stub stub_ ABSL_GUARDED_BY(mutex_);
  std::string stub_pin_ ABSL_GUARDED_BY(mutex_);
  std::string last_refusal_;    // post thread only
  std::string refused_rebase_;  // post thread only
  std::thread poll_thread_;
  std::thread post_thread_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_CLIENT_H_
