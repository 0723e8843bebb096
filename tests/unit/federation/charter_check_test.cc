#include "federation/charter_check.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "crypto/hash.h"
#include "federation/charter.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::IsOk;
using test_support::TestFederation;

// One valid charter; each case spoils one field.
class CharterCheckTest : public ::testing::Test {
 protected:
  v1::Charter charter = TestFederation::Make().charter;

  v1::Member& member(int index) { return *charter.mutable_members(index); }
  v1::Analyst& analyst() { return *charter.mutable_analysts(0); }
  v1::Strategy& strategy() { return *charter.mutable_strategies(0); }
  v1::Attribute& attribute(int index) { return *charter.mutable_attributes(index); }
  v1::DataCut& cut() { return *charter.mutable_data_cuts(0); }
  v1::Limits& limits() { return *charter.mutable_limits(); }
  v1::Committee& committee() { return *charter.mutable_committee(); }

  // With a budget of epsilon 5 beside that of rho.
  static v1::Charter WithFlagship() {
    return TestFederation::Make({.flagship_cap_units = uint64_t{5} << 40}).charter;
  }

  v1::LifetimeCap& AddLifetimeCap() {
    v1::LifetimeCap& cap = *charter.add_lifetime_caps();
    cap.set_compartment(v1::COMPARTMENT_ADHOC);
    cap.set_product("allo-hct@1");
    cap.mutable_cap()->set_units(1);
    return cap;
  }
  void AddCanary(uint32_t patients) {
    v1::Product& product = *charter.add_products();
    product.set_id("canary@1");
    product.set_product_class(v1::CANARY);
    product.set_planned_patients(patients);
  }
  void AddPlanned(const char* id, const char* plan) {
    v1::PlannedRelease& planned = *charter.add_planned_releases();
    planned.set_id(id);
    planned.set_plan(plan);
  }

  absl::Status Create() const { return Charter::Create(charter.SerializeAsString()).status(); }
};

TEST_F(CharterCheckTest, DefaultPasses) { EXPECT_OK(Create()); }

// ---- Frame

TEST_F(CharterCheckTest, FederationWithoutNameFails) {
  charter.set_federation("Test Federation");
  EXPECT_THAT(Create(), IsRefused("malformed", "federation"));
}

TEST_F(CharterCheckTest, VersionZeroFails) {
  charter.set_version(0);
  EXPECT_THAT(Create(), IsRefused("malformed", "version"));
}

TEST_F(CharterCheckTest, PreviousHashInVersionOneFails) {
  charter.set_previous_hash(std::string(32, 'h'));
  EXPECT_THAT(Create(), IsRefused("malformed", "previous_hash"));
}

TEST_F(CharterCheckTest, MissingPreviousHashInVersionTwoFails) {
  charter.set_version(2);
  EXPECT_THAT(Create(), IsRefused("malformed", "previous_hash"));
}

TEST_F(CharterCheckTest, ValidityOf100DaysPasses) {
  charter.set_valid_until(charter.valid_from() + 100 * 86400);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, ValidityAbove100DaysFails) {
  charter.set_valid_until(charter.valid_from() + 100 * 86400 + 1);
  EXPECT_THAT(Create(), IsRefused("malformed", "valid_until"));
}

TEST_F(CharterCheckTest, ValidityThatEndsAtItsStartFails) {
  charter.set_valid_until(charter.valid_from());
  EXPECT_THAT(Create(), IsRefused("malformed", "valid_until"));
}

TEST_F(CharterCheckTest, ValidityBeyondAllNumbersFails) {
  charter.set_valid_from(std::numeric_limits<int64_t>::max());
  charter.set_valid_until(std::numeric_limits<int64_t>::min());
  EXPECT_THAT(Create(), IsRefused("malformed", "valid_until"));
}

TEST_F(CharterCheckTest, UnknownSuiteFails) {
  charter.set_suite("perdura-css-2");
  EXPECT_THAT(Create(), IsRefused("unknown_suite", "suite"));
}

TEST_F(CharterCheckTest, UnsetHpkeModeFails) {
  charter.clear_hpke_mode();
  EXPECT_THAT(Create(), IsRefused("unknown_suite", "hpke_mode"));
}

TEST_F(CharterCheckTest, PskModePasses) {
  charter.set_hpke_mode(v1::HPKE_MODE_PSK);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, UnknownHpkeModeFails) {
  charter.set_hpke_mode(static_cast<v1::HpkeMode>(3));
  EXPECT_THAT(Create(), IsRefused("unknown_suite", "hpke_mode"));
}

