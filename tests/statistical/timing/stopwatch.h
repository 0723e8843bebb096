#ifndef PERDURA_TESTS_STATISTICAL_TIMING_STOPWATCH_H_
#define PERDURA_TESTS_STATISTICAL_TIMING_STOPWATCH_H_

#include <sched.h>

#include <chrono>
#include <cstdint>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace perdura::timing {

// The finest clock there is, in units of its own: the cycle counter on x86-64, else nanoseconds.
// Nothing before it is still running, stores on their way to memory included, and nothing after it
// has begun.
inline uint64_t Ticks() {
#if defined(__x86_64__)
  _mm_mfence();
  _mm_lfence();
  const uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
#else
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

// Keeps this process on the core where it is, so that counters and caches stay its own. Without
// the right to do so measurements are noisier and still valid.
inline void PinToOneCore() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof(one), &one);
}

}  // namespace perdura::timing

#endif  // PERDURA_TESTS_STATISTICAL_TIMING_STOPWATCH_H_
