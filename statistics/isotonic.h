#ifndef PERDURA_STATISTICS_ISOTONIC_H_
#define PERDURA_STATISTICS_ISOTONIC_H_

#include <vector>

namespace perdura::statistics {

// The non-decreasing sequence nearest to `values` in least squares with equal weights (pool
// adjacent violators).
std::vector<double> IsotonicIncreasing(const std::vector<double>& values);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_ISOTONIC_H_
