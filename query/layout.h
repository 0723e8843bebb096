#ifndef PERDURA_QUERY_LAYOUT_H_
#define PERDURA_QUERY_LAYOUT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/plan.h"
#include "query/table_shape.h"

namespace perdura::query {

// Cells and rows of a table: a pure function of plan and charter. Groups are blocks, one after the
// other; each is a TableShape with a cell and a row `not_evaluable` as its last, of the entry 256,
// or 1 in `flagship`.
//
// Privacy: a patient is in one group, there either in `not_evaluable` alone or in at most
// shape().cap other cells. l2_squared() and l1() are the largest that this can change, times
// nodes_per_patient squared and nodes_per_patient. Immutable.
class Layout final {
 public:
  // Returns InvalidArgument `layout_mismatch`: errors of ShapeOf, or if the table would exceed the
  // charter's max_rows.
  static absl::StatusOr<Layout> Create(const Plan& plan, const federation::Charter& charter);

  // Canonical text and its SHA-256.
  const std::string& text() const { return text_; }
  const std::string& hash() const { return hash_; }
  const TableShape& shape() const { return shape_; }
  // Category ids of the groups; one empty string if there is one group.
  const std::vector<std::string>& groups() const { return groups_; }
  int cells() const { return static_cast<int>(groups_.size()) * cells_per_group(); }
  int rows() const { return static_cast<int>(groups_.size()) * rows_per_group(); }
  int rows_per_group() const { return shape_.matrix->rows() + 1; }
  // What one patient in the cell `not_evaluable` adds to its row.
  int64_t not_evaluable_entry() const { return flagship_ ? 1 : 256; }
  // B: most that one patient adds to a row, in absolute value.
  uint64_t patient_bound() const;
  uint64_t l2_squared() const;
  uint64_t l1() const;

  // Event tables: the grid, number of bins and of causes; 0 in others, which have no grid.
  const privacy::Grid& grid() const { return *grid_; }
  int bins() const { return grid_ == nullptr ? 0 : grid_->bins(); }
  int causes() const { return causes_; }
  // Whether cells are measured one by one (R = I).
  bool flat() const { return flat_; }

  // Cell of an exit in an event table: `group` and `bin` from 0; `cause` 0 is censored, 1..J an
  // event. `entry` is 0 for who was there from day 0, else the entry bin from 1 (with an entry axis
  // only).
  int CellOf(int group, int bin, int cause, int entry = 0) const;
  // Cell `cell` of shape() in a group.
  int CellInGroup(int group, int cell) const;
  int NotEvaluableCell(int group) const;

  // Rows R q for exact counts `cells` (size cells()). The result has size rows().
  std::vector<int64_t> Measure(std::span<const int64_t> cells) const;

 private:
  explicit Layout(TableShape shape) : shape_(std::move(shape)) {}
  int cells_per_group() const { return shape_.matrix->columns() + 1; }
  std::string Text(const Plan& plan) const;

  std::string text_, hash_;
  TableShape shape_;
  std::vector<std::string> groups_;
  int causes_ = 0;
  uint32_t nodes_per_patient_ = 1;
  bool flagship_ = false;
  bool flat_ = false;
  // Of the charter, which must outlive the layout.
  const privacy::Grid* grid_ = nullptr;
};

}  // namespace perdura::query

#endif  // PERDURA_QUERY_LAYOUT_H_
