#include "query/preview_laws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/status_matchers.h"
#include "tests/unit/query_preview/preview_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

class CompareLawsTest : public ::testing::Test {
 protected:
  static absl::StatusOr<LawAdvice> Compare(const test_support::TestOptions& options,
                                           uint64_t releases, double n = 300) {
    const auto charter = LoadPreviewCharter(options);
    return CompareLaws(PreviewedPlan(*charter, v1::COMPARTMENT_ADHOC, 0, "g15@1"), *charter,
                       releases, n);
  }
  const test_support::TestOptions equal_{.cap_units = kRhoOfTwo,
                                         .flagship_cap_units = 2 * kEpsilonOne};
};

TEST_F(CompareLawsTest, UpToFiveReleasesOnEqualBudgetsAreFlagship) {
  for (const uint64_t releases : {1, 2, 3, 4, 5}) {
    ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare(equal_, releases));
    EXPECT_EQ(advice.recommended, v1::COMPARTMENT_FLAGSHIP) << releases;
    EXPECT_THAT(advice.reason, HasSubstr("up to 5"));
  }
}

TEST_F(CompareLawsTest, MoreThanFiveReleasesAreDefault) {
  for (const uint64_t releases : {6, 7, 16}) {
    ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare(equal_, releases));
    EXPECT_EQ(advice.recommended, v1::COMPARTMENT_ADHOC) << releases;
    EXPECT_THAT(advice.reason, HasSubstr("beyond 5"));
  }
}

// The preflight formulas of privacy.md 7: kappa 1.496 and 2.6 on CART are near those of the prior.
TEST_F(CompareLawsTest, OffersSpreadTheCapsOverTheReleases) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare(equal_, 4));
  ASSERT_TRUE(advice.adhoc.has_value() && advice.flagship.has_value());
  EXPECT_EQ(advice.adhoc->units, kRhoOfTwo / 4);
  EXPECT_EQ(advice.flagship->units, kEpsilonOne / 2);
  ASSERT_OK_AND_ASSIGN(const LawAdvice once, Compare(equal_, 1));
  // Dealers draw whole variances.
  EXPECT_NEAR(advice.adhoc->noise_sd / once.adhoc->noise_sd, 2, 1e-5);
  // sqrt of the row variances of levels 1/2 and 2.
  EXPECT_NEAR(advice.flagship->noise_sd / once.flagship->noise_sd,
              std::sqrt(7.83539618 / 0.362030831), 1e-6);
}

// Three releases of a cap of 2 get 2/3 each at most: the list has 1/2.
TEST_F(CompareLawsTest, FlagshipOfferIsALevelOfTheList) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare(equal_, 3));
  EXPECT_EQ(advice.flagship->units, kEpsilonOne / 2);
}

TEST_F(CompareLawsTest, WithoutANumberTheDefaultChargeCounts) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare({.flagship_cap_units = 5 * kEpsilonOne}, 0));
  EXPECT_EQ(advice.releases, 5u);
  EXPECT_EQ(advice.recommended, v1::COMPARTMENT_FLAGSHIP);
}

TEST_F(CompareLawsTest, WithoutAFlagshipBudgetTheDefaultIsRecommended) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare({}, 1));
  EXPECT_FALSE(advice.flagship.has_value());
  EXPECT_EQ(advice.recommended, v1::COMPARTMENT_ADHOC);
  EXPECT_THAT(advice.reason, HasSubstr("no charge of the list"));
}

// A hundred releases of a cap of 2 would be below level 1/8.
TEST_F(CompareLawsTest, MoreReleasesThanLevelsFitAreDefault) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice advice, Compare(equal_, 100));
  EXPECT_FALSE(advice.flagship.has_value());
  EXPECT_EQ(advice.recommended, v1::COMPARTMENT_ADHOC);
}

// Rho of (5, 1e-6) against epsilon 1/4: the rule for equal budgets does not apply.
TEST_F(CompareLawsTest, UnequalCapsAreComparedByTheirNoise) {
  ASSERT_OK_AND_ASSIGN(const LawAdvice small, Compare({.flagship_cap_units = kEpsilonOne / 4}, 2));
  EXPECT_GT(small.flagship->noise_sd, small.adhoc->noise_sd);
  EXPECT_EQ(small.recommended, v1::COMPARTMENT_ADHOC);
  EXPECT_THAT(small.reason, HasSubstr("not worth the same"));
  ASSERT_OK_AND_ASSIGN(
      const LawAdvice large,
      Compare({.cap_units = kRhoOfTwo, .flagship_cap_units = 40 * kEpsilonOne}, 20));
  EXPECT_EQ(large.recommended, v1::COMPARTMENT_FLAGSHIP);
}

TEST_F(CompareLawsTest, NumberOfPatientsMustBePositive) {
  EXPECT_THAT(Compare(equal_, 1, -1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("expected_n")));
}

}  // namespace
}  // namespace perdura::query