TEST_F(CharterCheckTest, UnsetWitnessIsRequiredAndNeedsLogKeys) {
  charter.clear_witness();
  EXPECT_THAT(Create(), IsRefused("malformed", "aggregator.log_key"));
}

TEST_F(CharterCheckTest, RequiredWitnessWithAllKeysPasses) {
  charter = test_support::TestFederation::Make({.witness = v1::WITNESS_REQUIRED}).charter;
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, RequiredWitnessWithoutAMembersLogKeyFails) {
  charter = test_support::TestFederation::Make({.witness = v1::WITNESS_REQUIRED}).charter;
  charter.mutable_members(1)->clear_log_key();
  EXPECT_THAT(Create(), IsRefused("malformed", "members alfred.log_key"));
}

TEST_F(CharterCheckTest, RequiredWitnessWithoutAStewardsCosignKeyFails) {
  charter = test_support::TestFederation::Make({.witness = v1::WITNESS_REQUIRED}).charter;
  charter.mutable_members(1)->clear_cosign_key();
  EXPECT_THAT(Create(), IsRefused("malformed", "members alfred.cosign_key"));
}

TEST_F(CharterCheckTest, RequiredWitnessAsksNoCosignKeyOfAMemberThatIsNoSteward) {
  charter =
      test_support::TestFederation::Make({.nodes = 5, .witness = v1::WITNESS_REQUIRED}).charter;
  EXPECT_TRUE(charter.members(4).cosign_key().empty());
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, LogKeyThatIsASignKeyFails) {
  charter.mutable_members(0)->set_log_key(charter.members(1).sign_key());
  EXPECT_THAT(Create(), IsRefused("key_reused", "stands twice"));
}

TEST_F(CharterCheckTest, ShortLogKeyFailsAlsoWithoutAWitness) {
  charter.mutable_members(0)->set_log_key("short");
  EXPECT_THAT(Create(), IsRefused("malformed", "members ohio.log_key"));
}

TEST_F(CharterCheckTest, UnknownWitnessFails) {
  charter.set_witness(static_cast<v1::Witness>(7));
  EXPECT_THAT(Create(), IsRefused("malformed", "witness"));
}

TEST_F(CharterCheckTest, ZeroAuthorityThresholdFails) {
  charter.set_authority_threshold(0);
  EXPECT_THAT(Create(), IsRefused("malformed", "authority_threshold"));
}

TEST_F(CharterCheckTest, AuthorityThresholdAboveKeysFails) {
  charter.set_authority_threshold(4);
  EXPECT_THAT(Create(), IsRefused("malformed", "authority_threshold"));
}

TEST_F(CharterCheckTest, UnknownFieldFails) {
  charter.mutable_limits()->GetReflection()->MutableUnknownFields(&limits())->AddVarint(99, 1);
  EXPECT_THAT(Create(), IsRefused("malformed", "does not know"));
}

// ---- Pseudonyms

TEST_F(CharterCheckTest, UnsetNodesPerPatientFails) {
  charter.mutable_pseudonyms()->clear_nodes_per_patient();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "nodes_per_patient"));
}

TEST_F(CharterCheckTest, OneNodePerPatientWithoutDeclarationFails) {
  charter.mutable_pseudonyms()->set_sources_declared_disjoint(false);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "sources_declared_disjoint"));
}

TEST_F(CharterCheckTest, TwoNodesPerPatientPassWithoutDeclaration) {
  charter.mutable_pseudonyms()->set_nodes_per_patient(2);
  charter.mutable_pseudonyms()->set_sources_declared_disjoint(false);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, LinkageStewardFails) {
  charter.mutable_pseudonyms()->set_linkage_steward("ohio");
  EXPECT_THAT(Create(), IsRefused("not_supported", "linkage_steward"));
}

// ---- Parties

TEST_F(CharterCheckTest, MemberIdThatIsNoNameFails) {
  member(0).set_id("Ohio");
  EXPECT_THAT(Create(), IsRefused("malformed", "members.id"));
}

