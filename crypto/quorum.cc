#include "crypto/quorum.h"

namespace perdura::crypto {

absl::StatusOr<Quorum> Quorum::Create(int s, int t) {
  if (s < 2 || s > 15) return absl::InvalidArgumentError("s must be 2 to 15");
  if (t < 2 || t > s) return absl::InvalidArgumentError("t must be 2 to s");
  Quorum quorum{.s = s, .t = t, .f = t - 1, .q = (s + t - 1) / 2 + 1, .h = 0};
  quorum.h = quorum.q - quorum.f;
  if (quorum.h < 1) return absl::InvalidArgumentError("no honest dealer is certain");
  return quorum;
}

}  // namespace perdura::crypto
