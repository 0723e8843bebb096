#include "statistics/interval.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "absl/status/status.h"

namespace perdura::statistics {
namespace {

// Beyond this scaled error the log(-log) interval is nearly [0, 1] however good the estimate.
constexpr double kLargestLogLogError = 0.35;

Interval LogLog(double x, double se, double z) {
  const double s = se / (x * std::abs(std::log(x)));
  const double centre = std::log(-std::log(x));
  return {std::exp(-std::exp(centre + z * s)), std::exp(-std::exp(centre - z * s))};
}

Interval Plain(double x, double se, double z) {
  return {std::max(0.0, x - z * se), std::min(1.0, x + z * se)};
}

Interval Log(double x, double se, double z) {
  return {x * std::exp(-z * se / x), std::min(1.0, x * std::exp(z * se / x))};
}

}  // namespace

absl::StatusOr<double> NormalQuantile(double level) {
  if (!(level > 0 && level < 1)) return absl::InvalidArgumentError("level: must be in (0, 1)");
  return boost::math::quantile(boost::math::normal(), (1 + level) / 2);
}

std::optional<Interval> ExactInterval(double probability, double se, double z, IntervalType type) {
  if (probability <= 0) return std::nullopt;
  if (type == IntervalType::kPlain) return Plain(probability, se, z);
  if (type == IntervalType::kLog) return Log(probability, se, z);
  if (probability >= 1) return std::nullopt;
  return LogLog(probability, se, z);
}

Interval NoisedInterval(double probability, double se, double z, double floor) {
  const double x = std::clamp(probability, floor, 1 - floor);
  const double scaled = se / (x * std::abs(std::log(x)));
  return scaled <= kLargestLogLogError ? LogLog(x, se, z) : Plain(probability, se, z);
}

}  // namespace perdura::statistics