TEST_F(CharterCheckTest, MemberThatStandsTwiceFails) {
  member(1).set_id("ohio");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, AnalystWithTheIdOfAMemberFails) {
  analyst().set_id("ohio");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, MemberWithTheIdOfTheAggregatorFails) {
  member(0).set_id("aggregator");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, SignKeyOf31BytesFails) {
  member(0).set_sign_key(std::string(31, 'k'));
  EXPECT_THAT(Create(), IsRefused("malformed", "ohio.sign_key: 32 bytes"));
}

TEST_F(CharterCheckTest, MissingTlsPinFails) {
  analyst().clear_tls_pin();
  EXPECT_THAT(Create(), IsRefused("malformed", "payer-desk.tls_pin: 32 bytes"));
}

TEST_F(CharterCheckTest, AuthorityKeyOf33BytesFails) {
  charter.set_authority_keys(0, std::string(33, 'k'));
  EXPECT_THAT(Create(), IsRefused("malformed", "authority_keys"));
}

TEST_F(CharterCheckTest, KeyOfTwoMembersFails) {
  member(1).set_sign_key(member(0).sign_key());
  EXPECT_THAT(Create(), IsRefused("key_reused", "alfred.sign_key"));
}

TEST_F(CharterCheckTest, AuthorityKeyThatStandsTwiceFails) {
  charter.set_authority_keys(1, charter.authority_keys(0));
  EXPECT_THAT(Create(), IsRefused("key_reused", "authority_keys"));
}

TEST_F(CharterCheckTest, AuthorityKeyThatSignsForAMemberFails) {
  member(0).set_sign_key(charter.authority_keys(2));
  EXPECT_THAT(Create(), IsRefused("key_reused", "ohio.sign_key"));
}

TEST_F(CharterCheckTest, AggregatorKeyOfAnAnalystFails) {
  analyst().set_sign_key(charter.aggregator().sign_key());
  EXPECT_THAT(Create(), IsRefused("key_reused", "payer-desk.sign_key"));
}

TEST_F(CharterCheckTest, SharedTlsPinFails) {
  member(2).set_tls_pin(member(3).tls_pin());
  EXPECT_THAT(Create(), IsRefused("key_reused", "hahnemann.tls_pin"));
}

TEST_F(CharterCheckTest, MemberWithoutLegalEntityFails) {
  member(0).clear_legal_entity();
  EXPECT_THAT(Create(), IsRefused("malformed", "legal_entity"));
}

TEST_F(CharterCheckTest, CountryInLowerCaseFails) {
  member(0).set_country("us");
  EXPECT_THAT(Create(), IsRefused("malformed", "country"));
}

TEST_F(CharterCheckTest, AnalystWithoutCountryFails) {
  analyst().clear_country();
  EXPECT_THAT(Create(), IsRefused("malformed", "country"));
}

TEST_F(CharterCheckTest, MemberWithoutRoleFails) {
  member(0).clear_roles();
  EXPECT_THAT(Create(), IsRefused("malformed", "roles"));
}

TEST_F(CharterCheckTest, UnknownRoleFails) {
  member(0).set_roles(0, static_cast<v1::MemberRole>(17));
  EXPECT_THAT(Create(), IsRefused("malformed", "unknown role"));
}

TEST_F(CharterCheckTest, LinkageRoleFails) {
  member(0).add_roles(v1::MEMBER_ROLE_LINKAGE);
  EXPECT_THAT(Create(), IsRefused("not_supported", "LINKAGE"));
}

TEST_F(CharterCheckTest, ControlCharacterInADisplayNameFails) {
  member(0).set_display_name("Ohio\x1b[2J");
  EXPECT_THAT(Create(), IsRefused("malformed", "display_name"));
}

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

// ---- Budgets (CH6)

TEST_F(CharterCheckTest, UnsetProductsPerPatientFails) {
  charter.clear_products_per_patient();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "products_per_patient"));
}

// Nodes keep the list of products that a patient counts for.
TEST_F(CharterCheckTest, MoreProductsThanOnePatientMayCountForPass) {
  charter = TestFederation::Make({.products_per_patient = 2, .products = 3}).charter;
  ASSERT_EQ(charter.products_size(), 3);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, GuaranteeIsTheSumOfTheLargestCapsOnly) {
  charter = TestFederation::Make({.products_per_patient = 2, .products = 3}).charter;
  analyst().clear_caps();
  charter.clear_purpose_caps();
  for (int i = 0; i < 3; ++i) {
    charter.mutable_budgets(i)->mutable_cap()->set_units(static_cast<uint64_t>(100 * (i + 1)));
  }
  v1::Amount& amount = *charter.mutable_patient_guarantees(0)->mutable_amount();
  amount.set_units(500);
  EXPECT_OK(Create());
  amount.set_units(499);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "at least 500 units"));
}

