#include "tests/bench/designs/design.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "Eigen/Cholesky"
#include "base/check.h"
#include "privacy/design/strategy_design.h"

namespace perdura::bench {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using privacy::Grid;
using privacy::NoiseLaw;
using privacy::Strategy;

constexpr int kMonths = 60;
constexpr int kPaddedMonths = 64;  // leaves of the binary tree
// Gaussian rows are integers of this scale, as in the product.
constexpr double kGaussianScale = 256;

Strategy ToStrategy(const MatrixXd& matrix, double scale) {
  std::vector<int16_t> entries;
  for (Index r = 0; r < matrix.rows(); ++r) {
    for (Index c = 0; c < matrix.cols(); ++c) {
      entries.push_back(static_cast<int16_t>(std::lround(scale * matrix(r, c))));
    }
  }
  auto strategy = Strategy::Create(static_cast<int>(matrix.rows()), static_cast<int>(matrix.cols()),
                                   std::move(entries));
  PERDURA_CHECK(strategy.ok());
  return *std::move(strategy);
}

MatrixXd ToMatrix(const Strategy& strategy) {
  MatrixXd matrix(strategy.rows(), strategy.columns());
  for (int r = 0; r < strategy.rows(); ++r) {
    for (int c = 0; c < strategy.columns(); ++c) matrix(r, c) = strategy.at(r, c);
  }
  return matrix;
}

// The same rows for the events and for the censored.
MatrixXd ForBothKinds(const MatrixXd& block) {
  MatrixXd both = MatrixXd::Zero(2 * block.rows(), 2 * block.cols());
  both.topLeftCorner(block.rows(), block.cols()) = block;
  both.bottomRightCorner(block.rows(), block.cols()) = block;
  return both;
}

MatrixXd LeastSquares(const MatrixXd& rows) {
  return (rows.transpose() * rows).ldlt().solve(rows.transpose());
}

// Deaths of each month, then persons at risk at its start.
MatrixXd DeathsAtRiskRows() {
  MatrixXd rows = MatrixXd::Zero(2 * kMonths, 2 * kMonths);
  rows.topLeftCorner(kMonths, kMonths).setIdentity();
  const MatrixXd suffix_sums = MatrixXd::Ones(kMonths, kMonths).triangularView<Eigen::Upper>();
  rows.bottomLeftCorner(kMonths, kMonths) = suffix_sums;
  rows.bottomRightCorner(kMonths, kMonths) = suffix_sums;
  return rows;
}

// Sums over the dyadic intervals of 64 months, 64 leaves first and the root last. Months beyond 60
// are empty.
MatrixXd TreeRows() {
  MatrixXd rows = MatrixXd::Zero(2 * kPaddedMonths - 1, kMonths);
  int row = 0;
  for (int width = 1; width <= kPaddedMonths; width *= 2) {
    for (int start = 0; start < kPaddedMonths; start += width, ++row) {
      for (int month = start; month < std::min(start + width, kMonths); ++month) {
        rows(row, month) = 1;
      }
    }
  }
  return rows;
}

// Cells as differences of cumulative counts, each the sum of the fewest nodes: for month k those of
// the binary digits of k.
MatrixXd TreeReadDirectly() {
  MatrixXd cells = MatrixXd::Zero(kMonths, 2 * kPaddedMonths - 1);
  for (int month = 1; month <= kMonths; ++month) {
    int level_start = 0;
    for (int width = 1; width <= kPaddedMonths; width *= 2) {
      if ((month & width) != 0) {
        const int node = level_start + (month & ~(2 * width - 1)) / width;
        cells(month - 1, node) += 1;
        if (month < kMonths) cells(month, node) -= 1;
      }
      level_start += kPaddedMonths / width;
    }
  }
  return cells;
}

// The square root of the lower triangle of ones: coefficients of (1 - x)^(-1/2) on its diagonals.
MatrixXd SquareRootToeplitzRows() {
  MatrixXd rows = MatrixXd::Zero(kMonths, kMonths);
  double coefficient = 1;
  for (int lag = 0; lag < kMonths; ++lag) {
    rows.diagonal(-lag).setConstant(coefficient);
    coefficient *= (lag + 0.5) / (lag + 1);
  }
  return rows;
}

Design Usual(std::string name, Grid grid, const MatrixXd& rows, NoiseLaw law, Reading reading) {
  const double scale = law == NoiseLaw::kDiscreteGaussian ? kGaussianScale : 1;
  Design design{.name = std::move(name),
                .grid = std::move(grid),
                .strategy = ToStrategy(rows, scale),
                .law = law,
                .reading = reading};
  const bool solved = reading == Reading::kLinear || reading == Reading::kClipped;
  if (solved) design.cells_of_rows = LeastSquares(ToMatrix(design.strategy));
  return design;
}

Design TreeDesign(std::string name, bool least_squares) {
  const MatrixXd rows = ForBothKinds(TreeRows());
  Design design = Usual(std::move(name), GridNamed("monthly"), rows, NoiseLaw::kDiscreteGaussian,
                        Reading::kLinear);
  if (!least_squares) design.cells_of_rows = ForBothKinds(TreeReadDirectly()) / kGaussianScale;
  return design;
}

}  // namespace

