#include "privacy/noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr uint64_t kCurativeG15 = 65868;
constexpr uint64_t kCategory = 65536;

Charge Units(uint64_t units) { return *Charge::Create(units); }

TEST(IntegerSquareRootTest, SmallNumbers) {
  uint64_t root = 0;
  for (uint64_t n = 0; n < 100000; ++n) {
    if ((root + 1) * (root + 1) <= n) ++root;
    ASSERT_EQ(IntegerSquareRoot(n), root) << n;
  }
}

TEST(IntegerSquareRootTest, AroundLargeSquares) {
  for (const uint64_t root : {uint64_t{94906265}, uint64_t{94906266}, (uint64_t{1} << 32) - 1}) {
    EXPECT_EQ(IntegerSquareRoot(root * root), root);
    EXPECT_EQ(IntegerSquareRoot(root * root - 1), root - 1);
  }
  EXPECT_EQ(IntegerSquareRoot(UINT64_MAX), (uint64_t{1} << 32) - 1);
}

struct DealerVarianceRow {
  uint64_t units, l2_squared;
  int honest_dealers;
  uint64_t variance;
};

TEST(DealerVarianceTest, GoldenNumbers) {
  const DealerVarianceRow rows[] = {
      {26779672616, kCurativeG15, 1, 1352196}, {26779672616, kCurativeG15, 2, 676099},
      {26779672616, kCurativeG15, 3, 450733},  {26779672616, kCategory, 1, 1345380},
      {26779672616, kCategory, 2, 672691},     {26779672616, kCategory, 3, 448461},
      {4846245294, kCurativeG15, 1, 7472037},  {4846245294, kCurativeG15, 2, 3736019},
      {4846245294, kCurativeG15, 3, 2490680},  {4846245294, kCategory, 1, 7434375},
      {4846245294, kCategory, 2, 3717188},     {4846245294, kCategory, 3, 2478126},
      {96924905893, kCurativeG15, 1, 373603},  {96924905893, kCurativeG15, 2, 186802},
      {96924905893, kCurativeG15, 3, 124535},  {96924905893, kCategory, 1, 371720},
      {96924905893, kCategory, 2, 185861},     {96924905893, kCategory, 3, 123908},
  };
  for (const DealerVarianceRow& row : rows) {
    EXPECT_THAT(DealerVariance(row.l2_squared, Units(row.units), row.honest_dealers),
                IsOkAndHolds(row.variance))
        << row.units << " " << row.l2_squared << " " << row.honest_dealers;
  }
}

TEST(DealerVarianceTest, FailsIfSensitivityIsZero) {
  EXPECT_THAT(DealerVariance(0, Units(1), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("l2_squared")));
}

TEST(DealerVarianceTest, FailsWithoutAnHonestDealer) {
  EXPECT_THAT(DealerVariance(kCategory, Units(26779672616), 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("honest_dealers")));
}

TEST(DealerVarianceTest, FailsWithTooManyDealers) {
  EXPECT_THAT(DealerVariance(kCategory, Units(26779672616), 1025),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("honest_dealers")));
}

