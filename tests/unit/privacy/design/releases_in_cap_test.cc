#include "privacy/design/releases_in_cap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "privacy/design/cohort.h"
#include "privacy/design/conversion.h"
#include "tests/support/status_matchers.h"

namespace perdura::privacy_design {
namespace {

using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::StatusIs;

constexpr CommitteeNoise kFourTwoNoise = {.dealers = 3, .honest_dealers = 2};
constexpr uint64_t kOneEpsilon = uint64_t{1} << 40;

WantedPrecision Half(double n) { return {.kappa = 2.6, .survival = 0.4, .n = n, .share = 0.5}; }

privacy::Charge Cap(uint64_t units) { return *privacy::Charge::Create(units); }

// A charge of cap / k has exactly the wanted share.
TEST(ReleasesInCapTest, ThatManyReleasesOfRhoHaveTheWantedShare) {
  const privacy::Charge cap = *CapFromEpsilon(2, 1e-6);
  for (const double share : {0.2, 0.5, 0.75}) {
    const WantedPrecision wanted{.kappa = 1.5, .survival = 0.4, .n = 300, .share = share};
    ASSERT_OK_AND_ASSIGN(const double releases, ReleasesInRho(cap, wanted, kFourTwoNoise));
    ASSERT_OK_AND_ASSIGN(
        const double variance,
        UnitNoiseVariance(Cap(static_cast<uint64_t>(static_cast<double>(cap.units()) / releases)),
                          kFourTwoNoise));
    EXPECT_NEAR(PredictedShare(1.5, variance, 300, 0.4), share, 1e-9);
  }
}

TEST(ReleasesInCapTest, NeededLevelIsTheSmallestThatIsPreciseEnough) {
  for (const double n : {20.0, 78.0, 100.0, 330.0, 2000.0, 20000.0}) {
    ASSERT_OK_AND_ASSIGN(const auto level, NeededLevel(Half(n), 1, kFourTwoNoise));
    ASSERT_TRUE(level.has_value()) << n;
    for (const privacy::LaplaceLevel& other : privacy::LaplaceLevel::All()) {
      ASSERT_OK_AND_ASSIGN(const double variance,
                           FlagshipUnitNoiseVariance(Cap(other.units(1)), 1, kFourTwoNoise));
      const bool enough = PredictedShare(2.6, variance, n, 0.4) <= 0.5;
      EXPECT_EQ(enough, other.eighths() >= level->eighths()) << n << " " << other.eighths();
    }
  }
}

TEST(ReleasesInCapTest, NoLevelIsEnoughForAHandfulOfPatients) {
  ASSERT_OK_AND_ASSIGN(const auto level, NeededLevel(Half(5), 1, kFourTwoNoise));
  EXPECT_FALSE(level.has_value());
  EXPECT_THAT(ReleasesInEpsilon(Cap(100 * kOneEpsilon), Half(5), 1, kFourTwoNoise),
              IsOkAndHolds(uint64_t{0}));
}

// At n = 100 level 1 is needed (privacy.md 7: 78 patients), so a cap of 2.5 holds two.
TEST(ReleasesInCapTest, ReleasesOfEpsilonAreWhole) {
  const privacy::Charge cap = Cap(5 * kOneEpsilon / 2);
  EXPECT_THAT(ReleasesInEpsilon(cap, Half(100), 1, kFourTwoNoise), IsOkAndHolds(uint64_t{2}));
  EXPECT_THAT(ReleasesInEpsilon(cap, Half(100), 2, kFourTwoNoise), IsOkAndHolds(uint64_t{1}));
}

TEST(ReleasesInCapTest, CommitteeWithoutHonestDealersIsRefused) {
  const CommitteeNoise none = {.dealers = 3, .honest_dealers = 0};
  EXPECT_THAT(ReleasesInRho(Cap(1), Half(100), none), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReleasesInEpsilon(Cap(1), Half(100), 1, none),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace perdura::privacy_design
