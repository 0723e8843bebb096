#ifndef PERDURA_PRIVACY_DISCRETE_GAUSSIAN_H_
#define PERDURA_PRIVACY_DISCRETE_GAUSSIAN_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/random_source.h"
#include "privacy/int128.h"

namespace perdura::privacy {

// Draws from the discrete Gaussian N_Z(0, v): Pr[z] proportional to exp(-z^2 / (2 v)) over all
// integers z. Exact: no rounding, no floating point, no cut-off that matters
// (docs/privacy/discrete-gaussian.md).
//
// Privacy: noise of variance v on every row of a measurement of squared L2 sensitivity D is D / (2
// v)-zCDP. The variance comes from noise.h; nothing here sees data. How long a draw takes depends
// on the noise, so a dealer draws before it is asked for anything and answers at a set time (the
// steward's duty). Source: Canonne, Kamath, Steinke 2020, algorithms 1 to 3.
//
// Bytes are taken from `random` in the order and number that the known-answer tapes fix; nothing is
// read ahead, so a source should buffer by itself. A run of 4096 refusals (chance below 2^-1000
// from a working source) ends the process. Immutable, safe to share; the source is the caller's.
class DiscreteGaussian final {
 public:
  // `variance`: squared counts, in [1, 2^50]. (Releases need at least kMinDealerVariance;
  // DealerVariance sees to that.) Returns InvalidArgument if it is out of range.
  static absl::StatusOr<DiscreteGaussian> Create(uint64_t variance);

  uint64_t variance() const { return variance_; }

  // One draw; absolute value below 2^38.
  int64_t Draw(base::RandomSource& random) const;

 private:
  explicit DiscreteGaussian(uint64_t variance);

  uint64_t variance_;
  uint64_t scale_;       // isqrt(v) + 1, the scale of the Laplace proposal
  Uint128 denominator_;  // 2 v scale^2
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_DISCRETE_GAUSSIAN_H_
