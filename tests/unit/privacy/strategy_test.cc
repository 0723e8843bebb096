#include "privacy/strategy.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Strategy Small() { return *Strategy::Create(2, 3, {3, -5, 0, 4, 1, -7}); }

TEST(StrategyTest, CreateFailsWithoutRows) {
  EXPECT_THAT(Strategy::Create(0, 1, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows")));
}

TEST(StrategyTest, CreateFailsWithTooManyRows) {
  EXPECT_THAT(Strategy::Create(4096, 1, std::vector<int16_t>(4096, 1)), IsOk());
  EXPECT_THAT(Strategy::Create(4097, 1, std::vector<int16_t>(4097, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows")));
}

TEST(StrategyTest, CreateFailsWithoutColumns) {
  EXPECT_THAT(Strategy::Create(1, 0, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("columns")));
}

TEST(StrategyTest, CreateFailsWithTooManyColumns) {
  EXPECT_THAT(Strategy::Create(1, 4097, std::vector<int16_t>(4097, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("columns")));
}

TEST(StrategyTest, CreateFailsIfEntriesAreMissing) {
  EXPECT_THAT(Strategy::Create(2, 2, {1, 2, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entries")));
}

TEST(StrategyTest, CreateFailsIfAColumnIsZero) {
  EXPECT_THAT(Strategy::Create(2, 2, {1, 0, 1, 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("column")));
}

TEST(StrategyTest, IdentityFailsOutsideBounds) {
  EXPECT_THAT(Strategy::Identity(0, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("columns")));
  EXPECT_THAT(Strategy::Identity(4097, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("columns")));
}

TEST(StrategyTest, IdentityHasSquaredSensitivityTwoToThe16) {
  ASSERT_OK_AND_ASSIGN(const Strategy identity, Strategy::Identity(5, 256));
  EXPECT_EQ(identity.l2_squared(), 65536u);
  EXPECT_EQ(identity.l1(), 256u);
  EXPECT_EQ(identity.max_abs(), 256u);
  EXPECT_EQ(identity.replace_one_squared(), 131072u);
  EXPECT_EQ(identity.at(2, 2), 256);
  EXPECT_EQ(identity.at(2, 3), 0);
}

TEST(StrategyTest, SensitivitiesAreTheLargestColumnNorms) {
  const Strategy strategy = Small();
  EXPECT_EQ(strategy.l2_squared(), 49u);  // column (0, -7)
  EXPECT_EQ(strategy.l1(), 7u);           // columns (3, 4) and (0, -7)
  EXPECT_EQ(strategy.max_abs(), 7u);
  EXPECT_EQ(strategy.replace_one_squared(), 130u);  // (3, 4) against (0, -7)
}

TEST(StrategyTest, SensitivitiesOfExtremeEntriesDoNotOverflow) {
  ASSERT_OK_AND_ASSIGN(const Strategy strategy,
                       Strategy::Create(4096, 1, std::vector<int16_t>(4096, INT16_MIN)));
  EXPECT_EQ(strategy.l2_squared(), uint64_t{1} << 42);
  EXPECT_EQ(strategy.l1(), uint64_t{1} << 27);
  EXPECT_EQ(strategy.max_abs(), 32768u);
}

TEST(StrategyTest, ReplaceOneOfExtremeEntriesDoesNotOverflow) {
  std::vector<int16_t> entries;
  for (int row = 0; row < 4096; ++row) entries.insert(entries.end(), {INT16_MIN, INT16_MAX});
  ASSERT_OK_AND_ASSIGN(const Strategy strategy, Strategy::Create(4096, 2, entries));
  EXPECT_EQ(strategy.replace_one_squared(), uint64_t{4096} * 65535 * 65535);
}

TEST(StrategyTest, ApplyMultiplies) {
  const std::vector<int64_t> counts = {10, 2, 1};
  EXPECT_THAT(Small().Apply(counts), ElementsAre(20, 35));
}

TEST(StrategyTest, OnePatientMovesOneColumn) {
  const Strategy strategy = Small();
  const std::vector<int64_t> without = {10, 2, 1}, with = {10, 3, 1};
  const std::vector<int64_t> a = strategy.Apply(without), b = strategy.Apply(with);
  EXPECT_EQ(b[0] - a[0], strategy.at(0, 1));
  EXPECT_EQ(b[1] - a[1], strategy.at(1, 1));
}

TEST(StrategyTest, ApplyTakesTheLargestCounts) {
  ASSERT_OK_AND_ASSIGN(const Strategy strategy,
                       Strategy::Create(1, 4096, std::vector<int16_t>(4096, INT16_MIN)));
  const std::vector<int64_t> counts(4096, int64_t{1} << 32);
  EXPECT_THAT(strategy.Apply(counts), ElementsAre(-(int64_t{1} << 59)));
}

TEST(StrategyDeathTest, ApplyEndsTheProcessOnAWrongLength) {
  const std::vector<int64_t> counts = {1, 2};
  EXPECT_DEATH(static_cast<void>(Small().Apply(counts)), "");
}

TEST(StrategyDeathTest, ApplyEndsTheProcessOnAnImpossibleCount) {
  const std::vector<int64_t> counts = {1, 2, (int64_t{1} << 32) + 1};
  EXPECT_DEATH(static_cast<void>(Small().Apply(counts)), "");
}

TEST(StrategyTest, CanonicalBytesAreBigEndianTwosComplement) {
  EXPECT_EQ(Small().canonical_bytes(),
            std::string("\x00\x02\x00\x03\x00\x03\xff\xfb\x00\x00\x00\x04\x00\x01\xff\xf9", 16));
}

TEST(StrategyTest, EqualEntriesAreEqual) {
  EXPECT_EQ(Small(), Small());
  ASSERT_OK_AND_ASSIGN(const Strategy other, Strategy::Create(3, 2, {3, -5, 0, 4, 1, -7}));
  EXPECT_FALSE(Small() == other);
}

}  // namespace
}  // namespace perdura::privacy
