#include "tests/statistical/audit/verdict.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "absl/strings/str_format.h"
#include "boost/math/distributions/beta.hpp"

namespace perdura::audit {
namespace {

// One-sided 99.9 %.
constexpr double kNormal999 = 3.0902;
constexpr double kError = 0.001;
// False alarms of two-sided tests: below 10^-6.
constexpr double kMostZeroSds = 5;
constexpr double kLeastExpectedZeros = 50;

struct Moments {
  double mean = 0;
  double variance = 0;
  double kurtosis = 3;
};

template <typename Number>
Moments MomentsOf(std::span<const Number> values) {
  const auto n = static_cast<double>(values.size());
  Moments moments;
  for (const Number value : values) moments.mean += static_cast<double>(value) / n;
  double fourth = 0;
  for (const Number value : values) {
    const double square = std::pow(static_cast<double>(value) - moments.mean, 2);
    moments.variance += square / n;
    fourth += square * square / n;
  }
  moments.kurtosis = fourth / (moments.variance * moments.variance);
  return moments;
}

// Of a share of `hits` in `runs`.
double LowerShare(double hits, double runs) {
  if (hits == 0) return 0;
  return boost::math::quantile(boost::math::beta_distribution<double>(hits, runs - hits + 1),
                               kError / 2);
}
double UpperShare(double hits, double runs) {
  if (hits == runs) return 1;
  return boost::math::quantile(boost::math::beta_distribution<double>(hits + 1, runs - hits),
                               1 - kError / 2);
}

double ShareAbove(std::span<const double> values, double threshold) {
  return static_cast<double>(std::count_if(values.begin(), values.end(),
                                           [&](double value) { return value >= threshold; }));
}

// ln of the ratio of the event `projection >= threshold`, best threshold of the first halves.
double EpsilonLow(const Samples& samples) {
  const size_t half = samples.with.size() / 2;
  const std::span<const double> with(samples.with);
  const std::span<const double> without(samples.without);
  const auto bound = [](std::span<const double> more, std::span<const double> less,
                        double threshold) {
    const auto runs = static_cast<double>(more.size());
    const double low = LowerShare(ShareAbove(more, threshold), runs);
    const double high = UpperShare(ShareAbove(less, threshold), runs);
    return low > 0 ? std::log(low / high) : 0.0;
  };
  double threshold = 0;
  double best = -1;
  for (const double candidate : with.first(half)) {
    const double value = bound(with.first(half), without.first(half), candidate);
    if (value > best) {
      best = value;
      threshold = candidate;
    }
  }
  return std::max(0.0, bound(with.subspan(half), without.subspan(half), threshold));
}

void JudgeSeparation(const Samples& samples, Verdict& verdict) {
  const Moments with = MomentsOf(std::span<const double>(samples.with));
  const Moments without = MomentsOf(std::span<const double>(samples.without));
  const double sd = std::sqrt((with.variance + without.variance) / 2);
  const auto runs = static_cast<double>(samples.with.size());
  verdict.separation = (with.mean - without.mean) / sd;
  const double error = std::sqrt(2 / runs + verdict.separation * verdict.separation / (4 * runs));
  verdict.separation_low = verdict.separation - kNormal999 * error;
}

void JudgeNoise(const Samples& samples, const Claim& claim, Verdict& verdict) {
  const Moments noise = MomentsOf(std::span<const int64_t>(samples.noise));
  const auto n = static_cast<double>(samples.noise.size());
  verdict.variance_ratio = noise.variance / claim.variance;
  verdict.variance_ratio_high =
      verdict.variance_ratio * (1 + kNormal999 * std::sqrt((noise.kurtosis - 1) / n));
  if (n * claim.p_zero < kLeastExpectedZeros) return;
  const auto zeros = static_cast<double>(std::count(samples.noise.begin(), samples.noise.end(), 0));
  verdict.zero_sds = (zeros / n - claim.p_zero) / std::sqrt(claim.p_zero * (1 - claim.p_zero) / n);
}

}  // namespace

Verdict Judge(const Samples& samples, const Claim& claim, bool known) {
  Verdict verdict;
  JudgeSeparation(samples, verdict);
  verdict.epsilon_low = EpsilonLow(samples);
  const double separation = known ? claim.separation_known : claim.separation;
  if (claim.separation > 0 && verdict.separation_low > separation) {
    verdict.broken.push_back(absl::StrFormat("separation at least %.2f sd, claimed %.2f",
                                             verdict.separation_low, separation));
  }
  if (claim.epsilon > 0 && verdict.epsilon_low > claim.epsilon) {
    verdict.broken.push_back(
        absl::StrFormat("epsilon at least %.2f, claimed %.2f", verdict.epsilon_low, claim.epsilon));
  }
  if (known) return verdict;
  JudgeNoise(samples, claim, verdict);
  if (verdict.variance_ratio_high < 1) {
    verdict.broken.push_back(
        absl::StrFormat("variance at most %.2f of the claimed", verdict.variance_ratio_high));
  }
  if (std::abs(verdict.zero_sds) > kMostZeroSds) {
    verdict.broken.push_back(
        absl::StrFormat("share of zeros %.1f sd off the exact mass", verdict.zero_sds));
  }
  return verdict;
}

}  // namespace perdura::audit
