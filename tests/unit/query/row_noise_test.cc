#include "query/row_noise.h"

#include <gtest/gtest.h>

#include "privacy/charge.h"
#include "tests/support/status_matchers.h"

namespace perdura::query {
namespace {

using privacy::Charge;
using privacy::DealerNoise;

double FlagshipVariance(uint64_t eighths, int dealers, int honest) {
  return RowNoiseVariance(*DealerNoise::ForEpsilon(1, *Charge::Create(eighths << 37), honest),
                          dealers, honest);
}

TEST(RowNoiseTest, GaussianDealersAddUp) {
  ASSERT_OK_AND_ASSIGN(const DealerNoise noise,
                       DealerNoise::ForRho(65868, *Charge::Create(26779672616), 2));
  EXPECT_DOUBLE_EQ(RowNoiseVariance(noise, 3, 2), 3.0 * 676099);
}

// Rows flagship_row_variance of dp_golden.csv: phi = 1, all printed digits.
TEST(RowNoiseTest, FlagshipVarianceIsTheGoldenOne) {
  EXPECT_NEAR(FlagshipVariance(1, 2, 2), 127.833464, 5e-7);
  EXPECT_NEAR(FlagshipVariance(2, 2, 2), 31.8338529, 5e-8);
  EXPECT_NEAR(FlagshipVariance(4, 2, 2), 7.83539618, 5e-9);
  EXPECT_NEAR(FlagshipVariance(6, 2, 2), 3.39347378, 5e-9);
  EXPECT_NEAR(FlagshipVariance(8, 2, 2), 1.84134719, 5e-9);
  EXPECT_NEAR(FlagshipVariance(12, 2, 2), 0.739420949, 5e-10);
  EXPECT_NEAR(FlagshipVariance(16, 2, 2), 0.362030831, 5e-10);
}

TEST(RowNoiseTest, FlagshipCarriesTheSharesOfAllDealers) {
  EXPECT_NEAR(FlagshipVariance(8, 3, 2), 1.5 * 1.84134719, 8e-9);
  EXPECT_NEAR(FlagshipVariance(8, 5, 3), 5.0 / 3 * 1.84134719, 9e-9);
}

}  // namespace
}  // namespace perdura::query
