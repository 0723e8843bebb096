#include "privacy/discrete_gaussian.h"

#include "absl/status/status.h"
#include "privacy/exact_sampler.h"
#include "privacy/noise.h"

namespace perdura::privacy {

absl::StatusOr<DiscreteGaussian> DiscreteGaussian::Create(uint64_t variance) {
  if (variance < 1 || variance > kMaxDealerVariance) {
    return absl::InvalidArgumentError("variance: must be from 1 to 2^50");
  }
  return DiscreteGaussian(variance);
}

DiscreteGaussian::DiscreteGaussian(uint64_t variance)
    : variance_(variance),
      scale_(IntegerSquareRoot(variance) + 1),
      denominator_(Uint128{2} * variance * scale_ * scale_) {}

int64_t DiscreteGaussian::Draw(base::RandomSource& random) const {
  ExactSampler<Uint128Arithmetic> sampler(random);
  const auto z = sampler.Gaussian(variance_, scale_, denominator_);
  const int64_t magnitude = static_cast<int64_t>(z.magnitude);
  return z.negative ? -magnitude : magnitude;
}

}  // namespace perdura::privacy
