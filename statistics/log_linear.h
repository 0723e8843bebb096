#ifndef PERDURA_STATISTICS_LOG_LINEAR_H_
#define PERDURA_STATISTICS_LOG_LINEAR_H_

#include <optional>
#include <vector>

namespace perdura::statistics {

// Between knots a survival curve is taken to be log-linear. Where a logarithm or a division needs
// it, the curve is floored at this value.
inline constexpr double kSmallestSurvival = 1e-4;

// M(a, b) = (a - b) / ln(a / b), the mean of a curve that falls log-linearly from a to b (a itself
// if a = b), and its derivatives. a, b > 0.
struct LogMean {
  double value = 0;
  double by_a = 0;
  double by_b = 0;
};
LogMean MeanBetween(double a, double b);

// The month at which a curve through (0, 1) and (knots[k], curve[k]), log-linear in between, first
// falls to `level`, or nullopt if it stays above. `level` in (0, 1); the curve need not fall
// everywhere.
std::optional<double> CurveCrossing(const std::vector<int>& knots, const std::vector<double>& curve,
                                    double level);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_LOG_LINEAR_H_
