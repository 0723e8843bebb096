#include "privacy/design/strategy_design.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "Eigen/Cholesky"
#include "Eigen/Eigenvalues"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace perdura::privacy_design {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kIterations = 500;
constexpr double kDesignPatients = 1000;
// Weights that keep the Gram matrix regular: a little on the numbers at risk, less on every cell.
constexpr double kAtRiskWeight = 4e-10;
constexpr double kCellWeight = 1e-12;
constexpr int kMaxScale = 1 << 12;

// Row k: 1 on the cells of all kinds (causes and censored) in bins >= k.
MatrixXd AtRiskIndicators(int bins, int causes) {
  MatrixXd indicators = MatrixXd::Zero(bins, Index{bins} * (causes + 1));
  for (int k = 0; k < bins; ++k) {
    for (int kind = 0; kind <= causes; ++kind) {
      indicators.row(k).segment(Index{kind} * bins + k, bins - k).setOnes();
    }
  }
  return indicators;
}

// Row k: 1 on the event cells of bin k.
MatrixXd EventIndicators(int bins, int causes) {
  MatrixXd indicators = MatrixXd::Zero(bins, Index{bins} * (causes + 1));
  for (int k = 0; k < bins; ++k) {
    for (int cause = 0; cause < causes; ++cause) indicators(k, Index{cause} * bins + k) = 1;
  }
  return indicators;
}

MatrixXd SquareRoot(const MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  const VectorXd roots = solver.eigenvalues().cwiseMax(0).cwiseSqrt();
  return solver.eigenvectors() * roots.asDiagonal() * solver.eigenvectors().transpose();
}

// argmin tr(M X^-1) over diag X <= 1, by the fixed point v = diag((V^1/2 M V^1/2)^1/2).
MatrixXd OptimalGram(const MatrixXd& m) {
  VectorXd v = VectorXd::Constant(m.rows(), std::sqrt(m.trace() / static_cast<double>(m.rows())));
  VectorXd half;
  MatrixXd b;
  for (int i = 0; i < kIterations; ++i) {
    half = v.cwiseSqrt();
    b = SquareRoot(half.asDiagonal() * m * half.asDiagonal());
    v = b.diagonal();
  }
  const VectorXd inverse = half.cwiseInverse();
  const MatrixXd x = inverse.asDiagonal() * b * inverse.asDiagonal();
  return x / x.diagonal().maxCoeff();
}

absl::StatusOr<privacy::Strategy> RoundedFactor(const MatrixXd& m, int scale) {
  if (scale < 1 || scale > kMaxScale) {
    return absl::InvalidArgumentError(absl::StrCat("scale: must be from 1 to ", kMaxScale));
  }
  const MatrixXd factor = OptimalGram(m).llt().matrixU();
  std::vector<int16_t> entries;
  entries.reserve(static_cast<size_t>(factor.size()));
  for (Index r = 0; r < factor.rows(); ++r) {
    for (Index c = 0; c < factor.cols(); ++c) {
      // Entries of a factor with unit columns are at most 1, so scale 2^12 fits 16 bits.
      entries.push_back(static_cast<int16_t>(std::lround(scale * factor(r, c))));
    }
  }
  const int size = static_cast<int>(factor.rows());
  return privacy::Strategy::Create(size, size, std::move(entries));
}

}  // namespace

VectorXd PriorCells(const privacy::Grid& grid, int causes, const Cohort& cohort, double patients) {
  const int bins = grid.bins();
  VectorXd cells = VectorXd::Zero(Index{bins} * (causes + 1));
  int bin = 0;
  for (int month = 1; month <= grid.knots().back(); ++month) {
    if (month > grid.knots()[static_cast<size_t>(bin)]) ++bin;
    const double at_risk = cohort.Survival(month - 1) * cohort.FollowUp(month - 1);
    const double events = at_risk * (1 - cohort.Survival(month) / cohort.Survival(month - 1));
    const double censored =
        (at_risk - events) * (1 - cohort.FollowUp(month) / cohort.FollowUp(month - 1));
    for (int cause = 0; cause < causes; ++cause)
      cells(Index{cause} * bins + bin) += events / causes;
    cells(Index{causes} * bins + bin) += censored;
  }
  const double horizon = grid.knots().back();
  cells(cells.size() - 1) += cohort.Survival(horizon) * cohort.FollowUp(horizon);
  return cells * (patients / cells.sum());
}

MatrixXd Workload(const VectorXd& cells, int bins, int causes) {
  const MatrixXd at_risk = AtRiskIndicators(bins, causes);
  const MatrixXd events = EventIndicators(bins, causes);
  const VectorXd n = at_risk * cells;
  const VectorXd d = events * cells;
  const Index extra_rows = causes > 1 ? Index{causes} * bins : 0;
  MatrixXd workload = MatrixXd::Zero(bins + extra_rows, cells.size());
  double survival = 1;
  VectorXd sum = VectorXd::Zero(cells.size());
  for (int k = 0; k < bins; ++k) {
    survival *= 1 - d(k) / n(k);
    sum += (at_risk.row(k) - events.row(k)).transpose() / (n(k) - d(k)) -
           at_risk.row(k).transpose() / n(k);
    workload.row(k) = survival * sum.transpose();
  }
  for (Index row = 0; row < extra_rows; ++row) {
    const Index cause = row / bins;
    workload.row(bins + row).segment(cause * bins, row % bins + 1).setConstant(1 / cells.sum());
  }
  return workload;
}

absl::StatusOr<privacy::Strategy> DesignStrategy(const privacy::Grid& grid, int causes,
                                                 const Cohort& prior, int scale) {
  if (causes < 1 || causes > kMaxCauses) {
    return absl::InvalidArgumentError(absl::StrCat("causes: must be from 1 to ", kMaxCauses));
  }
  PERDURA_RETURN_IF_ERROR(CheckCohort(prior));
  const VectorXd cells = PriorCells(grid, causes, prior, kDesignPatients);
  const MatrixXd workload = Workload(cells, grid.bins(), causes);
  const MatrixXd at_risk = AtRiskIndicators(grid.bins(), causes);
  const MatrixXd m = workload.transpose() * workload +
                     kAtRiskWeight * at_risk.transpose() * at_risk +
                     kCellWeight * MatrixXd::Identity(cells.size(), cells.size());
  return RoundedFactor(m, scale);
}

absl::StatusOr<privacy::Strategy> DesignEntryStrategy(const privacy::Grid& grid, int scale) {
  MatrixXd suffix_sums = MatrixXd::Zero(grid.bins(), grid.bins());
  suffix_sums.triangularView<Eigen::Upper>().setOnes();
  return RoundedFactor(suffix_sums.transpose() * suffix_sums, scale);
}

}  // namespace perdura::privacy_design
