#ifndef PERDURA_CRYPTO_FORK_GUARD_H_
#define PERDURA_CRYPTO_FORK_GUARD_H_

#include <cstdint>

namespace perdura::crypto {

// Internal to crypto: how often this process was forked from the one that first asked. A random
// buffer that remembers the number sees that it lives in a child. Thread-safe.
uint64_t ForkGeneration();

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_FORK_GUARD_H_
