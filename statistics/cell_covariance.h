#ifndef PERDURA_STATISTICS_CELL_COVARIANCE_H_
#define PERDURA_STATISTICS_CELL_COVARIANCE_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::statistics {

// The covariance of a group's cells around the exact ones: that of the noise, which depends on
// public numbers only, or a posterior one (hazard_smoothing.h). Immutable.
class CellCovariance final {
 public:
  // Independent noise of `variance` >= 0 on each of `cells` >= 1 cells: `flagship`, phi 2p /
  // (1-p)^2. Zero: no noise.
  static absl::StatusOr<CellCovariance> Diagonal(int cells, double variance);
  // row_variance (R'R)^-1 for an upper triangular square R (row-major) measured with independent
  // noise of `row_variance` (v Q, all dealers) >= 0 on each row. Returns InvalidArgument if R is
  // not square, not upper triangular or has a zero on its diagonal.
  static absl::StatusOr<CellCovariance> FromStrategy(int rows, int columns,
                                                     std::span<const int16_t> entries,
                                                     double row_variance);
  // Any symmetric matrix, row-major: a posterior covariance. Returns InvalidArgument unless
  // `values` are cells x cells finite numbers, none negative on the diagonal. That the matrix is
  // positive semidefinite is the caller's.
  static absl::StatusOr<CellCovariance> FromValues(int cells, std::vector<double> values);
  // Independent blocks one after the other: exit cells, then entry cells.
  static CellCovariance Join(const CellCovariance& first, const CellCovariance& second);

  // Of sums of these cells: cell i is part of sum into[i], in [0, sums); into has cells() numbers.
  // A Cov A' with A_si = 1[into[i] = s]. A sum of nothing has no variance.
  CellCovariance Summed(std::span<const int> into, int sums) const;

  int cells() const { return cells_; }
  // gradient' Cov gradient; `gradient` has cells() numbers.
  double Quadratic(std::span<const double> gradient) const { return Bilinear(gradient, gradient); }
  double Bilinear(std::span<const double> left, std::span<const double> right) const;
  double at(int row, int column) const;

 private:
  CellCovariance(int cells, std::vector<double> values)
      : cells_(cells), values_(std::move(values)) {}
  int cells_;
  std::vector<double> values_;  // symmetric, row-major
};

// q = R^-1 y by back substitution: the cells of one group from the released integers `rows` of its
// block. Real, negative and correlated: not counts. Errors as for FromStrategy, or if y has another
// length than R has rows.
absl::StatusOr<std::vector<double>> InvertStrategy(int rows, int columns,
                                                   std::span<const int16_t> entries,
                                                   std::span<const int64_t> y);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_CELL_COVARIANCE_H_
