#include "privacy/laplace_share.h"

#include "base/status_macros.h"
#include "privacy/exact_sampler.h"
#include "privacy/noise.h"

namespace perdura::privacy {

absl::StatusOr<LaplaceShare> LaplaceShare::Create(LaplaceLevel level, int honest_dealers) {
  PERDURA_RETURN_IF_ERROR(CheckDealers("honest_dealers", honest_dealers));
  const uint64_t h = static_cast<uint64_t>(honest_dealers);
  return LaplaceShare(level, (level.lambda() + h - 1) / h);
}

int64_t LaplaceShare::Draw(base::RandomSource& random) const {
  ExactSampler<Uint128Arithmetic> sampler(random);
  const auto z = sampler.LaplaceShare(level_.p_numerator(), shape_units_);
  const int64_t magnitude = static_cast<int64_t>(z.magnitude);
  return z.negative ? -magnitude : magnitude;
}

}  // namespace perdura::privacy
