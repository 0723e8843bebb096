#include "statistics/noise_check.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "absl/status/status.h"

namespace perdura::statistics {
namespace {

constexpr int kResidualsPerBin = 10;
constexpr int kFewestBins = kFewestResiduals / kResidualsPerBin;
constexpr int kMostBins = 20;
// Keeps Boost.Math away from 0 degrees, and the search below finite.
constexpr double kLowestRatio = 0.01;
constexpr double kHighestRatio = 0.95;

using ChiSquared = boost::math::chi_squared;

double UpperTail(double statistic, int degrees) {
  return boost::math::cdf(boost::math::complement(ChiSquared(degrees), statistic));
}

double LowerTail(double statistic, int degrees) {
  return boost::math::cdf(ChiSquared(degrees), statistic);
}

NoiseCheck CheckMean(std::span<const double> residuals, int rows) {
  const auto width = static_cast<size_t>(rows);
  const double rounds = static_cast<double>(residuals.size() / width);
  double statistic = 0;
  for (size_t row = 0; row < width; ++row) {
    double sum = 0;
    for (size_t i = row; i < residuals.size(); i += width) sum += residuals[i];
    statistic += sum * sum / rounds;
  }
  return {.name = "mean",
          .statistic = statistic,
          .degrees = rows,
          .p_value = UpperTail(statistic, rows)};
}

NoiseCheck CheckVariance(std::span<const double> residuals) {
  double statistic = 0;
  for (const double residual : residuals) statistic += residual * residual;
  const auto degrees = static_cast<int>(residuals.size());
  const double tail = std::min(LowerTail(statistic, degrees), UpperTail(statistic, degrees));
  return {.name = "variance",
          .statistic = statistic,
          .degrees = degrees,
          .p_value = std::min(1.0, 2 * tail)};
}

NoiseCheck CheckLaw(std::span<const double> residuals) {
  const int bins =
      std::clamp(static_cast<int>(residuals.size()) / kResidualsPerBin, kFewestBins, kMostBins);
  std::vector<double> counts(static_cast<size_t>(bins), 0);
  for (const double residual : residuals) {
    const double below = boost::math::cdf(boost::math::normal(), residual);
    ++counts[std::min(counts.size() - 1, static_cast<size_t>(below * bins))];
  }
  const double expected = static_cast<double>(residuals.size()) / bins;
  double statistic = 0;
  for (const double count : counts) statistic += (count - expected) * (count - expected) / expected;
  return {.name = "law",
          .statistic = statistic,
          .degrees = bins - 1,
          .p_value = UpperTail(statistic, bins - 1)};
}

bool IsFalseAlarm(double rate) { return rate > 0 && rate < 0.5; }

// Whether the lower half of the variance check sees the ratio among `n` residuals.
bool Sees(int n, double ratio, double level, double power) {
  const double lowest = boost::math::quantile(ChiSquared(n), level / 2);
  return LowerTail(lowest / ratio, n) >= power;
}

}  // namespace

bool NoiseReport::passes() const {
  return std::all_of(checks.begin(), checks.end(),
                     [](const NoiseCheck& check) { return check.passes; });
}

absl::StatusOr<NoiseReport> CheckNoise(std::span<const double> residuals, int rows,
                                       double false_alarm) {
  if (!IsFalseAlarm(false_alarm)) {
    return absl::InvalidArgumentError("false_alarm: must be in (0, 0.5)");
  }
  if (rows < 1 || residuals.size() % static_cast<size_t>(rows) != 0) {
    return absl::InvalidArgumentError("rows: must divide the number of residuals");
  }
  const auto rounds = static_cast<int>(residuals.size()) / rows;
  if (rounds < 2 || static_cast<int>(residuals.size()) < kFewestResiduals) {
    return absl::InvalidArgumentError("residuals: at least two rounds and 50 residuals");
  }
  if (!std::all_of(residuals.begin(), residuals.end(), [](double x) { return std::isfinite(x); })) {
    return absl::InvalidArgumentError("residuals: must be finite");
  }
  NoiseReport report{
      .rounds = rounds,
      .rows = rows,
      .variance_ratio = 0,
      .checks = {CheckMean(residuals, rows), CheckVariance(residuals), CheckLaw(residuals)}};
  report.variance_ratio = report.checks[1].statistic / static_cast<double>(residuals.size());
  for (NoiseCheck& check : report.checks) {
    check.passes = check.p_value >= false_alarm / static_cast<double>(report.checks.size());
  }
  return report;
}

absl::StatusOr<int> ResidualsToSee(double variance_ratio, double false_alarm, double power) {
  if (!(variance_ratio >= kLowestRatio && variance_ratio <= kHighestRatio)) {
    return absl::InvalidArgumentError("variance_ratio: must be in [0.01, 0.95]");
  }
  if (!IsFalseAlarm(false_alarm)) {
    return absl::InvalidArgumentError("false_alarm: must be in (0, 0.5)");
  }
  if (!(power > 0 && power < 1)) return absl::InvalidArgumentError("power: must be in (0, 1)");
  const double level = false_alarm / 3;
  int enough = 1;
  while (!Sees(enough, variance_ratio, level, power)) enough *= 2;
  int too_few = enough / 2;
  while (enough - too_few > 1) {
    const int middle = too_few + (enough - too_few) / 2;
    (Sees(middle, variance_ratio, level, power) ? enough : too_few) = middle;
  }
  return enough;
}

}  // namespace perdura::statistics