Grid GridNamed(const std::string& name) {
  std::vector<int> knots;
  if (name == "g8") knots = {1, 3, 6, 9, 12, 24, 36, 60};
  if (name == "g10") knots = {1, 3, 6, 9, 12, 18, 24, 36, 48, 60};
  if (name == "g15") knots = {1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60};
  if (name == "g15y") {
    knots = {1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60, 84, 108, 132, 156, 180};
  }
  if (name == "monthly") {
    for (int month = 1; month <= kMonths; ++month) knots.push_back(month);
  }
  auto grid = Grid::Create(std::move(knots));
  PERDURA_CHECK(grid.ok());
  return *std::move(grid);
}

Design DefaultDesign(const Grid& grid, int causes, const privacy_design::Cohort& prior) {
  auto strategy = privacy_design::DesignStrategy(grid, causes, prior);
  PERDURA_CHECK(strategy.ok());
  return {.name = "default", .grid = grid, .causes = causes, .strategy = *std::move(strategy)};
}

Design FlagshipDesign(const Grid& grid, int causes) {
  const Index cells = Index{grid.bins()} * (causes + 1);
  return {.name = "flagship",
          .grid = grid,
          .causes = causes,
          .strategy = ToStrategy(MatrixXd::Identity(cells, cells), 1),
          .law = NoiseLaw::kDiscreteLaplace};
}

std::vector<Design> UsualDesigns() {
  const Grid months = GridNamed("monthly");
  const MatrixXd cells = MatrixXd::Identity(2 * kMonths, 2 * kMonths);
  const Grid g15 = GridNamed("g15");
  const MatrixXd g15_cells = MatrixXd::Identity(2 * g15.bins(), 2 * g15.bins());
  constexpr NoiseLaw kGaussian = NoiseLaw::kDiscreteGaussian;
  constexpr NoiseLaw kLaplace = NoiseLaw::kDiscreteLaplace;
  return {
      Usual("Laplace on (d,n) 60 months", months, DeathsAtRiskRows(), kLaplace,
            Reading::kDeathsAtRisk),
      Usual("Gaussian on (d,n) 60 months", months, DeathsAtRiskRows(), kGaussian,
            Reading::kDeathsAtRisk),
      Usual("Gaussian monthly cells clipped", months, cells, kGaussian, Reading::kClipped),
      Usual("Laplace monthly cells cumulative PAVA", months, cells, kLaplace, Reading::kTriangular),
      TreeDesign("binary tree Gaussian direct", /*least_squares=*/false),
      TreeDesign("binary tree Gaussian least squares", /*least_squares=*/true),
      Usual("square-root Toeplitz Gaussian", months, ForBothKinds(SquareRootToeplitzRows()),
            kGaussian, Reading::kLinear),
      Usual("g15 Gaussian R=I", g15, g15_cells, kGaussian, Reading::kTriangular),
  };
}

}  // namespace perdura::bench
