#include "query/table_reading.h"

#include <optional>

#include "base/reason.h"
#include "base/status_macros.h"
#include "privacy/strategy.h"

namespace perdura::query {
namespace {

using statistics::CellCovariance;

// q of the first rows of `rows`.
absl::StatusOr<std::vector<double>> Inverted(const privacy::Strategy& strategy,
                                             std::span<const int64_t> rows) {
  return statistics::InvertStrategy(strategy.rows(), strategy.columns(), strategy.entries(),
                                    rows.first(static_cast<size_t>(strategy.rows())));
}

absl::StatusOr<CellCovariance> CovarianceOf(const privacy::Strategy& strategy, bool flat,
                                            double row_variance) {
  if (flat) return CellCovariance::Diagonal(strategy.columns(), row_variance);
  return CellCovariance::FromStrategy(strategy.rows(), strategy.columns(), strategy.entries(),
                                      row_variance);
}

// Exit and entry cells of one group, without `not_evaluable`.
int CellsOfGroup(const Layout& layout) {
  const TableShape& shape = layout.shape();
  return shape.exit->columns() + (shape.entry == nullptr ? 0 : shape.entry->columns());
}

}  // namespace

absl::StatusOr<TableReading> TableReading::Create(const Plan& asked, const Layout& layout,
                                                  const Plan& released,
                                                  const federation::Charter& charter,
                                                  double row_variance) {
  std::optional<Derivation> derivation = Follows(asked, released, charter);
  if (!derivation.has_value()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch",
                        "release: another plan, from which the plan asked does not follow");
  }
  PERDURA_ASSIGN_OR_RETURN(Layout released_layout, Layout::Create(released, charter));
  return TableReading(layout, std::move(released_layout), *std::move(derivation), row_variance);
}

std::span<const int64_t> TableReading::Block(int released_group,
                                             std::span<const int64_t> values) const {
  const auto rows = static_cast<size_t>(released_.rows_per_group());
  return values.subspan(static_cast<size_t>(released_group) * rows, rows);
}

std::vector<double> TableReading::Rows(size_t group, std::span<const int64_t> values) const {
  std::vector<double> sums(static_cast<size_t>(released_.rows_per_group()), 0);
  for (const int part : derivation_.groups[group]) {
    const auto block = Block(part, values);
    for (size_t row = 0; row < sums.size(); ++row) sums[row] += static_cast<double>(block[row]);
  }
  return sums;
}

double TableReading::NotEvaluable(size_t group, std::span<const int64_t> values) const {
  return Rows(group, values).back();
}

double TableReading::RowVariance(size_t group) const { return Summed(group) * row_variance_; }

std::vector<int> TableReading::CellsAsked() const {
  const int bins = layout_.bins();
  const int kinds = layout_.causes() + 1;
  std::vector<int> asked;
  for (int kind = 0; kind < kinds; ++kind) {
    for (const int bin : derivation_.bins) {
      // After the last knot everybody is censored there, the last of the kinds.
      asked.push_back(bin < bins ? kind * bins + bin : kinds * bins - 1);
    }
  }
  if (released_.shape().entry == nullptr) return asked;
  for (const int bin : derivation_.bins) asked.push_back(kinds * bins + bin);
  return asked;
}

absl::StatusOr<std::vector<double>> TableReading::Cells(size_t group,
                                                        std::span<const int64_t> values) const {
  const TableShape& shape = released_.shape();
  const std::vector<int> asked = CellsAsked();
  std::vector<double> cells(static_cast<size_t>(CellsOfGroup(layout_)), 0);
  for (const int part : derivation_.groups[group]) {
    const auto rows = Block(part, values);
    PERDURA_ASSIGN_OR_RETURN(std::vector<double> released, Inverted(*shape.exit, rows));
    if (shape.entry != nullptr) {
      PERDURA_ASSIGN_OR_RETURN(
          const std::vector<double> entries,
          Inverted(*shape.entry, rows.subspan(static_cast<size_t>(shape.exit->rows()))));
      released.insert(released.end(), entries.begin(), entries.end());
    }
    for (size_t cell = 0; cell < released.size(); ++cell) {
      cells[static_cast<size_t>(asked[cell])] += released[cell];
    }
  }
  return cells;
}

absl::StatusOr<CellCovariance> TableReading::Covariance(size_t group) const {
  const TableShape& shape = released_.shape();
  const double variance = RowVariance(group);
  PERDURA_ASSIGN_OR_RETURN(CellCovariance covariance,
                           CovarianceOf(*shape.exit, released_.flat(), variance));
  if (shape.entry != nullptr) {
    PERDURA_ASSIGN_OR_RETURN(const CellCovariance entry,
                             CovarianceOf(*shape.entry, released_.flat(), variance));
    covariance = CellCovariance::Join(covariance, entry);
  }
  return covariance.Summed(CellsAsked(), CellsOfGroup(layout_));
}

absl::StatusOr<double> TableReading::NoiseOnNumbersAtRisk(size_t group) const {
  PERDURA_ASSIGN_OR_RETURN(const CellCovariance covariance, Covariance(group));
  const int bins = layout_.bins();
  double total = 0;
  for (int first = 0; first < bins; ++first) {
    std::vector<double> at_risk(static_cast<size_t>(covariance.cells()), 0);
    for (int cell = 0; cell < (layout_.causes() + 1) * bins; ++cell) {
      at_risk[static_cast<size_t>(cell)] = cell % bins >= first ? 1 : 0;
    }
    total += covariance.Quadratic(at_risk);
  }
  return total / bins;
}

absl::StatusOr<double> TableReading::NoiseOnCounts() const {
  const auto entry = static_cast<double>(layout_.not_evaluable_entry());
  double total = 0;
  for (size_t group = 0; group < derivation_.groups.size(); ++group) {
    if (layout_.shape().kind != v1::TABLE_EVENT) {
      total += RowVariance(group) / (entry * entry);
      continue;
    }
    PERDURA_ASSIGN_OR_RETURN(const double variance, NoiseOnNumbersAtRisk(group));
    total += variance;
  }
  return total / static_cast<double>(derivation_.groups.size());
}

}  // namespace perdura::query
