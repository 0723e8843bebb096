// A charter that passes, and the rules of its catalogue. The other rules: charter_check_*_test.cc.

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"
#include "tests/unit/federation/charter_check_fixture.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

TEST_F(CharterCheckTest, DefaultPasses) { EXPECT_OK(Create()); }

// ---- Catalogue

TEST_F(CharterCheckTest, ProductWithoutVersionFails) {
  charter.mutable_products(0)->set_id("allo-hct");
  EXPECT_THAT(Create(), IsRefused("malformed", "products.id"));
}

TEST_F(CharterCheckTest, ProductWithoutClassFails) {
  charter.mutable_products(0)->clear_product_class();
  EXPECT_THAT(Create(), IsRefused("malformed", "product_class"));
}

// 4 nodes and n_max 100,000.
TEST_F(CharterCheckTest, CanaryProductWithoutABudgetPasses) {
  AddCanary(25'000);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, CanaryProductWithABudgetFails) {
  AddCanary(10);
  *charter.add_budgets() = charter.budgets(0);
  charter.mutable_budgets(1)->set_product("canary@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "has no budget"));
}

TEST_F(CharterCheckTest, CanaryProductWithALifetimeCapFails) {
  AddCanary(10);
  AddLifetimeCap().set_product("canary@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "has no budget"));
}

TEST_F(CharterCheckTest, CanaryProductBeyondTheOverflowRuleFails) {
  AddCanary(25'001);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "planned_patients"));
}

TEST_F(CharterCheckTest, CanaryProductWithoutPatientsFails) {
  AddCanary(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "planned_patients"));
}

TEST_F(CharterCheckTest, BudgetInTheCanaryCompartmentFails) {
  charter.mutable_budgets(0)->set_compartment(v1::COMPARTMENT_CANARY);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "budgets.compartment"));
}

TEST_F(CharterCheckTest, IndicationThatIsNoNameFails) {
  charter.mutable_indications(0)->set_id("Acute leukaemia");
  EXPECT_THAT(Create(), IsRefused("malformed", "indications.id"));
}

TEST_F(CharterCheckTest, SubtypeThatIsNoNameFails) {
  charter.mutable_indications(0)->set_subtypes(0, "ALL");
  EXPECT_THAT(Create(), IsRefused("malformed", "indications.subtypes"));
}

TEST_F(CharterCheckTest, EndpointWithoutVersionFails) {
  charter.mutable_endpoints(0)->set_id("overall-survival");
  EXPECT_THAT(Create(), IsRefused("malformed", "endpoints.id"));
}

TEST_F(CharterCheckTest, UnknownRuleSetFails) {
  charter.mutable_endpoints(0)->set_rule_set("os@2");
  EXPECT_THAT(Create(), IsRefused("malformed", "rule_set"));
}

TEST_F(CharterCheckTest, EndpointWithoutAKindOfTableFails) {
  charter.mutable_endpoints(0)->clear_kind();
  EXPECT_THAT(Create(), IsRefused("malformed", "kind"));
}

TEST_F(CharterCheckTest, EndpointWithThePartOfAnotherKindFails) {
  charter.mutable_endpoints(0)->mutable_flags()->set_cap(1);
  EXPECT_THAT(Create(), IsRefused("malformed", "its own part"));
}

TEST_F(CharterCheckTest, StatusTableWithAnotherNumberOfCategoriesFails) {
  charter.mutable_endpoints(3)->mutable_category()->add_categories("unknown");
  EXPECT_THAT(Create(), IsRefused("malformed", "category.categories"));
}

TEST_F(CharterCheckTest, StatusTableWithoutLandmarkFails) {
  charter.mutable_endpoints(3)->mutable_category()->clear_landmark_months();
  EXPECT_THAT(Create(), IsRefused("malformed", "landmark_months"));
}

// The cap decides the sensitivity: it is never left open.
TEST_F(CharterCheckTest, FlagTableWithoutCapFails) {
  charter.mutable_endpoints(4)->mutable_flags()->clear_cap();
  EXPECT_THAT(Create(), IsRefused("malformed", "flags.cap"));
}

TEST_F(CharterCheckTest, FlagCapBeyondTheRowsFails) {
  charter.mutable_endpoints(4)->mutable_flags()->set_cap(6);
  EXPECT_THAT(Create(), IsRefused("malformed", "flags.cap"));
}

TEST_F(CharterCheckTest, FlagThatStandsTwiceFails) {
  charter.mutable_endpoints(4)->mutable_flags()->add_flags("crs");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, MomentOfACodedAttributeFails) {
  charter.mutable_endpoints(5)->mutable_moment()->set_attribute("sex");
  EXPECT_THAT(Create(), IsRefused("malformed", "moment.attribute"));
}

TEST_F(CharterCheckTest, MomentWithoutBoundsFails) {
  charter.mutable_endpoints(5)->mutable_moment()->set_high(0);
  EXPECT_THAT(Create(), IsRefused("malformed", "moment"));
}

TEST_F(CharterCheckTest, EntryStrategyOfAnotherScaleFails) {
  v1::Strategy& entry = *charter.mutable_strategies(charter.strategies_size() - 1);
  ASSERT_EQ(entry.causes(), 0u);
  entry.set_scale(256);
  EXPECT_THAT(Create(), IsRefused("bad_strategy", "scale"));
}

TEST_F(CharterCheckTest, SurvivalWithTwoCausesFails) {
  charter.mutable_endpoints(0)->add_causes("relapse");
  EXPECT_THAT(Create(), IsRefused("malformed", "os@1 has 1"));
}

TEST_F(CharterCheckTest, ProgressionFreeSurvivalWithOneCauseFails) {
  charter.mutable_endpoints(1)->mutable_causes()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("malformed", "pfs@1 has 2"));
}

