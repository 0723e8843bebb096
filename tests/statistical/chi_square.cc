#include "tests/statistical/chi_square.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

namespace perdura::statistical {
namespace {

constexpr uint64_t kLargestExactVariance = 1000000;
constexpr double kSdsCovered = 12;
constexpr double kWantedCells = 200;

// Not normalised: the mass of [low, high).
double Mass(double variance, int64_t low, int64_t high) {
  if (variance > static_cast<double>(kLargestExactVariance)) {
    const double scale = std::sqrt(2 * variance);
    const double a = (static_cast<double>(low) - 0.5) / scale;
    const double b = (static_cast<double>(high) - 0.5) / scale;
    // Differences of the smaller tail, so that far cells keep their digits.
    return a >= 0 ? std::erfc(a) - std::erfc(b) : std::erfc(-b) - std::erfc(-a);
  }
  double mass = 0;
  for (int64_t z = low; z < high; ++z) {
    const double x = static_cast<double>(z);
    mass += std::exp(-x * x / (2 * variance));
  }
  return mass;
}

// Cells from -end to end in steps, neighbours merged until each has a probability of at least
// `least`. `mass(low, high)`: the probability of [low, high).
Cells MergedCells(int64_t end, int64_t step, double least,
                  const std::function<double(int64_t, int64_t)>& mass) {
  Cells cells;
  cells.edges.push_back(-end);
  double pending = 0;
  double total = 0;
  for (int64_t low = -end; low < end; low += step) {
    const int64_t high = std::min(low + step, end);
    pending += mass(low, high);
    if (pending < least) continue;
    cells.edges.push_back(high);
    cells.probabilities.push_back(pending);
    total += pending;
    pending = 0;
  }
  // The far tails join the outermost cells, in equal parts.
  const double tails = 1 - total;
  cells.probabilities.front() += (tails - pending) / 2;
  cells.probabilities.back() += (tails + pending) / 2;
  cells.edges.back() = end;
  return cells;
}

}  // namespace

Cells GaussianCells(uint64_t variance, uint64_t draws, double least) {
  const double v = static_cast<double>(variance);
  const double sd = std::sqrt(v);
  const int64_t end = static_cast<int64_t>(std::ceil(kSdsCovered * sd)) + 1;
  // Steps that never go below one integer, fine enough for 200 cells over the bulk of six sds.
  const int64_t step = std::max<int64_t>(1, static_cast<int64_t>(6 * sd / kWantedCells));
  const double total = Mass(v, -end, 0) + Mass(v, 0, end);
  return MergedCells(end, step, least / static_cast<double>(draws), [&](int64_t low, int64_t high) {
    return (low < 0 && high > 0 ? Mass(v, low, 0) + Mass(v, 0, high) : Mass(v, low, high)) / total;
  });
}

Cells LaplaceCells(double p, uint64_t draws, double least) {
  const double wanted = least / static_cast<double>(draws);
  // Beyond it lies less than one wanted cell.
  const auto end = static_cast<int64_t>(std::ceil(std::log(wanted) / std::log(p)));
  return MergedCells(end, 1, wanted, [p](int64_t low, int64_t) {
    return (1 - p) / (1 + p) * std::pow(p, static_cast<double>(std::abs(low)));
  });
}

double FitPValue(const Cells& cells, uint64_t draws, const std::function<int64_t()>& draw) {
  std::vector<uint64_t> counts(cells.probabilities.size(), 0);
  const auto first = cells.edges.begin() + 1, last = cells.edges.end() - 1;
  for (uint64_t i = 0; i < draws; ++i) {
    ++counts[static_cast<size_t>(std::upper_bound(first, last, draw()) - first)];
  }
  double statistic = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = cells.probabilities[i] * static_cast<double>(draws);
    const double difference = static_cast<double>(counts[i]) - expected;
    statistic += difference * difference / expected;
  }
  const boost::math::chi_squared law(static_cast<double>(counts.size() - 1));
  return boost::math::cdf(boost::math::complement(law, statistic));
}

}  // namespace perdura::statistical
