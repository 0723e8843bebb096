#ifndef PERDURA_BASE_CLOCK_H_
#define PERDURA_BASE_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace perdura::base {

// The wall clock of one party. Every party judges deadlines by its own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The operating system's clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace perdura::base

#endif  // PERDURA_BASE_CLOCK_H_
