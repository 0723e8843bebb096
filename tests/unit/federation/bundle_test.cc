// A bundle opens only where every part is signed, of one round, and by the charter: charters,
// manifest, seal-keys, certificate. Sums and release: bundle_release_test.cc.

#include <gtest/gtest.h>

#include <string>

#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/bundle_parts.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;
using test_support::TestKey;

TEST_F(BundleTest, HonestBundleOpens) {
  const v1::ReleaseBundle bundle = parts.Bundle();
  ASSERT_OK_AND_ASSIGN(const OpenedBundle opened, OpenBundle(bundle, parts.fed.pin));
  EXPECT_EQ(opened.charter->version(), 1);
  EXPECT_EQ(opened.ask.analyst(), "payer-desk");
  EXPECT_EQ(opened.commit.contributors_size(), 3);
  EXPECT_EQ(opened.release.values(1), -7);
  EXPECT_EQ(opened.manifest_hash, PayloadId(bundle.manifest().payload()));
  EXPECT_EQ(opened.release_id, PayloadId(bundle.release().payload()));
  EXPECT_EQ(opened.checks.size(), 9);
}

TEST_F(BundleTest, TwoAnswersOpenAsUnchecked) {
  parts.answering = {2, 4};
  ASSERT_OK_AND_ASSIGN(const OpenedBundle opened, Open());
  EXPECT_TRUE(opened.release.unchecked_against_liars());
  EXPECT_THAT(opened.checks.back(), ::testing::HasSubstr("too few answers"));
}

TEST_F(BundleTest, LiarThatIsNamedOpens) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.mutable_sum()->front() ^= 1; };
  parts.release = [](v1::Release& release) { release.add_off_polynomial(1); };
  ASSERT_OK_AND_ASSIGN(const OpenedBundle opened, Open());
  EXPECT_THAT(opened.checks.back(), ::testing::HasSubstr("steward 1"));
}

TEST_F(BundleTest, LaterCharterInFrontOpens) {
  v1::ReleaseBundle bundle = parts.Bundle();
  const v1::Envelope first = bundle.charters(0);
  *bundle.mutable_charters(0) = parts.fed.Sign(TestFederation::Next(parts.fed.charter));
  *bundle.add_charters() = first;
  ASSERT_OK_AND_ASSIGN(const OpenedBundle opened, OpenBundle(bundle, parts.fed.pin));
  EXPECT_EQ(opened.charter->version(), 1);
}

// ---- Charters

TEST_F(BundleTest, NoCharterFails) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.clear_charters();
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_bundle", "charters"));
}

TEST_F(BundleTest, OtherAuthorityFails) {
  AuthorityPin pin = parts.fed.pin;
  pin.keys = {TestKey("other-1").public_key(), TestKey("other-2").public_key()};
  EXPECT_THAT(OpenBundle(parts.Bundle(), pin), IsRefused("bad_signature", "charters"));
}

TEST_F(BundleTest, CharterThatIsNotInTheBundleFails) {
  parts.manifest = [](v1::Manifest& manifest) { manifest.set_charter_hash(std::string(32, 'h')); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "manifest: charter_hash"));
}

// ---- Manifest and ask

TEST_F(BundleTest, ManifestOfAnotherSignerFails) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.mutable_manifest()->clear_signatures();
  AddSignature(*bundle.mutable_manifest(), TestKey("ohio"), "aggregator");
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_signature", "manifest"));
}

TEST_F(BundleTest, UnknownSuiteFails) {
  parts.manifest = [](v1::Manifest& manifest) { manifest.set_suite("other"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "suite"));
}

TEST_F(BundleTest, FewerEntitiesThanTheChartersFail) {
  parts.manifest = [](v1::Manifest& manifest) { manifest.set_min_entities(2); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "min_entities"));
}

TEST_F(BundleTest, AskOfAStrangerFails) {
  parts.ask = [](v1::Ask& ask) { ask.set_analyst("stranger"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "ask"));
}

