#include "aggregator/core.h"

#include <algorithm>

#include "base/logging.h"
#include "base/reason.h"
#include "base/rpc/daemon.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "crypto/system_random.h"
#include "federation/party_folder.h"

namespace perdura::aggregator {
namespace {

constexpr absl::Duration kScanEvery = absl::Seconds(1);

}  // namespace

absl::Status Core::Start() {
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = options_.clock.Now();
    PERDURA_RETURN_IF_ERROR(options_.desk.Start(now));
    TakeFolder(now);
  }
  ticker_ = std::thread([this] { TickLoop(); });
  return absl::OkStatus();
}

void Core::Drain() {
  absl::MutexLock lock(&mutex_);
  draining_ = true;
  for (Waiter* waiter : std::exchange(waiters_, {})) waiter->OnDrain();
}

void Core::Stop() {
  Drain();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    condition_.Signal();
  }
  if (ticker_.joinable()) ticker_.join();
}

void Core::Add(Waiter* waiter) {
  absl::MutexLock lock(&mutex_);
  if (draining_) {
    waiter->OnDrain();
    return;
  }
  if (waiter->OnWake(options_.desk, options_.clock.Now())) return;
  waiters_.push_back(waiter);
  condition_.Signal();
}

bool Core::Remove(Waiter* waiter) {
  absl::MutexLock lock(&mutex_);
  return std::erase(waiters_, waiter) > 0;
}

absl::Status Core::Judge(const absl::Status& status) const {
  if (base::IsStorageFailure(status)) options_.storage_failed(status);
  return base::AsRefusal(status);
}

void Core::TakeFolder(absl::Time now) {
  if (now < next_scan_ || options_.charter_dir.empty()) return;
  next_scan_ = now + kScanEvery;
  TakeCharters(now);
  TakeRebases(now);
}

// Those that are held already are `rebase_old`.
void Core::TakeRebases(absl::Time now) {
  crypto::SystemRandom random;
  for (const v1::RebaseFile& file : federation::RebasesIn(options_.charter_dir)) {
    const absl::Status accepted = Judge(options_.desk.AcceptRebase(file, random, now));
    if (accepted.ok() || base::ReasonOf(accepted) == "rebase_old") continue;
    if (refused_rebase_ != accepted.message()) {
      base::LogError("rebase.refused", {{"reason", base::ReasonOf(accepted)}});
    }
    refused_rebase_ = std::string(accepted.message());
  }
}

void Core::TakeCharters(absl::Time now) {
  for (const auto& [version, envelope] : federation::ChartersIn(options_.charter_dir)) {
    if (version <= options_.desk.chain().version()) continue;
    const absl::Status accepted = Judge(options_.desk.AcceptCharter(envelope, now));
    if (accepted.ok()) continue;
    if (last_refusal_ != accepted.message()) {
      base::LogError("charter.refused", {{"version", version}, {"reason", accepted.message()}});
    }
    last_refusal_ = std::string(accepted.message());
    return;
  }
}

void Core::WakeAll(absl::Time now) {
  std::erase_if(waiters_, [&](Waiter* waiter) { return waiter->OnWake(options_.desk, now); });
}

absl::Time Core::NextWake(absl::Time now) const {
  absl::Time next = std::min(options_.desk.NextTick(now), now + kScanEvery);
  for (const Waiter* waiter : waiters_) next = std::min(next, waiter->WakeAt());
  return next;
}

void Core::TickLoop() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    const absl::Time now = options_.clock.Now();
    changed_ = false;
    Judge(options_.desk.Tick(now)).IgnoreError();  // nobody asked; it is in the log
    TakeFolder(now);
    WakeAll(now);
    const absl::Time next = NextWake(now);
    // By duration, so that the clock of the tests may differ from the system's.
    while (!changed_ && !stopping_) {
      const absl::Duration left = next - options_.clock.Now();
      if (left <= absl::ZeroDuration() || condition_.WaitWithTimeout(&mutex_, left)) break;
    }
  }
}

}  // namespace perdura::aggregator
