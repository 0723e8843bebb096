#ifndef PERDURA_PRIVACY_LAPLACE_SHARE_H_
#define PERDURA_PRIVACY_LAPLACE_SHARE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/random_source.h"
#include "privacy/laplace_level.h"

namespace perdura::privacy {

// Draws one dealer's share of discrete Laplace noise: the difference of two negative-binomial
// variables of shape 1/h. The shares of any h dealers add up to Pr[z] proportional to p^|z|, in
// fact to slightly more noise. Exact: no rounding, no floating point, no cut-off that matters
// (docs/privacy/discrete-laplace.md).
//
// Privacy: h honest shares on every row of a table of L1 sensitivity Delta_1 are epsilon-DP with
// epsilon = level Delta_1 (pure), whatever the other dealers deal. Fewer than h are not: a total
// shape of 3/4 at level 1 gives 1.27. Nothing here sees data. Sources: Ghosh, Roughgarden,
// Sundararajan 2009 (the mechanism); Harrison, Manurangsi 2025 (the shares).
//
// Time and bytes: as for DiscreteGaussian. Immutable, safe to share; the source is the caller's.
class LaplaceShare final {
 public:
  // `honest_dealers`: h of the committee, in [1, kMaxDealers]; InvalidArgument otherwise.
  static absl::StatusOr<LaplaceShare> Create(LaplaceLevel level, int honest_dealers);

  const LaplaceLevel& level() const { return level_; }
  // L = ceil(Lambda / h): -2^40 ln(1 - p) / h, rounded up.
  uint64_t shape_units() const { return shape_units_; }

  // One draw; absolute value below 2^27.
  int64_t Draw(base::RandomSource& random) const;

 private:
  LaplaceShare(LaplaceLevel level, uint64_t shape_units)
      : level_(level), shape_units_(shape_units) {}

  LaplaceLevel level_;
  uint64_t shape_units_;
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_LAPLACE_SHARE_H_
