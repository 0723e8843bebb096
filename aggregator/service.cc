#include "aggregator/service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "aggregator/ask_service.h"
#include "aggregator/callers.h"
#include "base/rpc/peer.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/status_conversion.h"
#include "base/status_macros.h"

namespace perdura::aggregator {
namespace {

constexpr uint32_t kMaxWaitMs = 60'000;

absl::StatusOr<base::Peer> CheckCall(const grpc::ServerContextBase& context) {
  PERDURA_RETURN_IF_ERROR(base::CheckDeadline(context));
  return base::Peer::Of(context);
}

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(base::ToGrpcStatus(status));
  return reactor;
}

// One call of an analyst that answers at once. `call(desk, analyst, now)` returns
// StatusOr<Response>.
template <typename Response, typename Call>
grpc::ServerUnaryReactor* Answer(Core& core, grpc::CallbackServerContext* context,
                                 Response* response, Call call) {
  const auto peer = CheckCall(*context);
  if (!peer.ok()) return Finish(context, peer.status());
  auto result = core.Read([&](RoundDesk& desk, absl::Time now) -> absl::StatusOr<Response> {
    PERDURA_ASSIGN_OR_RETURN(const std::string analyst,
                             CallerId(*peer, kAnalystRole, desk.chain(), now));
    return call(desk, analyst, now);
  });
  if (result.ok()) *response = *std::move(result);
  return Finish(context, result.status());
}

// One long poll. gRPC deletes it through OnDone().
class PollReactor final : public grpc::ServerUnaryReactor, public Core::Waiter {
 public:
  PollReactor(Core& core, base::Peer peer, const v1::PollRequest& request,
              v1::PollResponse& response, absl::Time until)
      : core_(core),
        peer_(std::move(peer)),
        request_(request),
        response_(response),
        until_(until) {}

  bool OnWake(RoundDesk& desk, absl::Time now) override {
    const absl::Status status = core_.Judge(Look(desk, now));
    const bool nothing = response_.items().empty() && response_.charters().empty() &&
                         response_.witness_requests().empty() &&
                         response_.witness_answers().empty() && response_.proofs_wanted().empty() &&
                         response_.rebases().empty();
    if (status.ok() && nothing && now < until_) return false;
    Finish(base::ToGrpcStatus(status));
    return true;
  }
  void OnDrain() override { Finish(grpc::Status::OK); }
  absl::Time WakeAt() const override { return until_; }

  void OnCancel() override {
    if (!core_.Remove(this)) return;
    if (!member_.empty()) {
      core_
          .Read([this](RoundDesk& desk, absl::Time) {
            desk.Disconnected(member_);
            return absl::OkStatus();
          })
          .IgnoreError();  // it is always OK
    }
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Look(RoundDesk& desk, absl::Time now) {
    PERDURA_ASSIGN_OR_RETURN(member_, MemberId(peer_, desk, now));
    PERDURA_ASSIGN_OR_RETURN(response_, desk.Poll(member_, request_, now));
    return absl::OkStatus();
  }

  Core& core_;
  const base::Peer peer_;
  const v1::PollRequest& request_;
  v1::PollResponse& response_;
  const absl::Time until_;
  std::string member_;
};

}  // namespace

grpc::ServerUnaryReactor* RelayService::Poll(grpc::CallbackServerContext* context,
                                             const v1::PollRequest* request,
                                             v1::PollResponse* response) {
  auto peer = CheckCall(*context);
  if (!peer.ok()) return Finish(context, peer.status());
  const auto wait = absl::Milliseconds(std::min(request->wait_ms(), kMaxWaitMs));
  auto* reactor =
      new PollReactor(core_, *std::move(peer), *request, *response, clock_.Now() + wait);
  core_.Add(reactor);
  return reactor;
}

grpc::ServerUnaryReactor* RelayService::Post(grpc::CallbackServerContext* context,
                                             const v1::PostRequest* request,
                                             v1::PostResponse* response) {
  const auto peer = CheckCall(*context);
  if (!peer.ok()) return Finish(context, peer.status());
  auto result =
      core_.Change([&](RoundDesk& desk, absl::Time now) -> absl::StatusOr<v1::PostResponse> {
        PERDURA_ASSIGN_OR_RETURN(const std::string member, MemberId(*peer, desk, now));
        return desk.Post(member, *request, now);
      });
  if (result.ok()) *response = *std::move(result);
  return Finish(context, result.status());
}

grpc::ServerUnaryReactor* EvidenceService::Describe(grpc::CallbackServerContext* context,
                                                    const v1::DescribeRequest*,
                                                    v1::DescribeResponse* response) {
  return Answer(core_, context, response,
                [](RoundDesk& desk, const std::string&,
                   absl::Time) -> absl::StatusOr<v1::DescribeResponse> { return desk.Describe(); });
}

grpc::ServerUnaryReactor* EvidenceService::Preview(grpc::CallbackServerContext* context,
                                                   const v1::PreviewRequest* request,
                                                   v1::PreviewResponse* response) {
  return Answer(core_, context, response,
                [request](RoundDesk& desk, const std::string& analyst, absl::Time now) {
                  return desk.Preview(analyst, *request, now);
                });
}

grpc::ServerWriteReactor<v1::AskResponse>* EvidenceService::Ask(
    grpc::CallbackServerContext* context, const v1::AskRequest* request) {
  auto* stream = new AskStream(core_);
  auto peer = CheckCall(*context);
  if (!peer.ok()) {
    stream->Refuse(peer.status());
    return stream;
  }
  auto ticket = core_.Change([&](RoundDesk& desk, absl::Time now) -> absl::StatusOr<AskTicket> {
    PERDURA_ASSIGN_OR_RETURN(const std::string analyst,
                             CallerId(*peer, kAnalystRole, desk.chain(), now));
    return desk.Ask(analyst, request->ask(), now);
  });
  if (ticket.ok()) {
    stream->Follow(*std::move(ticket));
  } else {
    stream->Refuse(ticket.status());
  }
  return stream;
}

grpc::ServerUnaryReactor* EvidenceService::GetRelease(grpc::CallbackServerContext* context,
                                                      const v1::GetReleaseRequest* request,
                                                      v1::GetReleaseResponse* response) {
  return Answer(core_, context, response,
                [request](RoundDesk& desk, const std::string& analyst, absl::Time now) {
                  return desk.Release(analyst, request->release_id(), now);
                });
}

grpc::ServerUnaryReactor* EvidenceService::ListReleases(grpc::CallbackServerContext* context,
                                                        const v1::ListReleasesRequest*,
                                                        v1::ListReleasesResponse* response) {
  return Answer(core_, context, response,
                [](RoundDesk& desk, const std::string& analyst, absl::Time now) {
                  return desk.Releases(analyst, now);
                });
}

grpc::ServerUnaryReactor* EvidenceService::GetBudget(grpc::CallbackServerContext* context,
                                                     const v1::GetBudgetRequest*,
                                                     v1::GetBudgetResponse* response) {
  return Answer(
      core_, context, response,
      [](RoundDesk& desk, const std::string& analyst, absl::Time) { return desk.Budget(analyst); });
}

}  // namespace perdura::aggregator
