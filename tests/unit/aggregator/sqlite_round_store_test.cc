#include "aggregator/ledger/sqlite_round_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/old_database.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::aggregator {
namespace {

using test_support::OldDatabase;
using test_support::SchemaOf;

constexpr int32_t kOldAggregatorId = 0x50444147;

// A file as programs of two days left it.
struct OldFile {
  const char* dump;
  size_t version;
};

class AggregatorSchemaTest : public ::testing::TestWithParam<OldFile> {
 protected:
  AggregatorSchemaTest()
      : key_(*crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed_))),
        old_(OldDatabase(folder_.File("aggregator.db"), GetParam().dump, kOldAggregatorId,
                         GetParam().version)) {}
  absl::StatusOr<std::unique_ptr<SqliteRoundStore>> Start(base::Database& database) {
    return SqliteRoundStore::Create({.database = database,
                                     .log_key = key_,
                                     .origin = {.federation = "demo", .party = "aggregator"}});
  }
  test_support::TempFolder folder_;
  std::string seed_ = std::string(32, 'k');
  crypto::SigningKey key_;
  std::unique_ptr<base::Database> old_;
};

TEST_P(AggregatorSchemaTest, OldFileGetsTheTablesOfANewOne) {
  ASSERT_OK(Start(*old_));
  const auto fresh = base::Database::OpenInMemory();
  ASSERT_OK(Start(**fresh));
  EXPECT_EQ(SchemaOf(*old_), SchemaOf(**fresh));
}

TEST_P(AggregatorSchemaTest, AttemptsAreFoundByTheKeyOfTheirPlan) {
  const auto store = Start(*old_);
  ASSERT_OK(store);
  const auto attempts =
      (*store)->ReservedAttempts("cut=c1 endpoint=overall-survival scope=s products=p cohort=all");
  ASSERT_OK(attempts);
  ASSERT_EQ(attempts->size(), 1u);
  EXPECT_EQ(attempts->front().manifest_hash, std::string(32, '\x06'));
  EXPECT_EQ(attempts->front().seq, 3u);
}

INSTANTIATE_TEST_SUITE_P(Days, AggregatorSchemaTest,
                         ::testing::Values(OldFile{"aggregator-1", 1}, OldFile{"aggregator-3", 3}));

}  // namespace
}  // namespace perdura::aggregator
