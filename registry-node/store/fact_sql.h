#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "registry-node/store/fact_rows.h"

// The statements of the fact tables, put together from the constants of fact_tables.h. Instantiated
// for every fact in fact_sql.cc.
namespace perdura::registry_node {

template <typename Fact>
absl::string_view TableName();

// record, version, op, recorded_at, actor, source, source_ref, reason, then the fact's columns.
template <typename Fact>
std::string InsertSql();

// record, version, op, then the fact's columns, of every version with recorded_at < ?1, in order of
// arrival: what ReadVersion reads.
template <typename Fact>
std::string SelectBeforeSql();

// Number of rows that break what the triggers keep: a version without its predecessor, or one that
// was recorded before it.
template <typename Fact>
std::string BrokenRowsSql();

// Binds a version to InsertSql and runs it. Errors of Statement::Run.
template <typename Fact>
absl::Status InsertVersion(base::Statement& insert, const NewVersion<Fact>& row,
                           int64_t recorded_at, absl::string_view actor);

// Reads the row that `select` stands on. Returns DataLoss where a column is damaged.
template <typename Fact>
absl::Status ReadVersion(const base::Statement& select, Versioned<Fact>& version);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_
