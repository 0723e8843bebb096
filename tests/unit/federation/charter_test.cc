#include "federation/charter.h"

#include <gtest/gtest.h>

#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;
using ::testing::ElementsAre;

std::shared_ptr<const Charter> Made(const TestOptions& options = {}) {
  const TestFederation fed = TestFederation::Make(options);
  auto charter = Charter::Create(fed.Sign(fed.charter).payload());
  EXPECT_OK(charter);
  return charter.ok() ? *charter : nullptr;
}

TEST(CharterTest, BytesThatAreNoCharterAreRefused) {
  EXPECT_THAT(Charter::Create("\xff\xff"), IsRefused("malformed", "perdura.v1.Charter"));
}

TEST(CharterTest, HashIsThatOfThePayload) {
  const TestFederation fed = TestFederation::Make();
  const std::string payload = fed.Sign(fed.charter).payload();
  ASSERT_OK_AND_ASSIGN(const auto charter, Charter::Create(payload));
  EXPECT_EQ(charter->hash(), PayloadId(payload));
}

TEST(CharterTest, UnknownNamesFindNothing) {
  const auto charter = Made();
  EXPECT_EQ(charter->FindMember("nobody"), nullptr);
  EXPECT_EQ(charter->FindAnalyst("ohio"), nullptr);
  EXPECT_EQ(charter->FindProduct("allo-hct"), nullptr);
  EXPECT_EQ(charter->FindEndpoint("overall-survival@2"), nullptr);
  EXPECT_EQ(charter->FindAttribute("blood-group"), nullptr);
  EXPECT_EQ(charter->FindCut("bmt@2"), nullptr);
  EXPECT_EQ(charter->FindStrategyRecord("curative"), nullptr);
  EXPECT_EQ(charter->FindGrid("g20@1"), nullptr);
  EXPECT_EQ(charter->FindStrategy("curative"), nullptr);
  EXPECT_EQ(charter->StrategyFor("g15@1", 3), nullptr);
  EXPECT_EQ(charter->ScopeOfRole("regulator"), std::nullopt);
  EXPECT_FALSE(charter->HasPurpose("marketing"));
  EXPECT_EQ(charter->StewardIndex("aggregator"), 0);
  EXPECT_EQ(charter->CapUnits(v1::COMPARTMENT_ADHOC, "allo-hct@1", "2027"), 0);
  EXPECT_EQ(charter->CapUnits(v1::COMPARTMENT_FLAGSHIP, "allo-hct@1", "2026"), 0);
  EXPECT_EQ(charter->AnalystCapUnits("payer-desk", v1::COMPARTMENT_FLAGSHIP), 0);
  EXPECT_EQ(charter->AnalystCapUnits("ohio", v1::COMPARTMENT_ADHOC), 0);
}

TEST(CharterTest, NamesInItAreFound) {
  const auto charter = Made();
  EXPECT_EQ(charter->FindMember("ohio")->id(), "ohio");
  EXPECT_EQ(charter->FindAnalyst("payer-desk")->id(), "payer-desk");
  EXPECT_EQ(charter->FindCut("bmt@1")->period(), "2026");
  EXPECT_EQ(charter->FindGrid("g8@1")->bins(), 8);
  EXPECT_EQ(charter->FindStrategy("curative-g15-j2@1")->columns(), 45);
  EXPECT_EQ(charter->ScopeOfRole("researcher"), v1::RESEARCH);
  EXPECT_TRUE(charter->HasPurpose("evidence"));
  EXPECT_EQ(charter->CapUnits(v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026"), 509'145'341'073);
  EXPECT_EQ(charter->AnalystCapUnits("payer-desk", v1::COMPARTMENT_ADHOC), 509'145'341'073);
  EXPECT_EQ(charter->nodes_per_patient(), 1);
}

TEST(CharterTest, StrategyForTakesTheFirstThatFits) {
  EXPECT_EQ(Made()->StrategyFor("g15@1", 1)->id(), "curative-g15-j1@1");
}

TEST(CharterTest, StewardsAreCountedFromOneInOrder) {
  const auto charter = Made({.stewards = 5, .threshold = 3});
  EXPECT_EQ(charter->StewardIndex("ohio"), 1);
  EXPECT_EQ(charter->StewardIndex("steward-5"), 5);
  ASSERT_EQ(charter->steward_keys().size(), 5);
  EXPECT_EQ(charter->steward_keys()[4], test_support::TestKey("steward-5").public_key());
  EXPECT_EQ(charter->quorum().q, 4);
}

TEST(CharterTest, OnlyNodesAreNodes) {
  const auto charter = Made({.stewards = 5, .threshold = 2, .nodes = 3});
  EXPECT_THAT(charter->NodeIds(), ElementsAre("ohio", "alfred", "st-vincent"));
  EXPECT_FALSE(charter->MemberHasRole("hahnemann", v1::MEMBER_ROLE_NODE));
  EXPECT_TRUE(charter->MemberHasRole("hahnemann", v1::MEMBER_ROLE_STEWARD));
  EXPECT_FALSE(charter->MemberHasRole("nobody", v1::MEMBER_ROLE_NODE));
}

TEST(CharterTest, MembersOfOneEntityCountOnce) {
  TestFederation fed = TestFederation::Make({.stewards = 3, .nodes = 5});
  fed.charter.mutable_members(4)->set_legal_entity(fed.charter.members(0).legal_entity());
  ASSERT_OK_AND_ASSIGN(const auto charter, Charter::Create(fed.Sign(fed.charter).payload()));
  EXPECT_EQ(charter->CountEntities({"ohio", "alfred"}), 2);
  EXPECT_EQ(charter->CountEntities({"ohio", "node-5"}), 1);
  EXPECT_EQ(charter->CountEntities({"ohio", "ohio", "nobody"}), 1);
}

TEST(CharterTest, ValidityIncludesItsStartAndExcludesItsEnd) {
  const auto charter = Made({.valid_from = 1000, .valid_until = 2000});
  EXPECT_FALSE(charter->ValidAt(absl::FromUnixMicros(999'999'999)));
  EXPECT_TRUE(charter->ValidAt(absl::FromUnixSeconds(1000)));
  EXPECT_TRUE(charter->ValidAt(absl::FromUnixMicros(1'999'999'999)));
  EXPECT_FALSE(charter->ValidAt(absl::FromUnixSeconds(2000)));
}

}  // namespace
}  // namespace perdura::federation
