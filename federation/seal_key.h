#ifndef PERDURA_FEDERATION_SEAL_KEY_H_
#define PERDURA_FEDERATION_SEAL_KEY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "perdura/v1/round.pb.h"

namespace perdura::federation {

// Seal-keys: X25519 keys to which shares are sealed, each for at most 35 days, numbered from 1. A
// steward makes the next one long before the end of the last, so that two are valid side by side
// and no round lacks one; a manifest names the newest valid one.

// not_after - not_before.
inline constexpr absl::Duration kLongestSealKeyLife = absl::Hours(24 * 35);
// Largest number; every store can hold it.
inline constexpr uint64_t kLastSealKeyNumber = uint64_t{1} << 53;

// Use `share`, a key of 32 bytes to which something can be sealed, a number in [1,
// kLastSealKeyNumber], a life of at most 35 days. Returns InvalidArgument `bad_seal_key` naming the
// field.
absl::Status CheckSealKeyFields(const v1::SealKey& key);

// Valid on a clock that may differ by `skew` from the one that made it.
bool SealKeyIsValidAt(const v1::SealKey& key, absl::Time now, absl::Duration skew);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_SEAL_KEY_H_
