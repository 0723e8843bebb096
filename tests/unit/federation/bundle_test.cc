#include "federation/bundle/bundle.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "crypto/field64.h"
#include "crypto/shamir.h"
#include "federation/envelope.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;
using test_support::TestKey;

// The parts of one finished round, each editable before it is signed. Not private: seeded shares.
struct Parts {
  TestFederation fed = TestFederation::Make();
  std::vector<int64_t> values = {5, -7, 1234567};
  std::vector<int> answering = {1, 2, 3, 4};
  std::vector<int> certifying = {1, 2, 3};
  // What one part says otherwise than it should.
  std::function<void(v1::Ask&)> ask = [](v1::Ask&) {};
  std::function<void(v1::SealKey&)> first_seal_key = [](v1::SealKey&) {};
  std::function<void(v1::Manifest&)> manifest = [](v1::Manifest&) {};
  std::function<void(v1::Commit&)> commit = [](v1::Commit&) {};
  std::function<void(v1::PartialSum&)> first_sum = [](v1::PartialSum&) {};
  std::function<void(v1::Release&)> release = [](v1::Release&) {};

  v1::ReleaseBundle Bundle() const;

 private:
  const crypto::SigningKey& StewardKey(int index) const {
    return fed.member_key(fed.charter.committee().stewards(index - 1));
  }
  v1::Envelope AskEnvelope(const std::string& charter_hash) const;
  void AddSealKeys(const std::string& charter_hash, v1::ReleaseBundle& bundle) const;
  v1::Manifest MakeManifest(const std::string& charter_hash, const v1::ReleaseBundle& bundle) const;
  void AddCommit(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
  void AddSums(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
  void AddRelease(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
};

v1::Envelope Parts::AskEnvelope(const std::string& charter_hash) const {
  v1::Ask made;
  made.set_charter_hash(charter_hash);
  made.set_analyst("payer-desk");
  made.set_question_id("0123456789abcdef");
  made.set_attempt(1);
  made.set_plan("a plan");
  made.set_max_charge(1000);
  ask(made);
  return SignMessage(MessageType::kAsk, made, fed.analyst_key("payer-desk"), "payer-desk");
}

void Parts::AddSealKeys(const std::string& charter_hash, v1::ReleaseBundle& bundle) const {
  for (int index = 1; index <= fed.charter.committee().stewards_size(); ++index) {
    v1::SealKey key;
    key.set_charter_hash(charter_hash);
    key.set_member(fed.charter.committee().stewards(index - 1));
    key.set_use("share");
    if (index == 1) first_seal_key(key);
    *bundle.add_seal_keys() = SignMessage(MessageType::kSealKey, key, StewardKey(index), "");
  }
}

v1::Manifest Parts::MakeManifest(const std::string& charter_hash,
                                 const v1::ReleaseBundle& bundle) const {
  v1::Manifest made;
  made.set_charter_hash(charter_hash);
  made.set_suite(std::string(kSuite));
  *made.mutable_ask() = AskEnvelope(charter_hash);
  made.set_question_id("0123456789abcdef");
  made.set_attempt(1);
  made.set_plan("a plan");
  made.set_layout_hash("a layout");
  made.set_rows(static_cast<uint32_t>(values.size()));
  made.set_patient_bound(300);
  made.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN);
  made.mutable_noise()->set_numerator(676'099);
  made.mutable_noise()->set_denominator(1);
  made.mutable_charge()->set_units(1000);
  made.set_min_entities(3);
  made.mutable_slots()->set_answer_at(500);
  for (const v1::Envelope& key : bundle.seal_keys()) {
    made.add_seal_key_ids(PayloadId(key.payload()));
  }
  manifest(made);
  return made;
}

void Parts::AddCommit(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  v1::Commit commit_made;
  commit_made.set_charter_hash(made.charter_hash());
  commit_made.set_manifest_hash(PayloadId(bundle.manifest().payload()));
  for (const char* member : {"alfred", "hahnemann", "ohio"}) {
    commit_made.add_contributors()->set_member(member);
  }
  for (const char* steward : {"ohio", "alfred", "st-vincent"}) {
    commit_made.add_dealers()->set_member(steward);
  }
  commit(commit_made);
  *bundle.mutable_commit() =
      SignMessage(MessageType::kCommit, commit_made, StewardKey(certifying.front()), "");
  for (size_t i = 1; i < certifying.size(); ++i) {
    AddSignature(*bundle.mutable_commit(), StewardKey(certifying[i]), "");
  }
}

void Parts::AddSums(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  crypto::FieldVector secret;
  for (const int64_t value : values) secret.push_back(crypto::Field64::FromSigned(value));
  test_support::SeededRandom random(7);
  const auto shares = crypto::Split(secret, 4, 2, random);
  ASSERT_OK(shares);
  for (const int index : answering) {
    v1::PartialSum sum;
    sum.set_charter_hash(made.charter_hash());
    sum.set_manifest_hash(PayloadId(bundle.manifest().payload()));
    sum.set_commit_id(PayloadId(bundle.commit().payload()));
    sum.set_index(static_cast<uint32_t>(index));
    sum.set_sum(crypto::EncodeFields((*shares)[static_cast<size_t>(index) - 1]));
    if (index == answering.front()) first_sum(sum);
    *bundle.add_partial_sums() = SignMessage(MessageType::kPartialSum, sum, StewardKey(index), "");
  }
}

void Parts::AddRelease(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  v1::Release release_made;
  release_made.set_charter_hash(made.charter_hash());
  release_made.set_manifest_hash(PayloadId(bundle.manifest().payload()));
  release_made.set_commit_id(PayloadId(bundle.commit().payload()));
  release_made.set_plan(made.plan());
  release_made.set_layout_hash(made.layout_hash());
  release_made.mutable_values()->Add(values.begin(), values.end());
  *release_made.mutable_noise() = made.noise();
  release_made.set_quorum(3);
  release_made.set_corrupt_bound(1);
  for (const v1::Envelope& sum : bundle.partial_sums()) {
    release_made.add_partial_sum_ids(PayloadId(sum.payload()));
  }
  release_made.set_answers(static_cast<uint32_t>(answering.size()));
  release_made.set_unchecked_against_liars(answering.size() < 3);
  release_made.set_answered_at(500);
  release(release_made);
  *bundle.mutable_release() =
      SignMessage(MessageType::kRelease, release_made, fed.aggregator_key(), "");
}

v1::ReleaseBundle Parts::Bundle() const {
  v1::ReleaseBundle bundle;
  *bundle.add_charters() = fed.Sign(fed.charter);
  const std::string charter_hash = PayloadId(bundle.charters(0).payload());
  AddSealKeys(charter_hash, bundle);
  const v1::Manifest made = MakeManifest(charter_hash, bundle);
  *bundle.mutable_manifest() = SignMessage(MessageType::kManifest, made, fed.aggregator_key(), "");
  AddCommit(made, bundle);
  AddSums(made, bundle);
  AddRelease(made, bundle);
  return bundle;
}

class BundleTest : public ::testing::Test {
 protected:
  absl::StatusOr<OpenedBundle> Open() const { return OpenBundle(parts.Bundle(), parts.fed.pin); }
  Parts parts;
};

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

// ---- Partial sums

TEST_F(BundleTest, OneAnswerFails) {
  parts.answering = {1};
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial sums"));
}

TEST_F(BundleTest, SameAnswerTwiceFails) {
  parts.answering = {1, 1};
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial sums"));
}

TEST_F(BundleTest, SumOfAnotherStewardFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.set_index(2); };
  EXPECT_THAT(Open(), IsRefused("bad_signature", "partial sum 2"));
}

TEST_F(BundleTest, SumOfNoStewardFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.set_index(5); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "no such steward"));
}

