#include "base/sqlite/settings.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/sqlite/database.h"
#include "base/sqlite/state.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::base {
namespace {

using test_support::StatusIs;

// Asks a raw connection, on which the authorizer does not sit.
std::string Pragma(sqlite3* handle, const std::string& name) {
  sqlite3_stmt* statement = nullptr;
  const std::string sql = absl::StrCat("PRAGMA ", name);
  EXPECT_EQ(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
  std::string text;
  if (sqlite3_step(statement) == SQLITE_ROW) {
    text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  return text;
}

class SettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(sqlite3_open_v2(folder_.File("db").c_str(), &handle_,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE,
                              nullptr),
              SQLITE_OK);
  }
  void TearDown() override { sqlite3_close(handle_); }

  int Config(int code) {
    int value = -1;
    EXPECT_EQ(sqlite3_db_config(handle_, code, -1, &value), SQLITE_OK);
    return value;
  }

  test_support::TempFolder folder_;
  sqlite3* handle_ = nullptr;
};

TEST_F(SettingsTest, PragmasAreThoseOfTheDesign) {
  ASSERT_OK(ApplySettings(handle_, {}));
  EXPECT_EQ(Pragma(handle_, "journal_mode"), "wal");
  EXPECT_EQ(Pragma(handle_, "synchronous"), "2");
  EXPECT_EQ(Pragma(handle_, "foreign_keys"), "1");
  EXPECT_EQ(Pragma(handle_, "recursive_triggers"), "1");
  EXPECT_EQ(Pragma(handle_, "cell_size_check"), "1");
  EXPECT_EQ(Pragma(handle_, "temp_store"), "2");
  EXPECT_EQ(Pragma(handle_, "mmap_size"), "0");
  EXPECT_EQ(Pragma(handle_, "secure_delete"), "1");
  EXPECT_EQ(Pragma(handle_, "wal_autocheckpoint"), "1000");
  EXPECT_EQ(Pragma(handle_, "locking_mode"), "normal");
}
TEST_F(SettingsTest, ExclusiveLockingIsSetForLedgers) {
  ASSERT_OK(ApplySettings(handle_, {.exclusive = true}));
  EXPECT_EQ(Pragma(handle_, "locking_mode"), "exclusive");
}
TEST_F(SettingsTest, ConfigurationIsThatOfTheDesign) {
  ASSERT_OK(ApplySettings(handle_, {}));
  EXPECT_EQ(Config(SQLITE_DBCONFIG_DEFENSIVE), 1);
  EXPECT_EQ(Config(SQLITE_DBCONFIG_TRUSTED_SCHEMA), 0);
  EXPECT_EQ(Config(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION), 0);
  EXPECT_EQ(Config(SQLITE_DBCONFIG_DQS_DML), 0);
  EXPECT_EQ(Config(SQLITE_DBCONFIG_DQS_DDL), 0);
  int persist = -1;
  EXPECT_EQ(sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &persist), SQLITE_OK);
  EXPECT_EQ(persist, 1);
}
TEST_F(SettingsTest, LimitsAreThoseOfTheDesign) {
  ASSERT_OK(ApplySettings(handle_, {}));
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, -1), 1000000);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_SQL_LENGTH, -1), 10000);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_COLUMN, -1), 100);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_EXPR_DEPTH, -1), 20);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_COMPOUND_SELECT, -1), 5);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_VDBE_OP, -1), 1000000);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_FUNCTION_ARG, -1), 8);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, -1), 0);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1), 50);
  EXPECT_EQ(sqlite3_limit(handle_, SQLITE_LIMIT_VARIABLE_NUMBER, -1), 250);
  EXPECT_EQ(sqlite3_hard_heap_limit64(-1), int64_t{256} << 20);
}
// A setting that does not take refuses the database: a memory journal can never be WAL.
TEST_F(SettingsTest, DifferentJournalIsRefusedByName) {
  sqlite3* memory = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &memory), SQLITE_OK);
  EXPECT_THAT(ApplySettings(memory, {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  sqlite3_close(memory);
}

TEST(DatabaseOpenTest, RefusesPathsThatSqliteReadsInItsOwnWay) {
  for (const char* path : {"", ":memory:", "file:x?mode=memory"}) {
    EXPECT_THAT(Database::Open({.path = path, .create = true}),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("path")));
  }
}
TEST(DatabaseOpenTest, RefusesReadOnlyWithCreateOrExclusive) {
  EXPECT_THAT(Database::Open({.path = "x", .create = true, .read_only = true}),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("read_only")));
  EXPECT_THAT(Database::Open({.path = "x", .exclusive = true, .read_only = true}),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("read_only")));
}
TEST(DatabaseOpenTest, RefusesAStatementLimitOfZero) {
  EXPECT_THAT(
      Database::Open({.path = "x", .statement_limit_ms = 0}),
      StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("statement_limit_ms")));
}
TEST(DatabaseOpenTest, AbsentFileIsMadeOnlyOnDemandAndForTheOwner) {
  const test_support::TempFolder folder;
  const std::string path = folder.File("db");
  EXPECT_THAT(Database::Open({.path = path}), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const auto database, Database::Open({.path = path, .create = true}));
  struct stat facts;
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}
TEST(DatabaseOpenTest, SecondWriterIsRefusedUntilTheFirstIsGone) {
  const test_support::TempFolder folder;
  const std::string path = folder.File("db");
  ASSERT_OK_AND_ASSIGN(auto first, Database::Open({.path = path, .create = true}));
  EXPECT_THAT(Database::Open({.path = path}), StatusIs(absl::StatusCode::kFailedPrecondition));
  first.reset();
  EXPECT_OK(Database::Open({.path = path}));
}
TEST(DatabaseOpenTest, WriteAheadLogStaysAfterClosing) {
  const test_support::TempFolder folder;
  const std::string path = folder.File("db");
  ASSERT_OK_AND_ASSIGN(auto database, Database::Open({.path = path, .create = true}));
  database.reset();
  EXPECT_THAT(FileExists(path + "-wal"), test_support::IsOkAndHolds(true));
}
TEST(DatabaseOpenTest, FileThatIsNoDatabaseIsDataLoss) {
  const test_support::TempFolder folder;
  const std::string path = folder.File("db");
  ASSERT_OK(WriteFileAtomic(path, std::string(8192, 'x')));
  EXPECT_THAT(Database::Open({.path = path}), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace perdura::base