TEST_F(CharterCheckTest, EndpointSwitchFails) {
  charter.mutable_endpoints(0)->add_switches()->set_name("new-treatment");
  EXPECT_THAT(Create(), IsRefused("not_supported", "switches"));
}

TEST_F(CharterCheckTest, AttributeWithoutSourceFails) {
  attribute(0).clear_source();
  EXPECT_THAT(Create(), IsRefused("malformed", "source"));
}

TEST_F(CharterCheckTest, AttributeWithoutCategoriesFails) {
  attribute(0).clear_categories();
  EXPECT_THAT(Create(), IsRefused("malformed", "categories"));
}

TEST_F(CharterCheckTest, CategoryThatStandsTwiceFails) {
  attribute(0).mutable_categories(1)->set_id("all");
  EXPECT_THAT(Create(), IsRefused("malformed", "disease"));
}

TEST_F(CharterCheckTest, ValueOfTwoCategoriesFails) {
  attribute(0).mutable_categories(1)->add_values("all");
  EXPECT_THAT(Create(), IsRefused("malformed", "a value of another category"));
}

TEST_F(CharterCheckTest, CodedCategoryWithoutValuesFails) {
  attribute(0).mutable_categories(0)->clear_values();
  EXPECT_THAT(Create(), IsRefused("malformed", "values are required"));
}

TEST_F(CharterCheckTest, NumericCategoryWithValuesFails) {
  charter.mutable_endpoints()->DeleteSubrange(5, 1);  // the moments of the same attribute
  attribute(2).mutable_categories(0)->add_values("young");
  EXPECT_THAT(Create(), IsRefused("malformed", "low and high"));
}

TEST_F(CharterCheckTest, BandThatEndsBeforeItBeginsFails) {
  attribute(2).mutable_categories(0)->set_low(20);
  EXPECT_THAT(Create(), IsRefused("malformed", "low exceeds high"));
}

TEST_F(CharterCheckTest, OverlappingBandsFail) {
  attribute(2).mutable_categories(1)->set_low(19);
  EXPECT_THAT(Create(), IsRefused("malformed", "bands overlap"));
}

TEST_F(CharterCheckTest, CutWithoutVersionFails) {
  cut().set_id("bmt");
  EXPECT_THAT(Create(), IsRefused("malformed", "data_cuts.id"));
}

TEST_F(CharterCheckTest, CutWithoutPeriodFails) {
  cut().clear_period();
  EXPECT_THAT(Create(), IsRefused("malformed", "data_cuts.period"));
}

TEST_F(CharterCheckTest, CutWithoutStateFails) {
  cut().clear_state();
  EXPECT_THAT(Create(), IsRefused("malformed", "state"));
}

TEST_F(CharterCheckTest, CutKnownAtTheEndOfItsDayPasses) {
  cut().set_known_at((cut().cutoff_day() + 1) * 86400);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, CutKnownBeforeTheEndOfItsDayFails) {
  cut().set_known_at((cut().cutoff_day() + 1) * 86400 - 1);
  EXPECT_THAT(Create(), IsRefused("malformed", "known_at"));
}

TEST_F(CharterCheckTest, CutoffDayBeyondAllCalendarsFails) {
  cut().set_cutoff_day(std::numeric_limits<int64_t>::max());
  EXPECT_THAT(Create(), IsRefused("malformed", "cutoff_day"));
}

TEST_F(CharterCheckTest, RoleWithTwoScopesFails) {
  *charter.add_role_scopes() = charter.role_scopes(0);
  EXPECT_THAT(Create(), IsRefused("malformed", "role_scopes"));
}

TEST_F(CharterCheckTest, RoleWithoutScopeFails) {
  charter.mutable_role_scopes(0)->clear_scope();
  EXPECT_THAT(Create(), IsRefused("malformed", "role_scopes"));
}

TEST_F(CharterCheckTest, PurposeThatIsNoNameFails) {
  charter.add_purposes("Coverage decision");
  EXPECT_THAT(Create(), IsRefused("malformed", "purposes"));
}

TEST_F(CharterCheckTest, AnalystRoleWithoutScopeLineFails) {
  analyst().add_roles("regulator");
  EXPECT_THAT(Create(), IsRefused("malformed", "regulator"));
}

TEST_F(CharterCheckTest, AnalystPurposeThatIsUnknownFails) {
  analyst().add_purposes("marketing");
  EXPECT_THAT(Create(), IsRefused("malformed", "marketing"));
}

TEST_F(CharterCheckTest, AnalystProductThatIsUnknownFails) {
  analyst().add_products("axi-cel@1");
  EXPECT_THAT(Create(), IsRefused("malformed", "axi-cel@1"));
}

}  // namespace
}  // namespace perdura::federation