TEST_F(BundleTest, AskThatTheAnalystDidNotSignFails) {
  parts.manifest = [](v1::Manifest& manifest) {
    manifest.mutable_ask()->clear_signatures();
    AddSignature(*manifest.mutable_ask(), TestKey("aggregator"), "payer-desk");
  };
  EXPECT_THAT(Open(), IsRefused("bad_signature", "ask"));
}

TEST_F(BundleTest, AskForAnotherPlanFails) {
  parts.ask = [](v1::Ask& ask) { ask.set_plan("another plan"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "ask"));
}

TEST_F(BundleTest, AskForAnotherAttemptFails) {
  parts.ask = [](v1::Ask& ask) { ask.set_attempt(2); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "ask"));
}

TEST_F(BundleTest, ChargeAboveTheAsksFails) {
  parts.ask = [](v1::Ask& ask) { ask.set_max_charge(999); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "max_charge"));
}

// ---- Seal-keys

TEST_F(BundleTest, MissingSealKeyFails) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.mutable_seal_keys()->RemoveLast();
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_bundle", "seal-keys"));
}

TEST_F(BundleTest, SealKeysInAnotherOrderFail) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.mutable_seal_keys()->SwapElements(0, 1);
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_signature", "seal-key of ohio"));
}

TEST_F(BundleTest, SealKeyForMailFails) {
  parts.first_seal_key = [](v1::SealKey& key) { key.set_use("mail"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "seal-key of ohio"));
}

TEST_F(BundleTest, SealKeyThatTheManifestDoesNotNameFails) {
  parts.manifest = [](v1::Manifest& manifest) {
    manifest.set_seal_key_ids(0, std::string(32, 'h'));
  };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "seal-key of ohio"));
}

// ---- Certificate

TEST_F(BundleTest, CertificateOfTwoStewardsFails) {
  parts.certifying = {1, 2};
  EXPECT_THAT(Open(), IsRefused("bad_signature", "certificate"));
}

TEST_F(BundleTest, StewardThatSignsTwiceCountsOnce) {
  parts.certifying = {1, 2, 2};
  EXPECT_THAT(Open(), IsRefused("bad_signature", "certificate"));
}

TEST_F(BundleTest, CertificateOfAnotherRoundFails) {
  parts.commit = [](v1::Commit& commit) { commit.set_manifest_hash(std::string(32, 'h')); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "another round"));
}

TEST_F(BundleTest, TooFewDealersFail) {
  parts.commit = [](v1::Commit& commit) { commit.mutable_dealers()->RemoveLast(); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "exactly 3 dealers"));
}

TEST_F(BundleTest, TooManyDealersFail) {
  parts.commit = [](v1::Commit& commit) { commit.add_dealers()->set_member("hahnemann"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "exactly 3 dealers"));
}

TEST_F(BundleTest, DealerThatStandsTwiceFails) {
  parts.commit = [](v1::Commit& commit) { commit.mutable_dealers(2)->set_member("alfred"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "distinct stewards"));
}

TEST_F(BundleTest, DealerThatIsNoStewardFails) {
  parts.commit = [](v1::Commit& commit) { commit.mutable_dealers(0)->set_member("nobody"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "distinct stewards"));
}

TEST_F(BundleTest, TwoContributorsFail) {
  parts.commit = [](v1::Commit& commit) { commit.mutable_contributors()->RemoveLast(); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "fewer legal entities"));
}

TEST_F(BundleTest, ContributorThatStandsTwiceFails) {
  parts.commit = [](v1::Commit& commit) { commit.mutable_contributors(1)->set_member("alfred"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "distinct and sorted"));
}

TEST_F(BundleTest, ContributorThatIsNoNodeFails) {
  parts.commit = [](v1::Commit& commit) { commit.add_contributors()->set_member("zzz"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "no node"));
}

}  // namespace
}  // namespace perdura::federation
