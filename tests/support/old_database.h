#ifndef PERDURA_TESTS_SUPPORT_OLD_DATABASE_H_
#define PERDURA_TESTS_SUPPORT_OLD_DATABASE_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/files.h"
#include "base/sqlite/database.h"

namespace perdura::test_support {

// Makes the file `path` from the dump tests/support/old_databases/`dump`.sql, as a program of that
// day left it: with its application id and the number of its last migration, 1 to 4.
inline std::unique_ptr<base::Database> OldDatabase(const std::string& path, const std::string& dump,
                                                   int32_t application_id, size_t version) {
  const auto text = base::ReadFile(
      absl::StrCat(PERDURA_SOURCE_DIR, "/tests/support/old_databases/", dump, ".sql"), 1 << 20);
  PERDURA_CHECK(text.ok());
  std::array<base::Migration, 4> steps = {base::Migration{1, ""}, base::Migration{2, ""},
                                          base::Migration{3, ""}, base::Migration{4, ""}};
  PERDURA_CHECK(version >= 1 && version <= steps.size());
  steps[version - 1].sql = *text;
  auto database = base::Database::Open({.path = path, .create = true});
  PERDURA_CHECK(database.ok());
  PERDURA_CHECK(
      base::ApplyMigrations(**database, application_id, std::span(steps).first(version)).ok());
  return *std::move(database);
}

// Every table, index and trigger, sorted by name, without comments and line breaks: equal for two
// databases that behave alike.
inline std::vector<std::string> SchemaOf(base::Database& database) {
  auto rows =
      database.Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name");
  PERDURA_CHECK(rows.ok());
  std::vector<std::string> schema;
  for (;;) {
    const auto more = rows->Step();
    PERDURA_CHECK(more.ok());
    if (!*more) return schema;
    std::vector<std::string> lines = absl::StrSplit(*rows->TextAt(0), '\n');
    for (std::string& line : lines) line = line.substr(0, line.find("--"));
    std::string sql = absl::StrJoin(lines, " ");
    absl::RemoveExtraAsciiWhitespace(&sql);
    schema.push_back(std::move(sql));
  }
}

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_OLD_DATABASE_H_
