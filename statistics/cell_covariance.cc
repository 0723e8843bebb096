#include "statistics/cell_covariance.h"

#include <algorithm>
#include <cmath>

#include "Eigen/Core"
#include "absl/status/status.h"
#include "base/check.h"
#include "base/status_macros.h"

namespace perdura::statistics {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

absl::StatusOr<RowMajor> UpperTriangular(int rows, int columns, std::span<const int16_t> entries) {
  if (rows < 1 || rows != columns) {
    return absl::InvalidArgumentError("strategy: must be square to be inverted");
  }
  if (entries.size() != static_cast<size_t>(rows) * static_cast<size_t>(columns)) {
    return absl::InvalidArgumentError("strategy: rows x columns entries expected");
  }
  RowMajor matrix(rows, columns);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const int16_t entry = entries[static_cast<size_t>(r * columns + c)];
      if (c < r && entry != 0) {
        return absl::InvalidArgumentError("strategy: must be upper triangular");
      }
      if (c == r && entry == 0) {
        return absl::InvalidArgumentError("strategy: has a zero on its diagonal");
      }
      matrix(r, c) = entry;
    }
  }
  return matrix;
}

bool IsVariance(double value) { return std::isfinite(value) && value >= 0; }

}  // namespace

absl::StatusOr<CellCovariance> CellCovariance::Diagonal(int cells, double variance) {
  if (cells < 1) return absl::InvalidArgumentError("cells: must be at least 1");
  if (!IsVariance(variance)) {
    return absl::InvalidArgumentError("variance: must be finite and not negative");
  }
  const size_t size = static_cast<size_t>(cells);
  std::vector<double> values(size * size, 0);
  for (size_t i = 0; i < size; ++i) values[i * size + i] = variance;
  return CellCovariance(cells, std::move(values));
}

absl::StatusOr<CellCovariance> CellCovariance::FromStrategy(int rows, int columns,
                                                            std::span<const int16_t> entries,
                                                            double row_variance) {
  if (!IsVariance(row_variance)) {
    return absl::InvalidArgumentError("row_variance: must be finite and not negative");
  }
  PERDURA_ASSIGN_OR_RETURN(const RowMajor matrix, UpperTriangular(rows, columns, entries));
  const RowMajor inverse =
      matrix.triangularView<Eigen::Upper>().solve(RowMajor::Identity(rows, columns));
  const RowMajor covariance = row_variance * inverse * inverse.transpose();
  return CellCovariance(rows, {covariance.data(), covariance.data() + covariance.size()});
}

absl::StatusOr<CellCovariance> CellCovariance::FromValues(int cells, std::vector<double> values) {
  if (cells < 1) return absl::InvalidArgumentError("cells: must be at least 1");
  const size_t size = static_cast<size_t>(cells);
  if (values.size() != size * size) {
    return absl::InvalidArgumentError("values: cells x cells numbers expected");
  }
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    return absl::InvalidArgumentError("values: must be finite");
  }
  for (size_t i = 0; i < size; ++i) {
    if (!IsVariance(values[i * size + i])) {
      return absl::InvalidArgumentError("values: a variance must not be negative");
    }
  }
  return CellCovariance(cells, std::move(values));
}

CellCovariance CellCovariance::Join(const CellCovariance& first, const CellCovariance& second) {
  const int cells = first.cells_ + second.cells_;
  const size_t size = static_cast<size_t>(cells);
  std::vector<double> values(size * size, 0);
  for (int r = 0; r < cells; ++r) {
    for (int c = 0; c < cells; ++c) {
      const bool in_first = r < first.cells_ && c < first.cells_;
      const bool in_second = r >= first.cells_ && c >= first.cells_;
      double& value = values[static_cast<size_t>(r) * size + static_cast<size_t>(c)];
      if (in_first) value = first.at(r, c);
      if (in_second) value = second.at(r - first.cells_, c - first.cells_);
    }
  }
  return CellCovariance(cells, std::move(values));
}

CellCovariance CellCovariance::Summed(std::span<const int> into, int sums) const {
  PERDURA_CHECK(into.size() == static_cast<size_t>(cells_));
  const size_t size = static_cast<size_t>(sums);
  std::vector<double> values(size * size, 0);
  for (int r = 0; r < cells_; ++r) {
    const int row = into[static_cast<size_t>(r)];
    PERDURA_CHECK(row >= 0 && row < sums);
    for (int c = 0; c < cells_; ++c) {
      const int column = into[static_cast<size_t>(c)];
      values[static_cast<size_t>(row) * size + static_cast<size_t>(column)] += at(r, c);
    }
  }
  return CellCovariance(sums, std::move(values));
}

double CellCovariance::Bilinear(std::span<const double> left, std::span<const double> right) const {
  const Eigen::Map<const RowMajor> covariance(values_.data(), cells_, cells_);
  const Eigen::Map<const Eigen::VectorXd> a(left.data(), cells_);
  const Eigen::Map<const Eigen::VectorXd> b(right.data(), cells_);
  return a.dot(covariance * b);
}

double CellCovariance::at(int row, int column) const {
  return values_[static_cast<size_t>(row) * static_cast<size_t>(cells_) +
                 static_cast<size_t>(column)];
}

absl::StatusOr<std::vector<double>> InvertStrategy(int rows, int columns,
                                                   std::span<const int16_t> entries,
                                                   std::span<const int64_t> y) {
  PERDURA_ASSIGN_OR_RETURN(const RowMajor matrix, UpperTriangular(rows, columns, entries));
  if (y.size() != static_cast<size_t>(rows)) {
    return absl::InvalidArgumentError("y: one number for each row of the strategy expected");
  }
  Eigen::VectorXd right(rows);
  for (int r = 0; r < rows; ++r) right(r) = static_cast<double>(y[static_cast<size_t>(r)]);
  const Eigen::VectorXd cells = matrix.triangularView<Eigen::Upper>().solve(right);
  return std::vector<double>(cells.data(), cells.data() + cells.size());
}

}  // namespace perdura::statistics
