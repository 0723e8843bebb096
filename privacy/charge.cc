#include "privacy/charge.h"

#include "absl/status/status.h"

namespace perdura::privacy {

absl::StatusOr<Charge> Charge::Create(uint64_t units) {
  if (units == 0) return absl::InvalidArgumentError("charge: units must be positive");
  return Charge(units);
}

absl::StatusOr<Charge> Charge::Plus(Charge other) const {
  uint64_t sum = 0;
  if (__builtin_add_overflow(units_, other.units_, &sum)) {
    return absl::OutOfRangeError("charge: sum exceeds 64 bits");
  }
  return Charge(sum);
}

}  // namespace perdura::privacy