TEST(DealerVarianceTest, FailsIfOneUnitAsksForTooMuchNoise) {
  for (int h = 1; h <= 3; ++h) {
    EXPECT_THAT(DealerVariance(kCurativeG15, Units(1), h),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2^50")));
    EXPECT_THAT(DealerVariance(kCategory, Units(1), h),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2^50")));
  }
}

TEST(DealerVarianceTest, FailsBelowNine) {
  EXPECT_THAT(DealerVariance(1, Units(uint64_t{1} << 40), 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("below 9")));
  // D 2^39 / (u h) + 1 with u = 2^39: v = D + 1.
  EXPECT_THAT(DealerVariance(7, Units(uint64_t{1} << 39), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("below 9")));
  EXPECT_THAT(DealerVariance(8, Units(uint64_t{1} << 39), 1), IsOkAndHolds(uint64_t{9}));
}

TEST(DealerVarianceTest, ReachesTwoToThe50AndNoFurther) {
  const uint64_t most = uint64_t{1} << 50;
  EXPECT_THAT(DealerVariance(most - 1, Units(uint64_t{1} << 39), 1), IsOkAndHolds(most));
  EXPECT_THAT(DealerVariance(most, Units(uint64_t{1} << 39), 1),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DealerVarianceTest, RoundsUp) {
  // 10 / 3 is 3.33: ceil gives 4... scaled by 2^39 units: 100 / 3 = 33.3 -> 34, + 1.
  EXPECT_THAT(DealerVariance(100, Units(3 * (uint64_t{1} << 39)), 1), IsOkAndHolds(uint64_t{35}));
  EXPECT_THAT(DealerVariance(100, Units(uint64_t{1} << 39), 3), IsOkAndHolds(uint64_t{35}));
}

TEST(DealerVarianceTest, ExtremeProductsDoNotOverflow) {
  EXPECT_THAT(DealerVariance(UINT64_MAX, Units(UINT64_MAX), 1024),
              IsOkAndHolds((uint64_t{1} << 29) + 1));
}

TEST(GaussianBoundTest, AddsCountsAndElevenSds) {
  // isqrt(676099 * 3) = 1424.
  EXPECT_THAT(GaussianBound(100000, 256, 676099, 3), IsOkAndHolds(uint64_t{25600000 + 11 * 1425}));
}

TEST(GaussianBoundTest, StopsBelowHalfOfTheField) {
  const uint64_t tail = 11 * 1425;
  const uint64_t half = (kField64Modulus - 1) / 2;
  EXPECT_THAT(GaussianBound(half - tail, 1, 676099, 3), IsOkAndHolds(half));
  EXPECT_THAT(GaussianBound(half - tail + 1, 1, 676099, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Field64")));
}

TEST(GaussianBoundTest, FailsInsteadOfWrapping) {
  EXPECT_THAT(GaussianBound(UINT64_MAX, UINT64_MAX, 676099, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Field64")));
}

TEST(GaussianBoundTest, FailsWithoutPatients) {
  EXPECT_THAT(GaussianBound(0, 256, 676099, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("n_max")));
}

TEST(GaussianBoundTest, FailsWithoutEntries) {
  EXPECT_THAT(GaussianBound(1, 0, 676099, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_abs")));
}

TEST(GaussianBoundTest, FailsIfVarianceIsOutOfRange) {
  EXPECT_THAT(GaussianBound(1, 1, 8, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
  EXPECT_THAT(GaussianBound(1, 1, (uint64_t{1} << 50) + 1, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
  EXPECT_THAT(GaussianBound(1, 1, uint64_t{1} << 50, 1024), IsOk());
}

TEST(GaussianBoundTest, FailsIfDealersAreOutOfRange) {
  EXPECT_THAT(GaussianBound(1, 1, 9, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dealers")));
  EXPECT_THAT(GaussianBound(1, 1, 9, 1025),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dealers")));
}

TEST(LaplaceBoundTest, AddsCountsAndAFixedTail) {
  EXPECT_THAT(LaplaceBound(100000, 1), IsOkAndHolds(uint64_t{100000 + (1 << 20)}));
}

TEST(LaplaceBoundTest, StopsBelowHalfOfTheField) {
  const uint64_t half = (kField64Modulus - 1) / 2;
  EXPECT_THAT(LaplaceBound(half - (1 << 20), 1), IsOkAndHolds(half));
  EXPECT_THAT(LaplaceBound(half - (1 << 20) + 1, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Field64")));
  EXPECT_THAT(LaplaceBound(UINT64_MAX, UINT64_MAX),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Field64")));
}

TEST(LaplaceBoundTest, FailsWithoutPatientsOrEntries) {
  EXPECT_THAT(LaplaceBound(0, 1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("n_max")));
  EXPECT_THAT(LaplaceBound(1, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_abs")));
}

// Why v >= 9: what the sum of h discrete Gaussians adds to the claim (Kairouz, Liu, Steinke 2021),
// per row.
double Tau(double variance, int honest_dealers) {
  double sum = 0;
  for (int k = 1; k < honest_dealers; ++k) {
    sum += std::exp(-2 * M_PI * M_PI * variance * k / (k + 1));
  }
  return 10 * sum;
}

TEST(DealerVarianceTest, SumOfNoisesIsPaidForAtNine) {
  EXPECT_NEAR(Tau(1, 2), 5.172e-4, 5e-8);
  EXPECT_NEAR(Tau(1, 3), 5.365e-4, 5e-8);
  EXPECT_NEAR(Tau(4, 2), 7.157e-17, 5e-21);
  EXPECT_NEAR(Tau(9, 2), 2.650e-38, 5e-42);
  EXPECT_NEAR(Tau(9, 3), 2.650e-38, 5e-42);
  EXPECT_NEAR(Tau(9, 5), 2.650e-38, 5e-42);
}

}  // namespace
}  // namespace perdura::privacy
