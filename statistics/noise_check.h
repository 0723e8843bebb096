#ifndef PERDURA_STATISTICS_NOISE_CHECK_H_
#define PERDURA_STATISTICS_NOISE_CHECK_H_

#include <array>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Is noise whose size is known what it should be? Over released noise alone: nothing here is on the
// path of a release.
namespace perdura::statistics {

struct NoiseCheck {
  absl::string_view name;
  // Chi-square statistic and its degrees of freedom under the true law.
  double statistic = 0;
  int degrees = 0;
  // Probability of a statistic at least as far out under the true law.
  double p_value = 1;
  bool passes = true;
};

struct NoiseReport {
  int rounds = 0;
  int rows = 0;
  // Sum of squares over the number of residuals: 1 is expected.
  double variance_ratio = 0;
  // mean      rounds x (mean of a row)^2, summed over the rows; large where a row is shifted, or
  //           where rounds repeat their noise
  // variance  sum of all squares; too small or too large
  // law       counts in equally likely bins of the normal law, 5 to 20 of them
  std::array<NoiseCheck, 3> checks;

  bool passes() const;
};

// Fewest residuals that are checked: 10 in each of 5 bins.
inline constexpr int kFewestResiduals = 50;

// `residuals`: noise over its expected standard deviation, round after round, `rows` in each. Under
// the true law they are independent and standard normal; a discrete Gaussian, or a sum of some, is
// one up to its step, which must be below a fiftieth of the standard deviation (the caller's to
// ensure). `false_alarm`: probability that noise of the true law fails some check, in (0, 0.5);
// each check takes a third of it. Returns InvalidArgument naming what is out of range: `rows` (at
// least 1, a divisor of the number of residuals), fewer than two rounds or kFewestResiduals, a
// residual that is not finite.
//
// A pass proves nothing about who chose the noise: a dealer that knows a test round can behave in
// it.
absl::StatusOr<NoiseReport> CheckNoise(std::span<const double> residuals, int rows,
                                       double false_alarm);

// How many residuals the variance check needs to fail, with probability `power`, noise of
// `variance_ratio` times the expected variance. Exact in the chi-square law. Worked numbers, at
// false_alarm 0.001 and power 0.95: 352 for 2/3 (one of three dealers missing), 687 for 3/4 (one of
// three at half its standard deviation). Returns InvalidArgument unless variance_ratio is in
// [0.01, 0.95], false_alarm in (0, 0.5), power in (0, 1).
absl::StatusOr<int> ResidualsToSee(double variance_ratio, double false_alarm, double power);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_NOISE_CHECK_H_
