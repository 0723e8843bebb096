#include "base/sqlite/one_row.h"

#include "base/status_macros.h"

namespace perdura::base {

absl::StatusOr<Statement> OneRow(Database& database, absl::string_view sql,
                                 std::initializer_list<SqlValue> values,
                                 absl::string_view missing) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database.Prepare(sql));
  PERDURA_RETURN_IF_ERROR(rows.Bind(values));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return absl::NotFoundError(missing);
  return rows;
}

}  // namespace perdura::base
