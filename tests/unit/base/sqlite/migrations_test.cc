#include <gtest/gtest.h>

#include <memory>
#include <span>

#include "base/sqlite/database.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::base {
namespace {

using test_support::StatusIs;

constexpr int32_t kOurs = 11;
constexpr Migration kSteps[] = {
    {1, "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT; INSERT INTO a VALUES (1);"},
    {2, "CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT; INSERT INTO b SELECT id FROM a;"},
    {3, "ALTER TABLE b ADD COLUMN note TEXT;"},
};
constexpr std::span<const Migration> kAll(kSteps);

class MigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(database_, Database::OpenInMemory()); }
  std::unique_ptr<Database> database_;
};

TEST_F(MigrationsTest, RunsEachStepOnce) {
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll.first(1)));
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll));
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll));
  EXPECT_OK(database_->Execute("INSERT INTO b VALUES (2, 'note')"));
}
TEST_F(MigrationsTest, NewerSchemaIsRefused) {
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll));
  EXPECT_THAT(ApplyMigrations(*database_, kOurs, kAll.first(2)),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("newer")));
}
TEST_F(MigrationsTest, OtherApplicationIsRefused) {
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll));
  EXPECT_THAT(ApplyMigrations(*database_, kOurs + 1, kAll),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("another")));
}
TEST_F(MigrationsTest, FailingStepChangesNothing) {
  const Migration broken[] = {kSteps[0], {2, "CREATE TABLE c (id INTEGER); CREATE TABLE a (x);"}};
  EXPECT_THAT(ApplyMigrations(*database_, kOurs, broken),
              StatusIs(absl::StatusCode::kInternal, ::testing::HasSubstr("migration 2")));
  EXPECT_FALSE(database_->Prepare("SELECT * FROM a").ok());
  EXPECT_OK(ApplyMigrations(*database_, kOurs, kAll));  // still a fresh database
}
TEST_F(MigrationsTest, GapInTheNumbersIsRefused) {
  const Migration gap[] = {kSteps[0], kSteps[2]};
  EXPECT_THAT(ApplyMigrations(*database_, kOurs, gap),
              StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(MigrationsTest, ApplicationIdMustBePositive) {
  EXPECT_THAT(ApplyMigrations(*database_, 0, kAll), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(MigrationsTest, SchemaIsClosedAgainAfterwards) {
  ASSERT_OK(ApplyMigrations(*database_, kOurs, kAll));
  EXPECT_THAT(database_->Execute("DROP TABLE a"), StatusIs(absl::StatusCode::kPermissionDenied));
}
TEST_F(MigrationsTest, OpenTransactionIsRefused) {
  ASSERT_OK_AND_ASSIGN(const Transaction transaction, Transaction::Begin(*database_));
  EXPECT_THAT(ApplyMigrations(*database_, kOurs, kAll),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}
TEST(MigrationsFileTest, VersionIsKeptInTheFile) {
  const test_support::TempFolder folder;
  const std::string path = folder.File("db");
  ASSERT_OK_AND_ASSIGN(auto database, Database::Open({.path = path, .create = true}));
  ASSERT_OK(ApplyMigrations(*database, kOurs, kAll));
  database.reset();
  ASSERT_OK_AND_ASSIGN(database, Database::Open({.path = path}));
  EXPECT_THAT(ApplyMigrations(*database, kOurs, kAll.first(2)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(ApplyMigrations(*database, kOurs, kAll));
}

}  // namespace
}  // namespace perdura::base