TEST_F(BundleTest, SumOfAnotherCommitFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.set_commit_id(std::string(32, 'h')); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "another commit"));
}

TEST_F(BundleTest, SumWithARowTooFewFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.mutable_sum()->resize(16); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial sum 1"));
}

TEST_F(BundleTest, SumWithAWordAboveTheModulusFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.mutable_sum()->replace(0, 8, 8, '\xff'); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial sum 1"));
}

TEST_F(BundleTest, LieAmongThreeAnswersFails) {
  parts.answering = {1, 2, 3};
  parts.first_sum = [](v1::PartialSum& sum) { sum.mutable_sum()->front() ^= 1; };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial sums"));
}

// ---- Release

TEST_F(BundleTest, ReleaseOfAnotherSignerFails) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.mutable_release()->clear_signatures();
  AddSignature(*bundle.mutable_release(), TestKey("ohio"), "aggregator");
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_signature", "release"));
}

TEST_F(BundleTest, ChangedValueFails) {
  parts.release = [](v1::Release& release) { release.set_values(0, 6); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "values"));
}

TEST_F(BundleTest, MissingValueFails) {
  parts.release = [](v1::Release& release) { release.mutable_values()->RemoveLast(); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "values"));
}

TEST_F(BundleTest, ReleaseOfAnotherManifestFails) {
  parts.release = [](v1::Release& release) { release.set_manifest_hash(std::string(32, 'h')); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "another charter, manifest or commit"));
}

