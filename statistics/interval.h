#ifndef PERDURA_STATISTICS_INTERVAL_H_
#define PERDURA_STATISTICS_INTERVAL_H_

#include <optional>

#include "absl/status/statusor.h"

namespace perdura::statistics {

struct Interval {
  double lower = 0;
  double upper = 0;
};

// Scales of an interval for a probability x with standard error se:
// loglog x^exp(+-z s), s = se / (x |ln x|); log x exp(+-z se / x), cut at 1; plain x +- z se, cut
// to [0, 1].
enum class IntervalType { kLogLog, kLog, kPlain };

// The two-sided normal quantile of `level`, for instance 1.959964 at 0.95. Returns InvalidArgument
// unless level is in (0, 1): Boost.Math would answer NaN without a word.
absl::StatusOr<double> NormalQuantile(double level);

// The interval of a probability on the exact path, as R's survfit gives it: none at 0; at
// 1 [1, 1] for log and plain (se is 0 there) and none for loglog.
std::optional<Interval> ExactInterval(double probability, double se, double z, IntervalType type);

// The interval of a probability on the noised path: x is clipped into [floor, 1 - floor]; loglog if
// its scaled error is at most 0.35, plain beyond. `floor` in (0, 1/2).
Interval NoisedInterval(double probability, double se, double z, double floor);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_INTERVAL_H_
