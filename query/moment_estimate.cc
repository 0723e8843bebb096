#include "query/moment_estimate.h"

#include <algorithm>
#include <cmath>

namespace perdura::query {
namespace {

// A number in halves of the range, with both parts of its variance.
struct Uncertain {
  double value = 0;
  double sampling = 0;
  double noise = 0;
};

// Mean and variance of x, given enough patients.
class MomentStatistics final {
 public:
  explicit MomentStatistics(const MomentRows& rows)
      : rows_(rows), n_(rows.n.value), mean_(std::clamp(rows.sum.value / n_, -1.0, 1.0)) {}

  Uncertain Mean() const {
    const double noise = (rows_.sum.variance + mean_ * mean_ * rows_.n.variance) / (n_ * n_);
    return {.value = mean_, .sampling = SpreadOfMean() / n_, .noise = noise};
  }

  // Only with squares. Its value may be below 0.
  Uncertain Variance() const {
    const double q = rows_.squares->value / n_;
    const double slope = 2 * mean_ * mean_ - q;
    const double noise = (rows_.squares->variance + 4 * mean_ * mean_ * rows_.sum.variance +
                          slope * slope * rows_.n.variance) /
                         (n_ * n_);
    const double variance = q - mean_ * mean_;
    const double reach = 1 + std::abs(mean_);
    const double sampling = std::max(0.0, variance * (reach * reach - variance)) / n_;
    return {.value = variance, .sampling = sampling, .noise = noise};
  }

 private:
  double SpreadOfMean() const {
    const double largest = 1 - mean_ * mean_;
    if (!rows_.squares.has_value()) {
      const double half_of_a_patient = 0.5 / n_;
      return std::max(largest, 4 * half_of_a_patient * (1 - half_of_a_patient));
    }
    const Uncertain variance = Variance();
    return std::max(std::min(variance.value, largest), std::sqrt(variance.noise));
  }

  const MomentRows& rows_;
  const double n_;
  const double mean_;
};

Estimated ShownMean(const Uncertain& mean, double middle, double half, double z) {
  const double se = std::sqrt(mean.sampling + mean.noise);
  return {.value = middle + half * mean.value,
          .se_sampling = half * std::sqrt(mean.sampling),
          .se_noise = half * std::sqrt(mean.noise),
          .noise_share = mean.noise / (mean.sampling + mean.noise),
          .lower = middle + half * std::max(-1.0, mean.value - z * se),
          .upper = middle + half * std::min(1.0, mean.value + z * se),
          .ci_type = "plain"};
}

Estimated ShownSd(const Uncertain& variance, double half, double z) {
  Estimated shown;
  shown.ci_type = "root";
  shown.suppressed = variance.value <= kLeastSds * std::sqrt(variance.noise);
  if (shown.suppressed) return shown;
  const double sd = std::sqrt(variance.value);
  const double se = std::sqrt(variance.sampling + variance.noise);
  shown.value = half * sd;
  shown.se_sampling = half * std::sqrt(variance.sampling) / (2 * sd);
  shown.se_noise = half * std::sqrt(variance.noise) / (2 * sd);
  shown.noise_share = variance.noise / (variance.sampling + variance.noise);
  shown.lower = half * std::sqrt(std::max(0.0, variance.value - z * se));
  shown.upper = half * std::sqrt(std::min(1.0, variance.value + z * se));
  return shown;
}

}  // namespace

MomentEstimate MomentsOf(const v1::MomentTable& table, const MomentRows& rows, bool suppressed,
                         double z) {
  MomentEstimate estimate;
  if (suppressed) {
    estimate.mean.ci_type = "plain";
    estimate.mean.suppressed = true;
    if (rows.squares.has_value()) estimate.sd = Estimated{.ci_type = "root", .suppressed = true};
    return estimate;
  }
  const auto low = static_cast<double>(table.low());
  const double half = (static_cast<double>(table.high()) - low) / 2;
  const MomentStatistics moments(rows);
  estimate.mean = ShownMean(moments.Mean(), low + half, half, z);
  if (rows.squares.has_value()) estimate.sd = ShownSd(moments.Variance(), half, z);
  return estimate;
}

}  // namespace perdura::query
