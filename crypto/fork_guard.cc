#include "crypto/fork_guard.h"

#include <pthread.h>

#include <atomic>

#include "base/check.h"

namespace perdura::crypto {
namespace {

std::atomic<uint64_t> fork_generation = 0;

void CountFork() { ++fork_generation; }

}  // namespace

uint64_t ForkGeneration() {
  static const bool watching = pthread_atfork(nullptr, nullptr, CountFork) == 0;
  PERDURA_CHECK(watching);
  return fork_generation;
}

}  // namespace perdura::crypto
