#ifndef PERDURA_AGGREGATOR_CORE_H_
#define PERDURA_AGGREGATOR_CORE_H_

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "aggregator/rounds/round_desk.h"
#include "base/clock.h"

namespace perdura::aggregator {

// The desk under its one lock, the thread that moves it on when a slot comes, and those who wait
// for something to happen.
//
//   RPC     Read / Change(call)          the call runs with the lock held
//           Add(waiter)                  long polls and streams: no thread each
//   ticker  slot, change, or once per second: Tick, charters of the folder, then each waiter
//
// Whatever the desk returns is judged: a failure of its storage goes to `storage_failed`, which
// must end the process, and every other error reaches the caller with a reason word. Thread-safe.
class Core final {
 public:
  // Somebody who waits. Called with the core's lock held: must not call the core, but for Judge().
  class Waiter {
   public:
    virtual ~Waiter() = default;
    // True: it has got what it waited for, and is forgotten; it may be gone when the call returns.
    virtual bool OnWake(RoundDesk& desk, absl::Time now) = 0;
    // The daemon stops: it must finish now, and is forgotten.
    virtual void OnDrain() = 0;
    // When it wants to be asked at the latest.
    virtual absl::Time WakeAt() const = 0;
  };

  struct Options {
    // Must outlive the core, as must the clock.
    RoundDesk& desk;
    const base::Clock& clock;
    // Every *.charter and *.rebase in it is tried once per second; empty: none.
    std::string charter_dir;
    std::function<void(const absl::Status&)> storage_failed;
  };

  explicit Core(Options options) : options_(std::move(options)) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { Stop(); }

  // Reads back charters and unfinished rounds, takes what the folder holds, and starts the ticker.
  absl::Status Start();
  // Lets every waiter finish; later ones finish at once. Rounds go on.
  void Drain();
  // Drain, and ends the ticker. Idempotent.
  void Stop();

  // `call(RoundDesk&, absl::Time now)` returns a Status or StatusOr, which comes back judged.
  // Change wakes the waiters.
  template <typename Call>
  auto Change(Call call) {
    auto result = Read(std::move(call));
    absl::MutexLock lock(&mutex_);
    changed_ = true;
    condition_.Signal();
    return result;
  }
  template <typename Call>
  auto Read(Call call) {
    absl::MutexLock lock(&mutex_);
    auto result = call(options_.desk, options_.clock.Now());
    if (result.ok()) return result;
    return decltype(result)(Judge(StatusOf(result)));
  }

  // Ends the process if the desk's storage failed; else what the caller is told (base::AsRefusal).
  absl::Status Judge(const absl::Status& status) const;

  // Asks the waiter once; if it has to wait, keeps it until it is done or removed.
  void Add(Waiter* waiter);
  // True if it was waiting; it is never called again then.
  bool Remove(Waiter* waiter);

 private:
  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }
  void TickLoop();
  void TakeFolder(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeCharters(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeRebases(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeAll(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Time NextWake(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Options options_;
  absl::Mutex mutex_;
  absl::CondVar condition_;
  std::vector<Waiter*> waiters_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_scan_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string last_refusal_ ABSL_GUARDED_BY(mutex_);
  std::string refused_rebase_ ABSL_GUARDED_BY(mutex_);
  bool changed_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_CORE_H_
