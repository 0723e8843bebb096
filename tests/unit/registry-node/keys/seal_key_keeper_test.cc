#include "registry-node/keys/seal_key_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/sqlite/database.h"
#include "federation/envelope.h"
#include "federation/seal_key.h"
#include "registry-node/store/round_schema.h"
#include "registry-node/store/sqlite_seal_key_store.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_charter.h"

namespace perdura::registry_node {
namespace {

using test_support::TestFederation;
using ::testing::HasSubstr;

constexpr absl::Duration kKeeperDay = absl::Hours(24);
constexpr size_t kMostBytes = 16 << 20;

class SealKeyKeeperTest : public ::testing::Test {
 protected:
  SealKeyKeeperTest()
      : federation_(TestFederation::Make({.nodes = 5})),
        start_(absl::FromUnixSeconds(federation_.charter.valid_from()) + absl::Hours(1)),
        chain_(federation_.pin),
        random_(3),
        registry_(Open("registry.db")),
        rounds_(Open("rounds.db")),
        store_(registry_, rounds_) {
    EXPECT_OK(chain_.Accept(federation_.Sign(federation_.charter), start_));
    absl::MutexLock lock(&registry_.mutex);
    EXPECT_OK(MigrateRegistry(*registry_.db));
    absl::MutexLock rounds_lock(&rounds_.mutex);
    EXPECT_OK(MigrateRounds(*rounds_.db));
  }
  std::unique_ptr<base::Database> Open(const char* name) {
    auto opened = base::Database::Open({.path = folder_.File(name), .create = true});
    EXPECT_OK(opened);
    return *std::move(opened);
  }
  SealKeyKeeper KeeperOf(const std::string& member) {
    return SealKeyKeeper({.sender = {member, federation_.member_key(member), random_},
                          .chain = chain_,
                          .store = store_});
  }
  // The key that is to be posted at `at`.
  v1::SealKey Tended(absl::Time at) {
    SealKeyKeeper keeper = KeeperOf("ohio");
    const auto outgoing = keeper.Tend(at);
    EXPECT_OK(outgoing);
    EXPECT_EQ(outgoing->size(), 1u);
    const std::vector<std::string> keys = {federation_.member_key("ohio").public_key()};
    const auto key = federation::OpenEnvelope<v1::SealKey>(outgoing->front().post.message(),
                                                           federation::MessageType::kSealKey, keys);
    EXPECT_OK(key);
    return *key;
  }
  // Everything that the folder's files hold, journals included.
  std::string AllBytes() const {
    std::string all;
    for (const char* name :
         {"registry.db", "registry.db-wal", "rounds.db", "rounds.db-wal", "rounds.db-shm"}) {
      const auto bytes = base::ReadFile(folder_.File(name), kMostBytes);
      if (bytes.ok()) all += *bytes;
    }
    return all;
  }

