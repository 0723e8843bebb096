#ifndef PERDURA_PRIVACY_DEALER_NOISE_H_
#define PERDURA_PRIVACY_DEALER_NOISE_H_

#include <cstdint>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/random_source.h"
#include "privacy/charge.h"
#include "privacy/discrete_gaussian.h"
#include "privacy/laplace_share.h"
#include "privacy/noise.h"

namespace perdura::privacy {

// What ONE dealer of a round draws on every row: a law and its parameter, a fraction that manifests
// and releases carry. Dealing, checks and overflow bounds go through this type, so that they have
// one path for both laws.
//
//   law                parameter   charge   guarantee from any h honest dealers
//   discrete Gaussian  v / 1       rho      zCDP (noise.h)
//   discrete Laplace   P / 2^32    epsilon  pure DP (laplace_share.h)
//
// Charges of the two laws are different currencies: nothing here converts them. Immutable.
class DealerNoise final {
 public:
  // Noise that costs at most `rho`. Errors of DealerVariance.
  static absl::StatusOr<DealerNoise> ForRho(uint64_t l2_squared, Charge rho, int honest_dealers);
  // Noise that costs `epsilon`, which must be one of the list: errors of LaplaceLevel::ForCharge
  // and LaplaceShare.
  static absl::StatusOr<DealerNoise> ForEpsilon(uint64_t l1, Charge epsilon, int honest_dealers);
  // The noise that a manifest states. What it should state follows from plan and charter and is the
  // caller's to compare. Returns InvalidArgument for an unknown law or a parameter out of range.
  static absl::StatusOr<DealerNoise> FromParameter(NoiseLaw law, uint64_t numerator,
                                                   uint64_t denominator, int honest_dealers);

  NoiseLaw law() const;
  uint64_t numerator() const;
  uint64_t denominator() const;

  // One draw. `random`: fresh and bound to the manifest and this dealer.
  int64_t Draw(base::RandomSource& random) const;

  // The largest absolute value of a lifted row of an honest release: GaussianBound or LaplaceBound.
  // `dealers`: Q.
  absl::StatusOr<uint64_t> SumBound(uint64_t n_max, uint64_t max_abs, int dealers) const;

 private:
  using Sampler = std::variant<DiscreteGaussian, LaplaceShare>;
  explicit DealerNoise(Sampler sampler) : sampler_(std::move(sampler)) {}

  const DiscreteGaussian* gaussian() const { return std::get_if<DiscreteGaussian>(&sampler_); }
  const LaplaceShare* laplace() const { return std::get_if<LaplaceShare>(&sampler_); }

  Sampler sampler_;
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_DEALER_NOISE_H_
