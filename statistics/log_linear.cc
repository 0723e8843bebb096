#include "statistics/log_linear.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace perdura::statistics {
namespace {

// Below this the quotient loses its digits and the mean is (a + b) / 2 to all of them.
constexpr double kSmallLogRatio = 1e-6;

double Logged(double survival) { return std::log(std::max(survival, kSmallestSurvival)); }

}  // namespace

LogMean MeanBetween(double a, double b) {
  const double log_ratio = std::log(a / b);
  if (std::abs(log_ratio) < kSmallLogRatio) return {(a + b) / 2, 0.5, 0.5};
  const double square = log_ratio * log_ratio;
  return {(a - b) / log_ratio, (log_ratio - (a - b) / a) / square,
          ((a - b) / b - log_ratio) / square};
}

std::optional<double> CurveCrossing(const std::vector<int>& knots, const std::vector<double>& curve,
                                    double level) {
  double start = 0;
  double before = 1;
  for (size_t k = 0; k < curve.size(); ++k) {
    if (curve[k] <= level) {
      const double fall = Logged(before) - Logged(curve[k]);
      const double part = fall > 0 ? (Logged(before) - Logged(level)) / fall : 0;
      return start + (knots[k] - start) * std::clamp(part, 0.0, 1.0);
    }
    start = knots[k];
    before = curve[k];
  }
  return std::nullopt;
}

}  // namespace perdura::statistics
