#include "privacy/dealer_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::SeededRandom;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalidParameter = absl::StatusCode::kInvalidArgument;
constexpr uint64_t kTwoTo32 = uint64_t{1} << 32;

Charge OfUnits(uint64_t units) { return *Charge::Create(units); }

TEST(DealerNoiseTest, RhoBuysADiscreteGaussian) {
  ASSERT_OK_AND_ASSIGN(const DealerNoise noise,
                       DealerNoise::ForRho(65868, OfUnits(26779672616), 2));
  EXPECT_EQ(noise.law(), NoiseLaw::kDiscreteGaussian);
  EXPECT_EQ(noise.numerator(), 676099u);
  EXPECT_EQ(noise.denominator(), 1u);
  EXPECT_THAT(noise.SumBound(100000, 256, 3), IsOkAndHolds(uint64_t{25600000 + 11 * 1425}));
}

TEST(DealerNoiseTest, EpsilonBuysADiscreteLaplace) {
  ASSERT_OK_AND_ASSIGN(const DealerNoise noise,
                       DealerNoise::ForEpsilon(1, OfUnits(uint64_t{1} << 40), 2));
  EXPECT_EQ(noise.law(), NoiseLaw::kDiscreteLaplace);
  EXPECT_EQ(noise.numerator(), 1580030169u);
  EXPECT_EQ(noise.denominator(), kTwoTo32);
  EXPECT_THAT(noise.SumBound(100000, 1, 3), IsOkAndHolds(uint64_t{100000 + (1 << 20)}));
}

// One amount is no amount of the other law.
TEST(DealerNoiseTest, EpsilonOffTheListIsRefused) {
  EXPECT_THAT(DealerNoise::ForEpsilon(1, OfUnits(26779672616), 2),
              StatusIs(kInvalidParameter, HasSubstr("epsilon: must be one of")));
}

TEST(DealerNoiseTest, RhoThatBuysTooLittleNoiseIsRefused) {
  EXPECT_THAT(DealerNoise::ForRho(1, OfUnits(uint64_t{1} << 40), 2),
              StatusIs(kInvalidParameter, HasSubstr("below 9")));
}

TEST(DealerNoiseTest, ParameterGivesTheSameDrawsAsTheCharge) {
  const absl::StatusOr<DealerNoise> bought[] = {
      DealerNoise::ForRho(65868, OfUnits(26779672616), 2),
      DealerNoise::ForEpsilon(1, OfUnits(uint64_t{1} << 37), 3)};
  const int honest[] = {2, 3};
  for (size_t i = 0; i < std::size(bought); ++i) {
    ASSERT_OK(bought[i]);
    ASSERT_OK_AND_ASSIGN(const DealerNoise stated,
                         DealerNoise::FromParameter(bought[i]->law(), bought[i]->numerator(),
                                                    bought[i]->denominator(), honest[i]));
    SeededRandom first(i), second(i);
    for (int draw = 0; draw < 100; ++draw) {
      ASSERT_EQ(bought[i]->Draw(first), stated.Draw(second)) << i;
    }
  }
}

TEST(DealerNoiseTest, VarianceOverTwoIsRefused) {
  EXPECT_THAT(DealerNoise::FromParameter(NoiseLaw::kDiscreteGaussian, 676099, 2, 2),
              StatusIs(kInvalidParameter, HasSubstr("over 1")));
}

TEST(DealerNoiseTest, LaplaceParameterOffTheListIsRefused) {
  EXPECT_THAT(DealerNoise::FromParameter(NoiseLaw::kDiscreteLaplace, 1580030168, kTwoTo32, 2),
              StatusIs(kInvalidParameter));
  EXPECT_THAT(DealerNoise::FromParameter(NoiseLaw::kDiscreteLaplace, 1580030169, 1, 2),
              StatusIs(kInvalidParameter));
}

TEST(DealerNoiseTest, LaplaceWithoutHonestDealersIsRefused) {
  EXPECT_THAT(DealerNoise::FromParameter(NoiseLaw::kDiscreteLaplace, 1580030169, kTwoTo32, 0),
              StatusIs(kInvalidParameter, HasSubstr("honest_dealers")));
}

TEST(DealerNoiseTest, UnknownLawIsRefused) {
  EXPECT_THAT(DealerNoise::FromParameter(NoiseLaw::kUnspecified, 9, 1, 2),
              StatusIs(kInvalidParameter, HasSubstr("law")));
  EXPECT_THAT(DealerNoise::FromParameter(static_cast<NoiseLaw>(3), 9, 1, 2),
              StatusIs(kInvalidParameter, HasSubstr("law")));
}

}  // namespace
}  // namespace perdura::privacy
