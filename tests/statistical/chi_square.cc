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

}  // namespace

Cells GaussianCells(uint64_t variance, uint64_t draws, double least) {
  const double v = static_cast<double>(variance);
  const double sd = std::sqrt(v);
  const int64_t end = static_cast<int64_t>(std::ceil(kSdsCovered * sd)) + 1;
  // Steps that never go below one integer, fine enough for 200 cells over the bulk of six sds.
  const int64_t step = std::max<int64_t>(1, static_cast<int64_t>(6 * sd / kWantedCells));
  const double total = Mass(v, -end, 0) + Mass(v, 0, end);
  Cells cells;
  cells.edges.push_back(-end);
  double pending = 0;
  for (int64_t low = -end; low < end; low += step) {
    const int64_t high = std::min(low + step, end);
    pending +=
        (low < 0 && high > 0 ? Mass(v, low, 0) + Mass(v, 0, high) : Mass(v, low, high)) / total;
    if (pending * static_cast<double>(draws) < least) continue;
    cells.edges.push_back(high);
    cells.probabilities.push_back(pending);
    pending = 0;
  }
  cells.probabilities.back() += pending;  // the far tail joins the last cell
  cells.edges.back() = end;
  return cells;
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
