// The partial sums of a bundle, and the release that must follow from them.

#include <gtest/gtest.h>

#include <string>

#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/bundle_parts.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestKey;

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
