// What a charter says of itself, and who its parties are.

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/charter_check_fixture.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

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

}  // namespace
}  // namespace perdura::federation
