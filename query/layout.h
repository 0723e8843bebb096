#ifndef PERDURA_QUERY_LAYOUT_H_
#define PERDURA_QUERY_LAYOUT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/plan.h"

namespace perdura::query {

// Cells and rows of a table: a pure function of plan and charter.
//
// Order (privacy.md 4): group, then cause 1..J, censored, each by bin 1..K; `not_evaluable` last in
// its group. Cells per group: (J + 1) K + 1. Rows per group: rows of the strategy + 1
// (not_evaluable, entry 256). A flat table (strategy `identity`) measures every cell by itself, all
// entries 1, so that Delta_1 is 1 for each node that counts a patient.
//
// Privacy: a patient is in at most one cell. l2_squared() and l1() are the largest over all cells,
// times nodes_per_patient squared and nodes_per_patient. Immutable.
class Layout final {
 public:
  // Returns InvalidArgument `layout_mismatch` if the table would exceed the charter's max_rows.
  static absl::StatusOr<Layout> Create(const Plan& plan, const federation::Charter& charter);

  // Canonical text and its SHA-256.
  const std::string& text() const { return text_; }
  const std::string& hash() const { return hash_; }
  // Category ids of the groups; one empty string if there is one group.
  const std::vector<std::string>& groups() const { return groups_; }
  int bins() const { return bins_; }
  int causes() const { return causes_; }
  int cells() const;
  int rows() const;
  int rows_per_group() const;
  // Whether cells are measured one by one (R = I, `flagship`).
  bool flat() const { return flat_; }
  // What one patient in the cell `not_evaluable` adds to its row.
  int64_t not_evaluable_entry() const { return flat_ ? 1 : 256; }
  // B: most that one patient adds to a row, in absolute value.
  uint64_t patient_bound() const;
  uint64_t l2_squared() const;
  uint64_t l1() const;

  // Cell of an exit: `group` and `bin` from 0; `cause` 0 is censored, 1..J an event.
  int CellOf(int group, int bin, int cause) const;
  int NotEvaluableCell(int group) const;

  // Rows R q for exact counts `cells` (size cells()). The result has size rows().
  std::vector<int64_t> Measure(std::span<const int64_t> cells) const;

  const privacy::Strategy& strategy() const { return *strategy_; }
  const privacy::Grid& grid() const { return *grid_; }

 private:
  Layout() = default;

  std::string text_, hash_;
  std::vector<std::string> groups_;
  int bins_ = 0;
  int causes_ = 0;
  uint32_t nodes_per_patient_ = 1;
  bool flat_ = false;
  std::shared_ptr<const privacy::Strategy> strategy_;
  // Of the charter, which must outlive the layout.
  const privacy::Grid* grid_ = nullptr;
};

}  // namespace perdura::query

#endif  // PERDURA_QUERY_LAYOUT_H_