  const test_support::TempFolder folder_;
  TestFederation federation_;
  absl::Time start_;
  federation::CharterChain chain_;
  test_support::SeededRandom random_;
  SharedDatabase registry_;
  SharedDatabase rounds_;
  SqliteSealKeyStore store_;
};

TEST_F(SealKeyKeeperTest, FirstKeyIsValidAndLivesAtMost35Days) {
  const v1::SealKey key = Tended(start_);
  EXPECT_EQ(key.number(), 1u);
  EXPECT_OK(federation::CheckSealKeyFields(key));
  EXPECT_TRUE(federation::SealKeyIsValidAt(key, start_, absl::ZeroDuration()));
}

TEST_F(SealKeyKeeperTest, NextKeyIsMadeEveryWeekAndTheLastStaysValid) {
  const v1::SealKey first = Tended(start_);
  EXPECT_EQ(Tended(start_ + 6 * kKeeperDay).number(), 1u);
  const v1::SealKey second = Tended(start_ + 7 * kKeeperDay);
  EXPECT_EQ(second.number(), 2u);
  EXPECT_NE(second.public_key(), first.public_key());
  EXPECT_TRUE(federation::SealKeyIsValidAt(first, start_ + 34 * kKeeperDay, absl::ZeroDuration()));
}

TEST_F(SealKeyKeeperTest, WipedKeyIsInNoFile) {
  Tended(start_);
  const auto record = store_.Newest();
  ASSERT_TRUE(record.ok() && record->has_value());
  const std::string secret((*record)->private_key.view());
  ASSERT_THAT(AllBytes(), HasSubstr(secret));
  Tended(start_ + 7 * kKeeperDay);
  ASSERT_THAT(AllBytes(), HasSubstr(secret));
  Tended(start_ + 15 * kKeeperDay);
  EXPECT_THAT(AllBytes(), ::testing::Not(HasSubstr(secret)));
  const auto found = store_.Find((*record)->id);
  ASSERT_OK(found);
  EXPECT_FALSE(found->has_value());
}

TEST_F(SealKeyKeeperTest, NamedKeyIsKeptAWeekLongerAndNeverPastAWeekAfterItsEnd) {
  Tended(start_);
  SealKeyKeeper keeper = KeeperOf("ohio");
  const std::string id = (*store_.Newest())->id;
  Tended(start_ + 7 * kKeeperDay);
  const auto kept = keeper.KeepFor(id, start_ + 90 * kKeeperDay);
  ASSERT_TRUE(kept.ok() && *kept);
  Tended(start_ + 41 * kKeeperDay);
  EXPECT_TRUE((*store_.Find(id)).has_value());
  Tended(start_ + 43 * kKeeperDay);
  EXPECT_FALSE((*store_.Find(id)).has_value());
  const auto gone = keeper.KeepFor(id, start_ + 90 * kKeeperDay);
  EXPECT_TRUE(gone.ok() && !*gone);
}

TEST_F(SealKeyKeeperTest, KeyFromTheFutureIsFollowedAtOnceAndNumbersGoOn) {
  EXPECT_EQ(Tended(start_ + 40 * kKeeperDay).number(), 1u);
  const v1::SealKey now = Tended(start_);
  EXPECT_EQ(now.number(), 2u);
  EXPECT_TRUE(federation::SealKeyIsValidAt(now, start_, absl::ZeroDuration()));
  EXPECT_EQ(Tended(start_ + kKeeperDay).number(), 2u);
}

TEST_F(SealKeyKeeperTest, NumberOutlivesTheKeys) {
  Tended(start_);
  ASSERT_OK(store_.Wipe({1}));
  EXPECT_EQ(Tended(start_).number(), 2u);
}

TEST_F(SealKeyKeeperTest, NumberSeenUnderItsOwnSignatureIsPassed) {
  Tended(start_);
  ASSERT_OK(store_.Remember("ohio", {.number = 9, .since = 1}));
  EXPECT_EQ(Tended(start_).number(), 10u);
}

TEST_F(SealKeyKeeperTest, LostKeyIsFollowedOnceHoweverManyRoundsNameIt) {
  Tended(start_);
  SealKeyKeeper keeper = KeeperOf("ohio");
  ASSERT_OK(keeper.OnLost(1, start_));
  ASSERT_OK(keeper.OnLost(1, start_));
  EXPECT_EQ((*store_.Newest())->number, 2u);
}

TEST_F(SealKeyKeeperTest, MemberThatIsNoStewardMakesNoneButWipesWhatItHad) {
  Tended(start_);
  SealKeyKeeper keeper = KeeperOf("node-5");
  const auto outgoing = keeper.Tend(start_ + 60 * kKeeperDay);
  ASSERT_OK(outgoing);
  EXPECT_TRUE(outgoing->empty());
  EXPECT_TRUE(store_.Lives()->empty());
}

TEST_F(SealKeyKeeperTest, SeenNumbersKeepTheLargestAndItsFirstRound) {
  ASSERT_OK(store_.Remember("alfred", {.number = 2, .since = SealKeySeen::kNotNamed}));
  ASSERT_OK(store_.Remember("alfred", {.number = 2, .since = 50}));
  ASSERT_OK(store_.Remember("alfred", {.number = 2, .since = 70}));
  ASSERT_OK(store_.Remember("alfred", {.number = 1, .since = 10}));
  const auto seen = store_.Seen("alfred");
  ASSERT_OK(seen);
  EXPECT_EQ(seen->number, 2u);
  EXPECT_EQ(seen->since, 50);
}

class SealKeyFieldsTest : public ::testing::Test {
 protected:
  SealKeyFieldsTest() {
    key_.set_use("share");
    key_.set_number(1);
    key_.set_public_key(std::string(32, 'k'));
    key_.set_not_before(1);
    key_.set_not_after(1 + absl::ToInt64Microseconds(federation::kLongestSealKeyLife));
  }
  v1::SealKey key_;
};

TEST_F(SealKeyFieldsTest, LongestLifePasses) { EXPECT_OK(federation::CheckSealKeyFields(key_)); }

TEST_F(SealKeyFieldsTest, LongerLifeFails) {
  key_.set_not_after(key_.not_after() + 1);
  EXPECT_FALSE(federation::CheckSealKeyFields(key_).ok());
}

TEST_F(SealKeyFieldsTest, NumberZeroFails) {
  key_.set_number(0);
  EXPECT_FALSE(federation::CheckSealKeyFields(key_).ok());
}

TEST_F(SealKeyFieldsTest, NumberThatNoStoreHoldsFails) {
  key_.set_number(~uint64_t{0});
  EXPECT_FALSE(federation::CheckSealKeyFields(key_).ok());
}

TEST_F(SealKeyFieldsTest, KeyForMailFails) {
  key_.set_use("mail");
  EXPECT_FALSE(federation::CheckSealKeyFields(key_).ok());
}

TEST_F(SealKeyFieldsTest, ShortKeyFails) {
  key_.set_public_key("k");
  EXPECT_FALSE(federation::CheckSealKeyFields(key_).ok());
}

}  // namespace
}  // namespace perdura::registry_node
