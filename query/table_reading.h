#ifndef PERDURA_QUERY_TABLE_READING_H_
#define PERDURA_QUERY_TABLE_READING_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/derived_answer.h"
#include "query/layout.h"
#include "query/plan.h"
#include "statistics/cell_covariance.h"

namespace perdura::query {

// How the table of a plan is read off the rows of a release: of its own, or of one that it follows
// from (derived_answer.h). Cells are q = R^-1 y of each released group; a cell asked is the sum
// A q of released ones, over m groups, with the covariance m A Cov(q) A' of their noise. Public
// parameters and released numbers only, so free of charge. Immutable.
class TableReading final {
 public:
  // `layout`: of `asked`. `row_variance`: of the noise on one released row (row_noise.h). Returns
  // InvalidArgument `layout_mismatch` if `asked` does not follow from `released`, and the errors of
  // Layout::Create. `charter` must outlive the reading.
  static absl::StatusOr<TableReading> Create(const Plan& asked, const Layout& layout,
                                             const Plan& released,
                                             const federation::Charter& charter,
                                             double row_variance);

  // Of the table asked, and of the one whose rows are read.
  const Layout& layout() const { return layout_; }
  const Layout& released_layout() const { return released_; }
  const Derivation& derivation() const { return derivation_; }
  double row_variance() const { return row_variance_; }

  // Of one group asked; `group` from 0. `values`: the rows of the release, released_layout().rows()
  // of them.
  //
  // Rows, `not_evaluable` last, summed over the released groups; only where rows are not changed by
  // the grid: all of tables that are not of events, `not_evaluable` of any.
  std::vector<double> Rows(size_t group, std::span<const int64_t> values) const;
  double NotEvaluable(size_t group, std::span<const int64_t> values) const;
  // Of the noise on one of them.
  double RowVariance(size_t group) const;
  // Event tables: exit cells, then entry cells where there are such, and the covariance of their
  // noise.
  absl::StatusOr<std::vector<double>> Cells(size_t group, std::span<const int64_t> values) const;
  absl::StatusOr<statistics::CellCovariance> Covariance(size_t group) const;

  // How noisy the table asked is, in squared patients: the mean variance of the noise on the
  // numbers at risk of all groups and bins; of the other kinds, on a row.
  absl::StatusOr<double> NoiseOnCounts() const;

 private:
  TableReading(Layout layout, Layout released, Derivation derivation, double row_variance)
      : layout_(std::move(layout)),
        released_(std::move(released)),
        derivation_(std::move(derivation)),
        row_variance_(row_variance) {}
  double Summed(size_t group) const {
    return static_cast<double>(derivation_.groups[group].size());
  }
  // The rows of one released group.
  std::span<const int64_t> Block(int released_group, std::span<const int64_t> values) const;
  // For each released cell the cell asked that it is part of.
  std::vector<int> CellsAsked() const;
  absl::StatusOr<double> NoiseOnNumbersAtRisk(size_t group) const;

  Layout layout_;
  Layout released_;
  Derivation derivation_;
  double row_variance_;
};

}  // namespace perdura::query

#endif  // PERDURA_QUERY_TABLE_READING_H_
