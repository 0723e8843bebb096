// The committee of a charter, its grids and strategies.

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "crypto/hash.h"
#include "federation/charter.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/charter_check_fixture.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;

// ---- Committee (CH5)

TEST_F(CharterCheckTest, ThresholdOneFails) {
  committee().set_threshold(1);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "threshold"));
}

TEST_F(CharterCheckTest, ThresholdAboveStewardsFails) {
  committee().set_threshold(5);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "threshold"));
}

TEST_F(CharterCheckTest, ThresholdBeyondIntFails) {
  committee().set_threshold(std::numeric_limits<uint32_t>::max());
  EXPECT_THAT(Create(), IsRefused("bad_committee", "threshold"));
}

TEST_F(CharterCheckTest, SixteenStewardsFail) {
  charter = TestFederation::Make({.stewards = 16, .threshold = 3}).charter;
  EXPECT_THAT(Create(), IsRefused("bad_committee", "stewards"));
}

TEST_F(CharterCheckTest, FifteenStewardsPass) {
  charter = TestFederation::Make({.stewards = 15, .threshold = 5}).charter;
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, TwoStewardsPass) {
  charter = TestFederation::Make({.stewards = 2, .threshold = 2}).charter;
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, QuorumBelowTheFormulaFails) {
  committee().set_quorum(2);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "quorum must be 3"));
}

TEST_F(CharterCheckTest, QuorumAboveTheFormulaFails) {
  committee().set_quorum(4);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "quorum must be 3"));
}

TEST_F(CharterCheckTest, TwoMinEntitiesFail) {
  committee().set_min_entities(2);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "min_entities"));
}

TEST_F(CharterCheckTest, UnknownStewardFails) {
  committee().set_stewards(0, "nobody");
  EXPECT_THAT(Create(), IsRefused("bad_committee", "nobody"));
}

TEST_F(CharterCheckTest, StewardWithoutTheRoleFails) {
  member(0).clear_roles();
  member(0).add_roles(v1::MEMBER_ROLE_NODE);
  EXPECT_THAT(Create(), IsRefused("bad_committee", "ohio"));
}

TEST_F(CharterCheckTest, StewardThatStandsTwiceFails) {
  committee().set_stewards(1, "ohio");
  EXPECT_THAT(Create(), IsRefused("bad_committee", "distinct legal entities"));
}

TEST_F(CharterCheckTest, StewardsOfOneLegalEntityFail) {
  member(1).set_legal_entity(member(0).legal_entity());
  EXPECT_THAT(Create(), IsRefused("bad_committee", "distinct legal entities"));
}

TEST_F(CharterCheckTest, StewardOfTheAggregatorsEntityFails) {
  member(1).set_legal_entity(charter.aggregator().legal_entity());
  EXPECT_THAT(Create(), IsRefused("bad_committee", "aggregator's"));
}

// ---- Grids and strategies (CH6)

TEST_F(CharterCheckTest, GridWithoutVersionFails) {
  charter.mutable_grids(0)->set_id("g8");
  EXPECT_THAT(Create(), IsRefused("malformed", "grids.id"));
}

TEST_F(CharterCheckTest, GridThatStandsTwiceFails) {
  charter.mutable_grids(1)->set_id("g8@1");
  EXPECT_THAT(Create(), IsRefused("malformed", "grids"));
}

TEST_F(CharterCheckTest, KnotsThatDescendFail) {
  charter.mutable_grids(0)->set_knots(1, 1);
  EXPECT_THAT(Create(), IsRefused("malformed", "g8@1"));
}

TEST_F(CharterCheckTest, KnotBeyondAllMonthsFails) {
  charter.mutable_grids(0)->set_knots(7, std::numeric_limits<uint32_t>::max());
  EXPECT_THAT(Create(), IsRefused("malformed", "knots"));
}

TEST_F(CharterCheckTest, StrategyWithoutVersionFails) {
  strategy().set_id("curative");
  EXPECT_THAT(Create(), IsRefused("malformed", "strategies.id"));
}

TEST_F(CharterCheckTest, StrategyThatStandsTwiceFails) {
  charter.mutable_strategies(1)->set_id(strategy().id());
  EXPECT_THAT(Create(), IsRefused("malformed", "strategies"));
}

TEST_F(CharterCheckTest, StrategyOfAnUnknownGridFails) {
  strategy().set_grid("g20@1");
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "grid"));
}

// Without causes it would be an entry margin, of another scale and size.
TEST_F(CharterCheckTest, StrategyWithoutCausesFails) {
  strategy().set_causes(0);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "scale"));
  strategy().set_scale(128);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "rows and columns"));
}

TEST_F(CharterCheckTest, StrategyOfAnotherScaleFails) {
  strategy().set_scale(128);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "scale"));
}

TEST_F(CharterCheckTest, StrategyOfAnotherShapeFails) {
  strategy().set_columns(17);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "columns"));
}

TEST_F(CharterCheckTest, StrategyForMoreCausesThanItsColumnsFails) {
  strategy().set_causes(2);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "rows and columns"));
}

TEST_F(CharterCheckTest, EntryBeyond16BitsFails) {
  strategy().set_entries(0, 32768);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "16 bits"));
}

TEST_F(CharterCheckTest, MissingEntryFails) {
  strategy().mutable_entries()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("bad_strategy", strategy().id()));
}

TEST_F(CharterCheckTest, ColumnWithoutDiagonalFails) {
  strategy().set_entries(0, 0);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", strategy().id()));
}

TEST_F(CharterCheckTest, EntryBelowTheDiagonalFails) {
  strategy().set_entries(16, 1);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "upper triangular"));
}

TEST_F(CharterCheckTest, UnderstatedL2Fails) {
  strategy().set_l2_squared(strategy().l2_squared() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "l2_squared"));
}

TEST_F(CharterCheckTest, UnderstatedL1Fails) {
  strategy().set_l1(strategy().l1() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "l1"));
}

TEST_F(CharterCheckTest, OtherStrategyHashFails) {
  strategy().set_sha256(std::string(32, 'h'));
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "sha256"));
}

TEST_F(CharterCheckTest, StrategyHashIsThatOfItsCanonicalBytes) {
  const auto identity = privacy::Strategy::Identity(2, 256);
  ASSERT_OK(identity);
  const std::string bytes("\0\2\0\2\1\0\0\0\0\0\1\0", 12);
  EXPECT_EQ(StrategyHash(*identity), crypto::Sha256(bytes));
}

}  // namespace
}  // namespace perdura::federation
