#include "registry-node/client.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/logging.h"
#include "base/reason.h"
#include "base/rpc/daemon.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/status_conversion.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "crypto/system_random.h"
#include "federation/party_folder.h"
#include "grpcpp/create_channel.h"

namespace perdura::registry_node {
namespace {

constexpr absl::Duration kPollGrace = absl::Seconds(10);
constexpr absl::Duration kPostDeadline = absl::Seconds(10);
constexpr absl::Duration kScanEvery = absl::Seconds(1);
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
constexpr absl::Duration kLastBackoff = absl::Seconds(2);

// Full jitter: anything up to `limit`, so that the members of a federation do not come back at
// once.
absl::Duration Jitter(absl::Duration limit, base::RandomSource& random) {
  uint8_t byte = 0;
  random.Fill({&byte, 1});
  return limit * (byte + 1) / 256;
}

void SetDeadline(grpc::ClientContext& context, absl::Duration from_now) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + from_now));
}

}  // namespace

void RelayClient::Start() {
  TakeCharters();
  poll_thread_ = std::thread([this] { PollLoop(); });
  post_thread_ = std::thread([this] { PostLoop(); });
}

void RelayClient::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (polling_ != nullptr) polling_->TryCancel();
    condition_.SignalAll();
  }
  if (poll_thread_.joinable()) poll_thread_.join();
  if (post_thread_.joinable()) post_thread_.join();
}

void RelayClient::Judge(const absl::Status& status) const {
  if (base::IsStorageFailure(status)) return options_.storage_failed(status);
  if (!status.ok() && base::ReasonOf(status).empty()) {
    base::LogError("relay.failed", {{"message", status.message()}});
  }
}

bool RelayClient::Sleep(absl::Duration duration) {
  const absl::Time until = absl::Now() + duration;
  absl::MutexLock lock(&mutex_);
  while (!stopping_ && !condition_.WaitWithDeadline(&mutex_, until)) {
  }
  return !stopping_;
}

// --- charters -----------------------------------------------------------------------------------

absl::Status RelayClient::TakeCharter(const v1::Envelope& envelope) {
  absl::MutexLock lock(&options_.party.mutex);
  return options_.party.member.AcceptCharter(envelope, options_.clock.Now());
}

void RelayClient::TakeCharters() {
  if (options_.charter_dir.empty()) return;
  uint64_t held = 0;
  {
    absl::MutexLock lock(&options_.party.mutex);
    held = options_.party.member.chain().version();
  }
  for (const auto& [version, envelope] : federation::ChartersIn(options_.charter_dir)) {
    if (version <= held) continue;
    const absl::Status accepted = TakeCharter(envelope);
    if (accepted.ok()) continue;
    Judge(accepted);
    if (last_refusal_ != accepted.message()) {
      base::LogError("charter.refused", {{"version", version}, {"reason", accepted.message()}});
    }
    last_refusal_ = std::string(accepted.message());
    return;
  }
}

// This party's own, with the attempts that it lists; those that are held already are `rebase_old`.
void RelayClient::TakeRebases() {
  if (options_.charter_dir.empty()) return;
  for (const v1::RebaseFile& file : federation::RebasesIn(options_.charter_dir)) {
    absl::Status accepted;
    {
      absl::MutexLock lock(&options_.party.mutex);
      accepted = options_.party.member.AcceptRebase(file, options_.clock.Now());
    }
    if (accepted.ok() || base::ReasonOf(accepted) == "rebase_old") continue;
    Judge(accepted);
    if (refused_rebase_ != accepted.message()) {
      base::LogError("rebase.refused", {{"reason", base::ReasonOf(accepted)}});
    }
    refused_rebase_ = std::string(accepted.message());
  }
}

RelayClient::Stub RelayClient::StubInForce() {
  std::string pin;
  {
    absl::MutexLock lock(&options_.party.mutex);
    const auto charter = options_.party.member.chain().current();
    if (charter != nullptr) pin = charter->proto().aggregator().tls_pin();
  }
  absl::MutexLock lock(&mutex_);
  if (stub_ == nullptr || stub_pin_ != pin) {
    const auto credentials = pin.empty()
                                 ? base::FirstContactTlsClient(options_.tls, options_.federation)
                                 : base::PinnedTlsClient(options_.tls, pin);
    stub_ = v1::RelayService::NewStub(grpc::CreateCustomChannel(
        options_.aggregator_address, credentials, base::ClientArguments()));
    stub_pin_ = pin;
  }
  return stub_;
}

// --- polling ------------------------------------------------------------------------------------

