#include "tests/statistical/timing/two_classes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"

namespace perdura::timing {
namespace {

// Crops keep at least this many values of a class, or say nothing.
constexpr size_t kFewest = 20;

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;
};

Moments MomentsOf(std::span<const double> values) {
  PERDURA_CHECK(values.size() >= 2);
  const auto n = static_cast<double>(values.size());
  Moments moments;
  for (const double value : values) moments.mean += value / n;
  for (const double value : values) {
    moments.variance_of_mean += std::pow(value - moments.mean, 2) / (n - 1) / n;
  }
  return moments;
}

std::vector<double> AtMost(std::span<const double> values, double limit) {
  std::vector<double> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept),
               [limit](double value) { return value <= limit; });
  return kept;
}

}  // namespace

double WelchT(std::span<const double> a, std::span<const double> b) {
  // Against a common origin, so that equal constants give exactly 0.
  PERDURA_CHECK(!a.empty());
  const double origin = a.front();
  const auto shifted = [origin](std::span<const double> values) {
    std::vector<double> moved(values.begin(), values.end());
    for (double& value : moved) value -= origin;
    return MomentsOf(moved);
  };
  const Moments one = shifted(a);
  const Moments other = shifted(b);
  const double difference = one.mean - other.mean;
  if (difference == 0) return 0;
  const double variance = one.variance_of_mean + other.variance_of_mean;
  if (variance == 0) return std::copysign(std::numeric_limits<double>::infinity(), difference);
  return difference / std::sqrt(variance);
}

double LargestT(const TwoClasses& samples) {
  std::vector<double> all = samples.first;
  all.insert(all.end(), samples.second.begin(), samples.second.end());
  std::sort(all.begin(), all.end());
  double largest = std::abs(WelchT(samples.first, samples.second));
  for (const double share : {0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5}) {
    const double limit = all[static_cast<size_t>(share * static_cast<double>(all.size() - 1))];
    const std::vector<double> first = AtMost(samples.first, limit);
    const std::vector<double> second = AtMost(samples.second, limit);
    if (first.size() < kFewest || second.size() < kFewest) continue;
    largest = std::max(largest, std::abs(WelchT(first, second)));
  }
  return largest;
}

double Auc(const TwoClasses& samples) {
  std::vector<std::pair<double, bool>> all;
  for (const double value : samples.first) all.emplace_back(value, false);
  for (const double value : samples.second) all.emplace_back(value, true);
  std::sort(all.begin(), all.end());
  // Sum over the second class of how many of the first lie below, half of the equal ones.
  double below = 0;
  double wins = 0;
  for (size_t at = 0; at < all.size();) {
    std::array<double, 2> equal = {0, 0};
    const double value = all[at].first;
    for (; at < all.size() && all[at].first == value; ++at) ++equal[all[at].second ? 1 : 0];
    wins += equal[1] * (below + equal[0] / 2);
    below += equal[0];
  }
  const double area =
      wins / static_cast<double>(samples.first.size()) / static_cast<double>(samples.second.size());
  return std::max(area, 1 - area);
}

}  // namespace perdura::timing
