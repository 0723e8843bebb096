#include "base/sqlite/database.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "base/files.h"
#include "base/storage_failure.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::base {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int32_t kApplication = 7;
constexpr Migration kSchema[] = {{1, R"sql(
  CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) <= 1000),
    body BLOB
  ) STRICT;
  CREATE TABLE audit (id INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
  CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
)sql"}};

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, Database::Open({.path = path_, .create = true}));
    ASSERT_OK(ApplyMigrations(*database_, kApplication, kSchema));
  }
  absl::Status Insert(int64_t id, const char* name) {
    return database_->Execute("INSERT INTO items (id, name) VALUES (?1, ?2)", {id, name});
  }
  absl::StatusOr<int64_t> Count() {
    auto statement = database_->Prepare("SELECT count(*) FROM items");
    if (!statement.ok()) return statement.status();
    if (const auto row = statement->Step(); !row.ok()) return row.status();
    return statement->Int64At(0);
  }

  test_support::TempFolder folder_;
  const std::string path_ = folder_.File("db");
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWereBound) {
  const std::string bytes("\0\xff", 2);
  ASSERT_OK(database_->Execute("INSERT INTO items VALUES (?1, ?2, ?3)",
                               {int64_t{1} << 62, std::string("a\0b", 3), Blob{bytes}}));
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT id, name, body FROM items"));
  EXPECT_THAT(row.Step(), IsOkAndHolds(true));
  EXPECT_THAT(row.Int64At(0), IsOkAndHolds(int64_t{1} << 62));
  EXPECT_THAT(row.TextAt(1), IsOkAndHolds(std::string("a\0b", 3)));
  EXPECT_THAT(row.BlobAt(2), IsOkAndHolds(bytes));
  EXPECT_THAT(row.Step(), IsOkAndHolds(false));
}
TEST_F(DatabaseTest, EmptyTextAndBlobAreNotNull) {
  ASSERT_OK(database_->Execute("INSERT INTO items VALUES (1, ?1, ?2)",
                               {absl::string_view(), Blob{absl::string_view()}}));
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT name, body FROM items"));
  EXPECT_THAT(row.Step(), IsOkAndHolds(true));
  EXPECT_THAT(row.TextAt(0), IsOkAndHolds(""));
  EXPECT_THAT(row.BlobAt(1), IsOkAndHolds(""));
  EXPECT_FALSE(row.IsNullAt(1));
}
TEST_F(DatabaseTest, NulloptIsNull) {
  ASSERT_OK(database_->Execute("INSERT INTO items VALUES (1, 'a', ?1)", {std::nullopt}));
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT body FROM items"));
  EXPECT_THAT(row.Step(), IsOkAndHolds(true));
  EXPECT_TRUE(row.IsNullAt(0));
  EXPECT_THAT(row.BlobAt(0), StatusIs(absl::StatusCode::kDataLoss));
}
TEST_F(DatabaseTest, OtherColumnTypeIsDataLossAndNoColumnOutOfRange) {
  ASSERT_OK(Insert(1, "a"));
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT name FROM items"));
  EXPECT_THAT(row.TextAt(0), StatusIs(absl::StatusCode::kOutOfRange));  // no row yet
  EXPECT_THAT(row.Step(), IsOkAndHolds(true));
  EXPECT_THAT(row.Int64At(0), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(row.TextAt(1), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(row.TextAt(-1), StatusIs(absl::StatusCode::kOutOfRange));
}
TEST_F(DatabaseTest, BindRefusesAnotherNumberOfValues) {
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT ?1 + ?2"));
  EXPECT_THAT(row.Bind({1}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(row.Bind({1, 2, 3}), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(DatabaseTest, WhatTheValuesAloneDecideIsNoStorageFailure) {
  ASSERT_OK(Insert(1, "a"));
  EXPECT_FALSE(IsStorageFailure(Insert(1, "b")));
  EXPECT_FALSE(IsStorageFailure(Insert(2, std::string(1001, 'n').c_str())));
  EXPECT_FALSE(IsStorageFailure(Insert(3, std::string(1'000'001, 'n').c_str())));
}
TEST_F(DatabaseTest, RefusalOfTheDatabaseItselfIsAStorageFailure) {
  EXPECT_TRUE(IsStorageFailure(database_->Execute("DROP TABLE items")));
}
TEST_F(DatabaseTest, BindRefusesAValueBeyondTheLimit) {
  EXPECT_THAT(database_->Execute("INSERT INTO items VALUES (1, 'a', ?1)",
                                 {Blob{std::string(1000001, 'x')}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(DatabaseTest, CachedStatementComesBackUnbound) {
  { ASSERT_OK(database_->Execute("INSERT INTO items (id, name) VALUES (?1, ?2)", {1, "a"})); }
  ASSERT_OK_AND_ASSIGN(Statement again,
                       database_->Prepare("INSERT INTO items (id, name) VALUES (?1, ?2)"));
  EXPECT_THAT(again.Run(), StatusIs(absl::StatusCode::kFailedPrecondition));  // name is NULL
}
TEST_F(DatabaseTest, SameTextTwiceAtOnceGivesTwoStatements) {
  ASSERT_OK(Insert(1, "a"));
  ASSERT_OK(Insert(2, "b"));
  ASSERT_OK_AND_ASSIGN(Statement one, database_->Prepare("SELECT id FROM items ORDER BY id"));
  ASSERT_OK_AND_ASSIGN(Statement two, database_->Prepare("SELECT id FROM items ORDER BY id"));
  EXPECT_THAT(one.Step(), IsOkAndHolds(true));
  EXPECT_THAT(two.Step(), IsOkAndHolds(true));
  EXPECT_THAT(two.Step(), IsOkAndHolds(true));
  EXPECT_THAT(one.Int64At(0), IsOkAndHolds(1));
  EXPECT_THAT(two.Int64At(0), IsOkAndHolds(2));
}
TEST_F(DatabaseTest, RunRefusesARowAndPrepareTwoStatements) {
  EXPECT_THAT(database_->Execute("SELECT 1"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(database_->Prepare("SELECT 1; SELECT 2"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(database_->Prepare(" "), StatusIs(absl::StatusCode::kInternal));
}
TEST_F(DatabaseTest, MessagesCarryNeitherSqlNorNames) {
  EXPECT_THAT(database_->Prepare("SELECT * FROM nosuchtable"),
              StatusIs(absl::StatusCode::kInternal, Not(HasSubstr("nosuchtable"))));
  ASSERT_OK(Insert(1, "a"));
  EXPECT_THAT(Insert(2, "a"), StatusIs(absl::StatusCode::kAlreadyExists, Not(HasSubstr("items"))));
}
TEST_F(DatabaseTest, ConstraintsHaveTwoCodes) {
  ASSERT_OK(Insert(1, "a"));
  EXPECT_THAT(Insert(1, "b"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(database_->Execute("INSERT INTO items (id, name) VALUES (2, ?1)", {std::nullopt}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}
TEST_F(DatabaseTest, ChangesAndRowidTellOfTheLastStatement) {
  ASSERT_OK(Insert(5, "a"));
  EXPECT_EQ(database_->last_insert_rowid(), 5);
  ASSERT_OK(Insert(6, "b"));
  ASSERT_OK(database_->Execute("UPDATE items SET body = x'00'"));
  EXPECT_EQ(database_->changes(), 2);
}

// Trap DB5: without recursive triggers REPLACE would overwrite the row in silence.
TEST_F(DatabaseTest, AppendOnlyTableRefusesUpdateDeleteReplaceAndUpsert) {
  ASSERT_OK(database_->Execute("INSERT INTO audit VALUES (1, 'first')"));
  for (const char* attack :
       {"UPDATE audit SET entry = 'x'", "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit VALUES (1, 'x')", "REPLACE INTO audit VALUES (1, 'x')",
        "INSERT INTO audit VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET "
        "entry = 'x'"}) {
    EXPECT_THAT(database_->Execute(attack), StatusIs(absl::StatusCode::kFailedPrecondition))
        << attack;
  }
  ASSERT_OK_AND_ASSIGN(Statement row, database_->Prepare("SELECT entry FROM audit"));
  EXPECT_THAT(row.Step(), IsOkAndHolds(true));
  EXPECT_THAT(row.TextAt(0), IsOkAndHolds("first"));
}
TEST_F(DatabaseTest, AuthorizerRefusesSchemaChangesPragmasAndAttach) {
  for (const char* attack :
       {"DROP TRIGGER audit_keeps", "DROP TABLE audit", "CREATE TABLE more (id INTEGER)",
        "ALTER TABLE items RENAME TO things", "PRAGMA recursive_triggers = OFF",
        "PRAGMA user_version = 9", "ATTACH 'other' AS other", "CREATE TEMP TABLE t (id INTEGER)",
        "SELECT load_extension('x')", "VACUUM INTO 'copy'"}) {
    const absl::StatusOr<Statement> statement = database_->Prepare(attack);
    absl::Status status = statement.status();
    if (statement.ok()) status = database_->Execute(attack);  // VACUUM is judged when it runs
    EXPECT_FALSE(status.ok()) << attack;
  }
  EXPECT_THAT(database_->Prepare("DROP TRIGGER audit_keeps"),
              StatusIs(absl::StatusCode::kPermissionDenied));
}
TEST_F(DatabaseTest, StatementBeyondItsTimeIsStopped) {
  database_.reset();
  ASSERT_OK_AND_ASSIGN(database_, Database::Open({.path = path_, .statement_limit_ms = 20}));
  const char* const endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
  ASSERT_OK_AND_ASSIGN(Statement statement, database_->Prepare(endless));
  EXPECT_THAT(statement.Step(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_OK(Insert(1, "a"));  // the connection stays usable
}

TEST_F(DatabaseTest, CommittedTransactionSurvivesReopening) {
  {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
    ASSERT_OK(Insert(1, "a"));
    ASSERT_OK(transaction.Commit());
  }
  database_.reset();
  ASSERT_OK_AND_ASSIGN(database_, Database::Open({.path = path_}));
  EXPECT_THAT(Count(), IsOkAndHolds(1));
}
TEST_F(DatabaseTest, DroppedTransactionLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
    ASSERT_OK(Insert(1, "a"));
  }
  EXPECT_THAT(Count(), IsOkAndHolds(0));
}
TEST_F(DatabaseTest, FailedStatementDoesNotEndTheTransaction) {
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  ASSERT_OK(Insert(1, "a"));
  EXPECT_FALSE(Insert(1, "b").ok());
  ASSERT_OK(Insert(2, "b"));
  ASSERT_OK(transaction.Commit());
  EXPECT_THAT(Count(), IsOkAndHolds(2));
}
TEST_F(DatabaseTest, TransactionsDoNotNest) {
  ASSERT_OK_AND_ASSIGN(const Transaction transaction, Transaction::Begin(*database_));
  EXPECT_THAT(Transaction::Begin(*database_), StatusIs(absl::StatusCode::kFailedPrecondition));
}
TEST_F(DatabaseTest, TransactionIsOpenOnItsDatabaseUntilItCommits) {
  ASSERT_OK_AND_ASSIGN(const auto other, Database::OpenInMemory());
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  EXPECT_TRUE(transaction.IsOpenOn(*database_));
  EXPECT_FALSE(transaction.IsOpenOn(*other));
  ASSERT_OK(transaction.Commit());
  EXPECT_FALSE(transaction.IsOpenOn(*database_));
}
TEST_F(DatabaseTest, MovedTransactionStillCommits) {
  ASSERT_OK_AND_ASSIGN(Transaction first, Transaction::Begin(*database_));
  Transaction second(std::move(first));
  ASSERT_OK(Insert(1, "a"));
  ASSERT_OK(second.Commit());
  EXPECT_THAT(Count(), IsOkAndHolds(1));
}

TEST_F(DatabaseTest, ReaderBesideTheWriterSeesCommitsAndCannotWrite) {
  ASSERT_OK_AND_ASSIGN(const auto reader, Database::Open({.path = path_, .read_only = true}));
  ASSERT_OK(Insert(1, "a"));
  ASSERT_OK_AND_ASSIGN(Statement count, reader->Prepare("SELECT count(*) FROM items"));
  EXPECT_THAT(count.Step(), IsOkAndHolds(true));
  EXPECT_THAT(count.Int64At(0), IsOkAndHolds(1));
  EXPECT_THAT(reader->Execute("DELETE FROM items"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}
TEST_F(DatabaseTest, ExclusiveWriterLetsNoReaderIn) {
  const std::string path = folder_.File("ledger");
  ASSERT_OK_AND_ASSIGN(const auto ledger,
                       Database::Open({.path = path, .create = true, .exclusive = true}));
  ASSERT_OK(ApplyMigrations(*ledger, kApplication, kSchema));
  EXPECT_FALSE(Database::Open({.path = path, .read_only = true}).ok());
}

TEST_F(DatabaseTest, BackupHoldsTheStateAndOpensAsADatabase) {
  ASSERT_OK(Insert(1, "a"));
  const std::string copy = folder_.File("copy");
  ASSERT_OK(database_->BackupTo(copy));
  EXPECT_THAT(database_->BackupTo(copy), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_OK(Insert(2, "b"));
  database_.reset();
  ASSERT_OK_AND_ASSIGN(database_, Database::Open({.path = copy}));
  EXPECT_THAT(Count(), IsOkAndHolds(1));
}

TEST_F(DatabaseTest, InMemoryDatabaseWorksAlike) {
  ASSERT_OK_AND_ASSIGN(const auto memory, Database::OpenInMemory());
  ASSERT_OK(ApplyMigrations(*memory, kApplication, kSchema));
  EXPECT_OK(memory->Execute("INSERT INTO audit VALUES (1, 'a')"));
  EXPECT_FALSE(memory->Execute("REPLACE INTO audit VALUES (1, 'b')").ok());
}

// Overwrites every page but the first, as a failing disk might, and empties the log, which would
// still hold good copies.
void SpoilPages(const std::string& path) {
  ASSERT_EQ(::truncate((path + "-wal").c_str(), 0), 0);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  const off_t end = ::lseek(fd, 0, SEEK_END);
  const std::string junk(4096, '\xee');
  for (off_t at = 4096; at < end; at += 4096) {
    ASSERT_EQ(::pwrite(fd, junk.data(), junk.size(), at), 4096);
  }
  ::close(fd);
}

using DatabaseDeathTest = DatabaseTest;

// Trap DB4.
TEST_F(DatabaseDeathTest, CorruptionEndsTheProcessWithSeventyAfterALogLine) {
  ASSERT_OK(Insert(1, "a"));
  database_.reset();
  SpoilPages(path_);
  EXPECT_EXIT(
      {
        auto database = Database::Open({.path = path_});
        if (!database.ok()) std::_Exit(1);
        database_ = *std::move(database);
        Insert(2, "b").IgnoreError();  // does not return
        std::_Exit(2);
      },
      ::testing::ExitedWithCode(70), "storage.poisoned");
}

}  // namespace
}  // namespace perdura::base