absl::Status RelayClient::PollOnce() {
  v1::PollRequest request;
  {
    absl::MutexLock lock(&options_.party.mutex);
    auto next = options_.party.member.NextPoll();
    Judge(next.status());
    PERDURA_ASSIGN_OR_RETURN(request, std::move(next));
  }
  const Stub stub = StubInForce();
  grpc::ClientContext context;
  SetDeadline(context, absl::Milliseconds(request.wait_ms()) + kPollGrace);
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return absl::CancelledError("stopping");
    polling_ = &context;
  }
  v1::PollResponse response;
  const absl::Status status = base::FromGrpcStatus(stub->Poll(&context, request, &response));
  {
    absl::MutexLock lock(&mutex_);
    polling_ = nullptr;
  }
  PERDURA_RETURN_IF_ERROR(status);
  return TakeAnswer(request, std::move(response));
}

absl::Status RelayClient::TakeAnswer(const v1::PollRequest& request, v1::PollResponse response) {
  // Without a charter nobody has pinned the server: charters judge themselves, items wait.
  if (request.charter_version() == 0) response.clear_items();
  const bool empty = response.items().empty() && response.charters().empty();
  // These come once and outside the numbering, so they cannot make this loop spin.
  const bool witness = !response.witness_requests().empty() ||
                       !response.witness_answers().empty() || !response.proofs_wanted().empty();
  bool moved = false;
  {
    absl::MutexLock lock(&options_.party.mutex);
    Judge(options_.party.member.OnPoll(response, options_.clock.Now()));
    const Member& member = options_.party.member;
    moved = member.cursor() != request.cursor() ||
            member.chain().version() != request.charter_version();
  }
  absl::MutexLock lock(&mutex_);
  woken_ = true;
  condition_.SignalAll();
  if (empty || moved || witness) return absl::OkStatus();
  return absl::UnavailableError("nothing of the aggregator's answer could be used");
}

void RelayClient::PollLoop() {
  crypto::SystemRandom random;
  absl::Duration backoff = kFirstBackoff;
  bool connected = true;
  while (true) {
    const absl::Status status = PollOnce();
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
    }
    if (status.ok()) {
      if (!connected) base::LogInfo("relay.connected");
      connected = true;
      backoff = kFirstBackoff;
      continue;
    }
    if (connected) {
      base::LogWarning("relay.lost", {{"code", absl::StatusCodeToString(status.code())},
                                      {"message", status.message()}});
    }
    connected = false;
    if (!Sleep(Jitter(backoff, random))) return;
    backoff = std::min(backoff * 2, kLastBackoff);
  }
}

// --- posting ------------------------------------------------------------------------------------

absl::StatusOr<v1::PostResponse> RelayClient::PostOne(const v1::PostRequest& request) {
  const Stub stub = StubInForce();
  grpc::ClientContext context;
  SetDeadline(context, kPostDeadline);
  v1::PostResponse response;
  PERDURA_RETURN_IF_ERROR(base::FromGrpcStatus(stub->Post(&context, request, &response)));
  return response;
}

void RelayClient::PostDue() {
  std::vector<Outgoing> due;
  {
    absl::MutexLock lock(&options_.party.mutex);
    auto taken = options_.party.member.TakeDue(options_.clock.Now());
    Judge(taken.status());
    if (taken.ok()) due = *std::move(taken);
  }
  for (Outgoing& outgoing : due) {
    const auto response = PostOne(outgoing.post);
    absl::MutexLock lock(&options_.party.mutex);
    if (response.ok()) {
      Judge(options_.party.member.OnPosted(std::move(outgoing), *response, options_.clock.Now()));
    } else {
      options_.party.member.OnPostFailed(std::move(outgoing), response.status(),
                                         options_.clock.Now());
    }
  }
}

void RelayClient::PostLoop() {
  absl::Time next_scan = absl::InfinitePast();
  while (true) {
    const absl::Time now = options_.clock.Now();
    if (now >= next_scan) {
      TakeCharters();
      TakeRebases();
      next_scan = now + kScanEvery;
    }
    PostDue();
    absl::Time next = next_scan;
    {
      absl::MutexLock lock(&options_.party.mutex);
      next = std::min(next, options_.party.member.NextDue());
    }
    absl::MutexLock lock(&mutex_);
    while (!stopping_ && !woken_) {
      const absl::Duration left = next - options_.clock.Now();
      if (left <= absl::ZeroDuration() || condition_.WaitWithTimeout(&mutex_, left)) break;
    }
    woken_ = false;
    if (stopping_) return;
  }
}

}  // namespace perdura::registry_node
