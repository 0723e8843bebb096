#include "statistics/hazard_smoothing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/status_matchers.h"

namespace perdura::statistics {
namespace {

const std::vector<int> kKnots = {1, 3, 6, 9, 12, 24, 36, 60};
constexpr size_t kBins = 8;
// sd 5.5: default mechanism, rho of epsilon 1, (4,2) committee.
constexpr double kNoise = 30;
// Alternating noise of about that size, adding up to 0 in each block of eight.
constexpr double kZigzag[] = {6, -6, 5, -5, 6, -6, 5, -5};

// Expected cells of 300 patients with constant hazards a month of the causes, then of censoring.
std::vector<double> ConstantHazards(const std::vector<double>& hazards) {
  std::vector<double> cells(hazards.size() * kBins, 0);
  double total = 0;
  for (const double hazard : hazards) total += hazard;
  double at_risk = 300;
  double start = 0;
  for (size_t k = 0; k < kBins; ++k) {
    const double out = at_risk * -std::expm1(-total * (kKnots[k] - start));
    for (size_t j = 0; j < hazards.size(); ++j) cells[j * kBins + k] = out * hazards[j] / total;
    at_risk -= out;
    start = kKnots[k];
  }
  cells.back() += at_risk;
  return cells;
}

std::vector<double> WithZigzag(std::vector<double> cells) {
  for (size_t i = 0; i < cells.size(); ++i) cells[i] += kZigzag[i % kBins];
  return cells;
}

double SquaredDistance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

SmoothedCells Smooth(const std::vector<double>& cells, double variance, int causes = 1) {
  return SmoothHazards(kKnots, causes, cells,
                       *CellCovariance::Diagonal(static_cast<int>(cells.size()), variance));
}

TEST(HazardSmoothingTest, WithoutNoiseNothingIsChanged) {
  const std::vector<double> cells = {9, 14, 3, 0, 5, 40, 1, 0, 2, 0, 4, 3, 2, 9, 11, 140};
  const SmoothedCells smoothed = Smooth(cells, 0);
  for (size_t i = 0; i < cells.size(); ++i) {
    EXPECT_NEAR(smoothed.cells[i], cells[i], 1e-8) << "cell " << i;
    EXPECT_NEAR(smoothed.covariance.at(static_cast<int>(i), static_cast<int>(i)), 0, 1e-8);
  }
}

TEST(HazardSmoothingTest, NoiseOnGradualHazardsIsMostlyTakenAway) {
  const std::vector<double> expected = ConstantHazards({0.02, 0.008});
  const std::vector<double> released = WithZigzag(expected);
  EXPECT_LT(SquaredDistance(Smooth(released, kNoise).cells, expected),
            SquaredDistance(released, expected) / 4);
}

TEST(HazardSmoothingTest, ACliffStays) {
  std::vector<double> cells = ConstantHazards({0.003, 0.006});
  cells[4] += 90;      // exits of months 9 to 12
  cells.back() -= 90;  // who would have been event-free
  EXPECT_NEAR(Smooth(WithZigzag(cells), kNoise).cells[4], cells[4], 3 * std::sqrt(kNoise));
}

TEST(HazardSmoothingTest, TheNumberOfPatientsStays) {
  const std::vector<double> smoothed =
      Smooth(WithZigzag(ConstantHazards({0.02, 0.008})), kNoise).cells;
  double sum = 0;
  for (const double cell : smoothed) sum += cell;
  EXPECT_NEAR(sum, 300, 10);  // noise in the sum of 16 cells: sd 22
}

TEST(HazardSmoothingTest, VarianceIsBelowThatOfTheNoise) {
  const SmoothedCells smoothed = Smooth(WithZigzag(ConstantHazards({0.02, 0.008})), kNoise);
  for (int cell = 0; cell < smoothed.covariance.cells(); ++cell) {
    EXPECT_GT(smoothed.covariance.at(cell, cell), 0) << cell;
    EXPECT_LT(smoothed.covariance.at(cell, cell), kNoise) << cell;
  }
}

TEST(HazardSmoothingTest, CorrelatedNoiseIsTakenIntoAccount) {
  // The first two cells are known in sum only: their noise is of opposite sign.
  std::vector<double> values(16 * 16, 0);
  for (size_t i = 0; i < 16; ++i) values[i * 17] = 1;
  values[0] = values[17] = 900;
  values[1] = values[16] = -899;
  ASSERT_OK_AND_ASSIGN(const CellCovariance noise, CellCovariance::FromValues(16, values));
  const std::vector<double> expected = ConstantHazards({0.02, 0.008});
  std::vector<double> released = expected;
  released[0] += 30;
  released[1] -= 30;
  const std::vector<double> smoothed = SmoothHazards(kKnots, 1, released, noise).cells;
  EXPECT_NEAR(smoothed[0], expected[0], 5);
  EXPECT_NEAR(smoothed[0] + smoothed[1], expected[0] + expected[1], 2);
}

TEST(HazardSmoothingTest, CausesMayChangePlaces) {
  std::vector<double> cells = WithZigzag(ConstantHazards({0.02, 0.01, 0.008}));
  const std::vector<double> smoothed = Smooth(cells, kNoise, 2).cells;
  std::swap_ranges(cells.begin(), cells.begin() + kBins, cells.begin() + kBins);
  const std::vector<double> swapped = Smooth(cells, kNoise, 2).cells;
  for (size_t k = 0; k < kBins; ++k) {
    EXPECT_NEAR(swapped[k], smoothed[kBins + k], 1e-6) << "bin " << k;
    EXPECT_NEAR(swapped[kBins + k], smoothed[k], 1e-6) << "bin " << k;
  }
}

TEST(HazardSmoothingTest, ANegativeTableStaysFinite) {
  for (const double cell : Smooth(std::vector<double>(16, -5), kNoise).cells) {
    EXPECT_TRUE(std::isfinite(cell));
  }
}

TEST(HazardSmoothingTest, EqualReleasesGiveEqualCells) {
  const std::vector<double> released = WithZigzag(ConstantHazards({0.02, 0.008}));
  EXPECT_EQ(Smooth(released, kNoise).cells, Smooth(released, kNoise).cells);
}

}  // namespace
}  // namespace perdura::statistics
