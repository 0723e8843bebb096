#include "crypto/init.h"

#include <sodium.h>

namespace perdura::crypto {

absl::Status Init() {
  // 1 means that an earlier call did the work; only a negative value is a failure.
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot start");
  return absl::OkStatus();
}

}  // namespace perdura::crypto
