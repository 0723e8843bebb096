#ifndef PERDURA_QUERY_TABLE_SHAPE_H_
#define PERDURA_QUERY_TABLE_SHAPE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "perdura/v1/charter.pb.h"
#include "privacy/strategy.h"
#include "query/plan.h"

namespace perdura::query {

// What one group of a table is, without its row `not_evaluable`: a pure function of plan and
// charter.
//
//   kind                  cells                          matrix          one patient
//   event                 cause 1..J, censored, by bin   strategy        one cell
//   event, delayed entry  entry bin 0..K x exit cells    exit over entry one cell
//   category              the charter's categories       s I             one cell
//   flags                 `all` if wanted, then flags    s I             at most `cap` cells
//   moment                513 steps of the value         n, sum, squares one cell
//
// s is 256 in `adhoc` and 1 in `flagship`, where event tables are flat too (R = I).
struct TableShape {
  v1::TableKind kind = v1::TABLE_KIND_UNSPECIFIED;
  // Rows by cells; what is measured.
  std::shared_ptr<const privacy::Strategy> matrix;
  // Of the exit margin, and of the entry margin where there is one: event tables only.
  std::shared_ptr<const privacy::Strategy> exit;
  std::shared_ptr<const privacy::Strategy> entry;
  // Most cells that one patient is in. Above 1 only where the columns of `matrix` are orthogonal.
  int cap = 1;
  // Of the cells of category and flag tables, in order.
  std::vector<std::string> names;
};

// The name of the first row of a flag table that has one for everybody.
inline constexpr absl::string_view kAllFlag = "all";

// Returns InvalidArgument `layout_mismatch` for what the charter lacks or the matrix cannot hold.
absl::StatusOr<TableShape> ShapeOf(const Plan& plan, const federation::Charter& charter);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_TABLE_SHAPE_H_
