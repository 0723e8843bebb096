#ifndef PERDURA_CRYPTO_INIT_H_
#define PERDURA_CRYPTO_INIT_H_

#include "absl/status/status.h"

namespace perdura::crypto {

// Prepares libsodium. Call it first in main(); every later call is OK and does nothing. Returns
// Internal if the library cannot start (no source of randomness). Thread-safe.
absl::Status Init();

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_INIT_H_