TEST_F(BundleTest, ReleaseOfAnotherPlanFails) {
  parts.release = [](v1::Release& release) { release.set_plan("another"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "plan"));
}

TEST_F(BundleTest, ReleaseOfAnotherLayoutFails) {
  parts.release = [](v1::Release& release) { release.set_layout_hash("another"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "layout_hash"));
}

TEST_F(BundleTest, ReleaseThatClaimsLessNoiseFails) {
  parts.release = [](v1::Release& release) { release.mutable_noise()->set_numerator(9); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "noise"));
}

TEST_F(BundleTest, ReleaseWithAnotherQuorumFails) {
  parts.release = [](v1::Release& release) { release.set_quorum(2); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "quorum"));
}

TEST_F(BundleTest, ReleaseThatNamesAnotherSumFails) {
  parts.release = [](v1::Release& release) {
    release.set_partial_sum_ids(0, std::string(32, 'h'));
  };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "partial_sum_ids"));
}

TEST_F(BundleTest, ReleaseWithAnotherNumberOfAnswersFails) {
  parts.release = [](v1::Release& release) { release.set_answers(3); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "answers"));
}

TEST_F(BundleTest, LiarThatIsNotNamedFails) {
  parts.first_sum = [](v1::PartialSum& sum) { sum.mutable_sum()->front() ^= 1; };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "off_polynomial"));
}

TEST_F(BundleTest, UncheckedReleaseThatClaimsToBeCheckedFails) {
  parts.answering = {1, 2};
  parts.release = [](v1::Release& release) { release.set_unchecked_against_liars(false); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "unchecked_against_liars"));
}

TEST_F(BundleTest, SiblingsWithoutAWitnessFail) {
  parts.release = [](v1::Release& release) { release.add_siblings()->set_end_state("burnt"); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "siblings"));
}

TEST_F(BundleTest, LogEntriesWithoutAWitnessFail) {
  v1::ReleaseBundle bundle = parts.Bundle();
  bundle.add_entries()->set_party("aggregator");
  EXPECT_THAT(OpenBundle(bundle, parts.fed.pin), IsRefused("bad_bundle", "entries"));
}

TEST_F(BundleTest, AnswerBeforeItsSlotFails) {
  parts.release = [](v1::Release& release) { release.set_answered_at(499); };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "answered_at"));
}

TEST_F(BundleTest, ValueBeyondTheOverflowBoundFails) {
  parts.values = {5, 100'000'000};
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "overflow bound"));
}

TEST_F(BundleTest, VarianceUnderTheOtherLawFails) {
  parts.manifest = [](v1::Manifest& manifest) {
    manifest.mutable_noise()->set_law(v1::DISCRETE_LAPLACE);
  };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "noise"));
}

TEST_F(BundleTest, UnknownNoiseLawFails) {
  parts.manifest = [](v1::Manifest& manifest) {
    manifest.mutable_noise()->set_law(v1::NOISE_LAW_UNSPECIFIED);
  };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "noise"));
}

// Level 1: P / 2^32; a row holds at most n_max patients and the tail 2^20.
void MakeFlagship(v1::Manifest& manifest) {
  manifest.set_patient_bound(1);
  manifest.mutable_noise()->set_law(v1::DISCRETE_LAPLACE);
  manifest.mutable_noise()->set_numerator(1'580'030'169);
  manifest.mutable_noise()->set_denominator(uint64_t{1} << 32);
}

TEST_F(BundleTest, FlagshipReleaseAtItsOverflowBoundPasses) {
  parts.manifest = MakeFlagship;
  parts.values = {5, -(100'000 + (1 << 20))};
  EXPECT_OK(Open());
}

TEST_F(BundleTest, FlagshipValueBeyondItsOverflowBoundFails) {
  parts.manifest = MakeFlagship;
  parts.values = {5, -(100'000 + (1 << 20)) - 1};
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "overflow bound"));
}

TEST_F(BundleTest, LaplaceParameterOffTheListFails) {
  parts.manifest = [](v1::Manifest& manifest) {
    MakeFlagship(manifest);
    manifest.mutable_noise()->set_numerator(1'580'030'168);
  };
  EXPECT_THAT(Open(), IsRefused("bad_bundle", "noise"));
}

}  // namespace
}  // namespace perdura::federation