TEST_F(CharterCheckTest, UnsetMostPatientsFails) {
  charter.clear_n_max();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "n_max"));
}

TEST_F(CharterCheckTest, UnsetDefaultChargeFails) {
  charter.clear_default_charge();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "default_charge"));
}

TEST_F(CharterCheckTest, DefaultChargeAboveTheCapPasses) {
  charter.mutable_default_charge()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, BudgetsOfBothCompartmentsAreAccepted) {
  charter = WithFlagship();
  ASSERT_EQ(charter.budgets_size(), 2);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, FlagshipLineThatStandsTwiceFails) {
  charter = WithFlagship();
  *charter.add_budgets() = charter.budgets(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "stands twice"));
}

// Units of epsilon say nothing about units of rho.
TEST_F(CharterCheckTest, AnalystCapIsHeldAgainstItsOwnCompartment) {
  charter = WithFlagship();
  charter.mutable_budgets(0)->mutable_cap()->set_units(1000);
  analyst().mutable_caps(0)->mutable_cap()->set_units(1000);
  charter.mutable_purpose_caps(0)->mutable_cap()->set_units(1000);
  EXPECT_OK(Create());
  analyst().mutable_caps(1)->mutable_cap()->set_units(charter.budgets(1).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, FlagshipAnalystCapWithoutFlagshipBudgetFails) {
  charter = WithFlagship();
  charter.mutable_budgets()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, GuaranteeOfOneCompartmentDoesNotServeTheOther) {
  charter = WithFlagship();
  const uint64_t huge = uint64_t{1} << 57;
  charter.mutable_patient_guarantees(0)->mutable_amount()->set_units(huge);
  charter.mutable_patient_guarantees()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "COMPARTMENT_FLAGSHIP, period 2026"));
}

TEST_F(CharterCheckTest, FlagshipGuaranteeBelowItsCapFails) {
  charter = WithFlagship();
  charter.mutable_patient_guarantees(1)->mutable_amount()->set_units(
      charter.budgets(1).cap().units() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "COMPARTMENT_FLAGSHIP"));
}

TEST_F(CharterCheckTest, GuaranteeThatStandsTwiceFails) {
  charter = WithFlagship();
  *charter.add_patient_guarantees() = charter.patient_guarantees(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "each compartment and period once"));
}

TEST_F(CharterCheckTest, BudgetWithoutCompartmentFails) {
  charter.mutable_budgets(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment"));
}

TEST_F(CharterCheckTest, BudgetOfAnUnknownProductFails) {
  charter.mutable_budgets(0)->set_product("axi-cel@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "budgets.product"));
}

TEST_F(CharterCheckTest, BudgetLineThatStandsTwiceFails) {
  *charter.add_budgets() = charter.budgets(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "stands twice"));
}

TEST_F(CharterCheckTest, CapAbove2To58Fails) {
  charter.mutable_budgets(0)->mutable_cap()->set_units((uint64_t{1} << 58) + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "2^58"));
}

TEST_F(CharterCheckTest, AnalystCapAboveTheLineFails) {
  analyst().mutable_caps(0)->mutable_cap()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, AnalystCapAboveTheSmallestLineFails) {
  charter = TestFederation::Make({.products_per_patient = 2}).charter;
  charter.mutable_budgets(1)->mutable_cap()->set_units(1000);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "1000 units"));
}

