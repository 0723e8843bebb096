#ifndef PERDURA_TESTS_SUPPORT_LOG_DATABASE_H_
#define PERDURA_TESTS_SUPPORT_LOG_DATABASE_H_

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sqlite/database.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/merkle_log.h"
#include "federation/log/sqlite_head_store.h"

namespace perdura::test_support {

// A database in memory with a party's log and held heads, and nothing else.
inline std::unique_ptr<base::Database> LogDatabase() {
  auto database = base::Database::OpenInMemory();
  PERDURA_CHECK(database.ok());
  const std::string schema = absl::StrCat(federation::log::kLogSchema, federation::log::kHeadSchema,
                                          federation::kRebaseSchema);
  const std::array<base::Migration, 1> migrations = {base::Migration{1, schema}};
  PERDURA_CHECK(base::ApplyMigrations(**database, 1, migrations).ok());
  return *std::move(database);
}

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_LOG_DATABASE_H_
