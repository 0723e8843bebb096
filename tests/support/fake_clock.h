#ifndef PERDURA_TESTS_SUPPORT_FAKE_CLOCK_H_
#define PERDURA_TESTS_SUPPORT_FAKE_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace perdura::test_support {

// A clock that moves only when told. Thread-safe.
class FakeClock final : public base::Clock {
 public:
  // Starts at 2026-07-01T00:00:00Z unless told otherwise.
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1782864000)) : now_(start) {}

  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  void Set(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    now_ = now;
  }
  void Advance(absl::Duration step) {
    absl::MutexLock lock(&mutex_);
    now_ += step;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_FAKE_CLOCK_H_
