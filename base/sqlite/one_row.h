#ifndef PERDURA_BASE_SQLITE_ONE_ROW_H_
#define PERDURA_BASE_SQLITE_ONE_ROW_H_

#include <initializer_list>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::base {

// The first row of a query that must give one: Prepare, Bind, Step. `missing` is the
// message where there is none, such as "log: no such entry". Returns NotFound then, and the errors
// of the three.
absl::StatusOr<Statement> OneRow(Database& database, absl::string_view sql,
                                 std::initializer_list<SqlValue> values, absl::string_view missing);

}  // namespace perdura::base

#endif  // PERDURA_BASE_SQLITE_ONE_ROW_H_
