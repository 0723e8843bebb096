#include "privacy/dealer_noise.h"

#include "absl/status/status.h"
#include "base/planted_fault.h"
#include "base/status_macros.h"
#include "privacy/laplace_level.h"

namespace perdura::privacy {

absl::StatusOr<DealerNoise> DealerNoise::ForRho(uint64_t l2_squared, Charge rho,
                                                int honest_dealers) {
  PERDURA_ASSIGN_OR_RETURN(const uint64_t variance,
                           DealerVariance(l2_squared, rho, honest_dealers));
  PERDURA_ASSIGN_OR_RETURN(const DiscreteGaussian gaussian, DiscreteGaussian::Create(variance));
  return DealerNoise(gaussian);
}

absl::StatusOr<DealerNoise> DealerNoise::ForEpsilon(uint64_t l1, Charge epsilon,
                                                    int honest_dealers) {
  PERDURA_ASSIGN_OR_RETURN(const LaplaceLevel level, LaplaceLevel::ForCharge(epsilon, l1));
  PERDURA_ASSIGN_OR_RETURN(const LaplaceShare share, LaplaceShare::Create(level, honest_dealers));
  return DealerNoise(share);
}

absl::StatusOr<DealerNoise> DealerNoise::FromParameter(NoiseLaw law, uint64_t numerator,
                                                       uint64_t denominator, int honest_dealers) {
  switch (law) {
    case NoiseLaw::kDiscreteGaussian: {
      if (denominator != 1) return absl::InvalidArgumentError("parameter: a variance is over 1");
      PERDURA_ASSIGN_OR_RETURN(const DiscreteGaussian gaussian,
                               DiscreteGaussian::Create(numerator));
      return DealerNoise(gaussian);
    }
    case NoiseLaw::kDiscreteLaplace: {
      PERDURA_ASSIGN_OR_RETURN(const LaplaceLevel level,
                               LaplaceLevel::ForParameter(numerator, denominator));
      PERDURA_ASSIGN_OR_RETURN(const LaplaceShare share,
                               LaplaceShare::Create(level, honest_dealers));
      return DealerNoise(share);
    }
    case NoiseLaw::kUnspecified:
      break;
  }
  return absl::InvalidArgumentError("law: is not known");
}

NoiseLaw DealerNoise::law() const {
  return gaussian() != nullptr ? NoiseLaw::kDiscreteGaussian : NoiseLaw::kDiscreteLaplace;
}

uint64_t DealerNoise::numerator() const {
  return gaussian() != nullptr ? gaussian()->variance() : laplace()->level().p_numerator();
}

uint64_t DealerNoise::denominator() const {
  return gaussian() != nullptr ? 1 : kLaplaceDenominator;
}

int64_t DealerNoise::Draw(base::RandomSource& random) const {
  if (base::Planted(base::PlantedFault::kRoundedFloatLaplace) && laplace() != nullptr) {
    return base::RoundedFloatLaplace(numerator(), denominator(), random);
  }
  return std::visit([&random](const auto& sampler) { return sampler.Draw(random); }, sampler_);
}

absl::StatusOr<uint64_t> DealerNoise::SumBound(uint64_t n_max, uint64_t max_abs,
                                               int dealers) const {
  return gaussian() != nullptr ? GaussianBound(n_max, max_abs, gaussian()->variance(), dealers)
                               : LaplaceBound(n_max, max_abs);
}

}  // namespace perdura::privacy
