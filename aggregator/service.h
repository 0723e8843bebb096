#ifndef PERDURA_AGGREGATOR_SERVICE_H_
#define PERDURA_AGGREGATOR_SERVICE_H_

#include "aggregator/core.h"
#include "base/clock.h"
#include "perdura/v1/evidence.grpc.pb.h"
#include "perdura/v1/relay.grpc.pb.h"

namespace perdura::aggregator {

// The aggregator's two services over gRPC's callback interface: they find out who calls, translate,
// and leave every decision to the desk. Who calls is known by the TLS key that the charter in force
// pins (base/rpc/peer.h), asked anew for each call, and again when a long poll answers. A call
// without a deadline is refused. Thread-safe; core and clock must outlive the services and the
// server.

// For members.
class RelayService final : public v1::RelayService::CallbackService {
 public:
  RelayService(Core& core, const base::Clock& clock) : core_(core), clock_(clock) {}
  // Waits up to wait_ms, at most a minute.
  grpc::ServerUnaryReactor* Poll(grpc::CallbackServerContext* context,
                                 const v1::PollRequest* request,
                                 v1::PollResponse* response) override;
  grpc::ServerUnaryReactor* Post(grpc::CallbackServerContext* context,
                                 const v1::PostRequest* request,
                                 v1::PostResponse* response) override;

 private:
  Core& core_;
  const base::Clock& clock_;
};

// For analysts.
class EvidenceService final : public v1::EvidenceService::CallbackService {
 public:
  explicit EvidenceService(Core& core) : core_(core) {}
  grpc::ServerUnaryReactor* Describe(grpc::CallbackServerContext* context,
                                     const v1::DescribeRequest* request,
                                     v1::DescribeResponse* response) override;
  grpc::ServerUnaryReactor* Preview(grpc::CallbackServerContext* context,
                                    const v1::PreviewRequest* request,
                                    v1::PreviewResponse* response) override;
  grpc::ServerWriteReactor<v1::AskResponse>* Ask(grpc::CallbackServerContext* context,
                                                 const v1::AskRequest* request) override;
  grpc::ServerUnaryReactor* GetRelease(grpc::CallbackServerContext* context,
                                       const v1::GetReleaseRequest* request,
                                       v1::GetReleaseResponse* response) override;
  grpc::ServerUnaryReactor* ListReleases(grpc::CallbackServerContext* context,
                                         const v1::ListReleasesRequest* request,
                                         v1::ListReleasesResponse* response) override;
  grpc::ServerUnaryReactor* GetBudget(grpc::CallbackServerContext* context,
                                      const v1::GetBudgetRequest* request,
                                      v1::GetBudgetResponse* response) override;

 private:
  Core& core_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_SERVICE_H_
