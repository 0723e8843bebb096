#include "registry-node/store/round_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "registry-node/node_files.h"
#include "registry-node/store/registry_schema.h"
#include "registry-node/store/sqlite_seal_key_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/old_database.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::registry_node {
namespace {

using test_support::OldDatabase;
using test_support::SchemaOf;

constexpr int32_t kOldRoundsId = 0x50445232;

// The files of a node as programs of two days left them.
struct OldFiles {
  const char* registry;
  size_t registry_version;
  const char* rounds;
  size_t rounds_version;
};

class RoundSchemaTest : public ::testing::TestWithParam<OldFiles> {
 protected:
  void SetUp() override {
    OldDatabase(folder_.File("registry.db"), GetParam().registry, kRegistryApplicationId,
                GetParam().registry_version);
    OldDatabase(folder_.File("rounds.db"), GetParam().rounds, kOldRoundsId,
                GetParam().rounds_version);
  }
  std::unique_ptr<base::Database> Open(const char* name) {
    auto opened = base::Database::Open({.path = folder_.File(name)});
    EXPECT_OK(opened);
    return *std::move(opened);
  }
  test_support::TempFolder folder_;
};

TEST_P(RoundSchemaTest, OldRegistryGetsTheTablesOfANewOne) {
  const auto old = Open("registry.db");
  ASSERT_OK(MigrateRegistry(*old));
  const auto fresh = base::Database::OpenInMemory();
  ASSERT_OK(MigrateRegistry(**fresh));
  EXPECT_EQ(SchemaOf(*old), SchemaOf(**fresh));
}

TEST_P(RoundSchemaTest, OldRoundsGetTheTablesOfANewFile) {
  const auto old = Open("rounds.db");
  ASSERT_OK(MigrateRounds(*old));
  const auto fresh = base::Database::OpenInMemory();
  ASSERT_OK(MigrateRounds(**fresh));
  EXPECT_EQ(SchemaOf(*old), SchemaOf(**fresh));
}

TEST_P(RoundSchemaTest, SealKeysStayAndOlderNumbersAreRefused) {
  SharedDatabase registry(Open("registry.db"));
  SharedDatabase rounds(Open("rounds.db"));
  {
    absl::MutexLock lock(&registry.mutex);
    ASSERT_OK(MigrateRegistry(*registry.db));
    absl::MutexLock rounds_lock(&rounds.mutex);
    ASSERT_OK(MigrateRounds(*rounds.db));
  }
  SqliteSealKeyStore store(registry, rounds);
  const auto newest = store.Newest();
  ASSERT_OK(newest);
  ASSERT_TRUE(newest->has_value());
  EXPECT_EQ((*newest)->number, 7u);
  EXPECT_EQ((*newest)->private_key.view(), std::string(32, '\x03'));
  const auto lives = store.Lives();
  ASSERT_OK(lives);
  ASSERT_EQ(lives->size(), 1u);
  EXPECT_EQ(lives->front().not_after, 5000);
  EXPECT_EQ(lives->front().named_until, 5000);
  const auto seen = store.Seen("ohio");
  ASSERT_OK(seen);
  EXPECT_TRUE(seen->Allows(7, 1));
  EXPECT_FALSE(seen->Allows(6, 1));
}

TEST_P(RoundSchemaTest, NodeStartsOverOldFiles) {
  std::string seed(32, 'k');
  const auto key = crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed));
  ASSERT_OK(key);
  const test_support::FakeClock clock;
  test_support::SeededRandom random(1);
  EXPECT_OK(NodeFiles::Open({.data_dir = folder_.path(),
                             .create = true,
                             .origin = {.federation = "demo", .party = "ohio"},
                             .log_key = *key,
                             .clock = clock,
                             .random = random}));
}

// A mistyped folder would give an empty node that acknowledges imports.
TEST(NodeFilesTest, NoDatabaseIsMadeUnasked) {
  const test_support::TempFolder folder;
  std::string seed(32, 'k');
  const auto key = crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed));
  ASSERT_OK(key);
  const test_support::FakeClock clock;
  test_support::SeededRandom random(1);
  EXPECT_THAT(NodeFiles::Open({.data_dir = folder.path(),
                               .origin = {.federation = "demo", .party = "ohio"},
                               .log_key = *key,
                               .clock = clock,
                               .random = random}),
              test_support::StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("--init")));
}

INSTANTIATE_TEST_SUITE_P(Days, RoundSchemaTest,
                         ::testing::Values(OldFiles{"registry-2", 2, "rounds-1", 1},
                                           OldFiles{"registry-4", 4, "rounds-2", 2}));

}  // namespace
}  // namespace perdura::registry_node