TEST_F(CharterCheckTest, AnalystCapWithoutBudgetFails) {
  charter.clear_budgets();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, AnalystCapWithoutCompartmentFails) {
  analyst().mutable_caps(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment is unset"));
}

TEST_F(CharterCheckTest, TwoAnalystCapsOfOneCompartmentFail) {
  *analyst().add_caps() = analyst().caps(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, MissingPatientGuaranteeFails) {
  charter.clear_patient_guarantees();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PatientGuaranteeBelowTheTwoLargestCapsFails) {
  charter = TestFederation::Make({.products_per_patient = 2}).charter;
  v1::Amount& amount = *charter.mutable_patient_guarantees(0)->mutable_amount();
  amount.set_units(amount.units() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PatientGuaranteeOfAnotherPeriodFails) {
  charter.mutable_patient_guarantees(0)->set_period("2027");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "period 2026"));
}

TEST_F(CharterCheckTest, PatientGuaranteeWithoutCompartmentFails) {
  charter.mutable_patient_guarantees(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PurposeCapOfAnUnknownPurposeFails) {
  charter.mutable_purpose_caps(0)->set_purpose("marketing");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps marketing"));
}

TEST_F(CharterCheckTest, PurposeCapWithoutCompartmentFails) {
  charter.mutable_purpose_caps(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment is unset"));
}

TEST_F(CharterCheckTest, PurposeCapAboveTheSmallestLineFails) {
  charter.mutable_purpose_caps(0)->mutable_cap()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps evidence: above"));
}

TEST_F(CharterCheckTest, PurposeCapWithoutBudgetOfItsCompartmentFails) {
  v1::PurposeCap& cap = *charter.add_purpose_caps();
  cap.set_purpose("evidence");
  cap.set_compartment(v1::COMPARTMENT_FLAGSHIP);
  EXPECT_OK(Create());
  cap.mutable_cap()->set_units(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps evidence"));
}

TEST_F(CharterCheckTest, TwoPurposeCapsOfOneCompartmentFail) {
  *charter.add_purpose_caps() = charter.purpose_caps(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "one for each compartment"));
}

TEST_F(CharterCheckTest, LifetimeCapPasses) {
  AddLifetimeCap();
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, LifetimeCapOfAnUnknownProductFails) {
  AddLifetimeCap().set_product("axi-cel@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.product"));
}

TEST_F(CharterCheckTest, LifetimeCapWithoutCompartmentFails) {
  AddLifetimeCap().clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.compartment"));
}

// No line is no cap; a line that says nothing would be one of zero.
TEST_F(CharterCheckTest, LifetimeCapWithoutUnitsFails) {
  AddLifetimeCap().clear_cap();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.cap"));
}

TEST_F(CharterCheckTest, TwoLifetimeCapsOfAProductFail) {
  AddLifetimeCap();
  AddLifetimeCap();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps: each"));
}

TEST_F(CharterCheckTest, PlannedReleaseWithoutVersionFails) {
  AddPlanned("year-one", "plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "planned_releases.id"));
}

TEST_F(CharterCheckTest, PlannedReleaseWithoutPlanFails) {
  AddPlanned("year-one@1", "");
  EXPECT_THAT(Create(), IsRefused("malformed", "year-one@1.plan"));
}

TEST_F(CharterCheckTest, PlannedReleaseThatStandsTwiceFails) {
  AddPlanned("year-one@1", "plan");
  AddPlanned("year-one@1", "another plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, PlanOfTwoPlannedReleasesFails) {
  AddPlanned("year-one@1", "plan");
  AddPlanned("year-two@1", "plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "another id has it"));
}

// ---- Limits (CH6)

TEST_F(CharterCheckTest, UnsetRowsFail) {
  limits().clear_max_rows();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "max_rows"));
}

TEST_F(CharterCheckTest, RowsAbove4096Fail) {
  limits().set_max_rows(4097);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "max_rows"));
}

TEST_F(CharterCheckTest, UnsetDealSlotFails) {
  limits().clear_deal_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetUploadSlotFails) {
  limits().clear_upload_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetCollectSlotFails) {
  limits().clear_collect_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetCommitSlotFails) {
  limits().clear_commit_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetAnswerSlotFails) {
  limits().clear_answer_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetUploadDistanceFails) {
  limits().clear_w_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, CollectingForLessThanTheUploadDistanceFails) {
  limits().set_collect_ms(limits().w_ms() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "collect_ms"));
}

TEST_F(CharterCheckTest, SkewThatReachesTheUploadFails) {
  limits().set_skew_ms(200);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "skew_ms"));
}

TEST_F(CharterCheckTest, SkewAboveTwoMinutesFails) {
  limits().set_skew_ms(120'001);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "2 minutes"));
}

TEST_F(CharterCheckTest, GraceThatReachesTheCommitFails) {
  limits().set_grace_ms(limits().commit_ms());
  EXPECT_THAT(Create(), IsRefused("bad_timing", "grace_ms"));
}

TEST_F(CharterCheckTest, SlotAbove7DaysFails) {
  limits().set_collect_ms(7u * 86'400'000 + 1);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "7 days"));
}

}  // namespace
}  // namespace perdura::federation
