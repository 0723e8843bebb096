#include "privacy/laplace_level.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/status_matchers.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr uint64_t kOne = uint64_t{1} << 40;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Charge EpsilonUnits(uint64_t units) { return *Charge::Create(units); }

// Section 6 of the design in 64 bits of mantissa: 2^-63 of a number below 2^42 decides no ceiling,
// unless it lies within 10^-5 of a whole number; the golden file has 50 digits.
uint64_t PByFormula(long double level) {
  return static_cast<uint64_t>(std::ceil(std::ldexp(std::exp(-level), 32)));
}
uint64_t LambdaByFormula(uint64_t p_numerator) {
  const long double p = std::ldexp(static_cast<long double>(p_numerator), -32);
  return static_cast<uint64_t>(std::ceil(std::ldexp(-std::log1p(-p), 40)));
}

TEST(LaplaceLevelTest, ConstantsAreThoseOfTheFormula) {
  ASSERT_EQ(LaplaceLevel::All().size(), 7u);
  for (const LaplaceLevel& level : LaplaceLevel::All()) {
    const long double value = static_cast<long double>(level.eighths()) / 8;
    EXPECT_EQ(level.p_numerator(), PByFormula(value)) << level.eighths();
    EXPECT_EQ(level.lambda(), LambdaByFormula(level.p_numerator())) << level.eighths();
  }
}

// dp_golden.csv has one level more than the list: 1/10.
TEST(LaplaceLevelTest, FormulaGivesTheGoldenRowOfALevelOffTheList) {
  EXPECT_EQ(PByFormula(0.1L), 3886247119u);
  EXPECT_EQ(LambdaByFormula(3886247119), 2586236574317u);
}

// Rows flagship_P and flagship_Lambda of dp_golden.csv.
TEST(LaplaceLevelTest, ConstantsAreTheGoldenOnes) {
  struct Row {
    uint64_t eighths, p, lambda;
  };
  const Row rows[] = {{1, 3790295336, 2354373897654}, {2, 3344923894, 1658823902049},
                      {4, 2605029348, 1025571812626}, {6, 2028798896, 702976569194},
                      {8, 1580030169, 504318655846},  {12, 958336741, 277607399534},
                      {16, 581260616, 159883787912}};
  for (const Row& row : rows) {
    ASSERT_OK_AND_ASSIGN(const LaplaceLevel level,
                         LaplaceLevel::ForCharge(EpsilonUnits(row.eighths * kOne / 8), 1));
    EXPECT_EQ(level.p_numerator(), row.p) << row.eighths;
    EXPECT_EQ(level.lambda(), row.lambda) << row.eighths;
    EXPECT_EQ(level.units(1), row.eighths * kOne / 8);
  }
}

// Rows flagship_P0 of dp_golden.csv: how often the whole noise is 0.
TEST(LaplaceLevelTest, ProbabilityOfZeroIsTheGoldenOne) {
  const double golden[] = {0.0624187467, 0.124353002, 0.244918662, 0.358357398,
                           0.462117157,  0.635148952, 0.761594156};
  for (size_t i = 0; i < std::size(golden); ++i) {
    const double p = std::ldexp(static_cast<double>(LaplaceLevel::All()[i].p_numerator()), -32);
    EXPECT_NEAR((1 - p) / (1 + p), golden[i], 5e-10);
  }
}

// Never more privacy loss than the level says.
TEST(LaplaceLevelTest, RatioIsAtMostTheLevel) {
  for (const LaplaceLevel& level : LaplaceLevel::All()) {
    const long double p = std::ldexp(static_cast<long double>(level.p_numerator()), -32);
    EXPECT_LE(-std::log(p), static_cast<long double>(level.eighths()) / 8);
  }
}

TEST(LaplaceLevelTest, OneUnitBesideALevelIsRefused) {
  EXPECT_OK(LaplaceLevel::ForCharge(EpsilonUnits(kOne), 1));
  for (const uint64_t units : {kOne - 1, kOne + 1, 4 * kOne, uint64_t{1}}) {
    EXPECT_THAT(LaplaceLevel::ForCharge(EpsilonUnits(units), 1),
                StatusIs(kInvalid, HasSubstr("one of 1/8, 1/4, 1/2, 3/4, 1, 3/2, 2")));
  }
}

// Two pseudonyms of one person: Delta_1 = 2, so epsilon 2 buys level 1.
TEST(LaplaceLevelTest, SensitivityMultipliesTheCharge) {
  ASSERT_OK_AND_ASSIGN(const LaplaceLevel once, LaplaceLevel::ForCharge(EpsilonUnits(kOne), 1));
  ASSERT_OK_AND_ASSIGN(const LaplaceLevel twice,
                       LaplaceLevel::ForCharge(EpsilonUnits(2 * kOne), 2));
  EXPECT_EQ(once, twice);
  EXPECT_THAT(LaplaceLevel::ForCharge(EpsilonUnits(kOne), 3),
              StatusIs(kInvalid, HasSubstr("one of 3/8, 3/4, 3/2, 9/4, 3, 9/2, 6")));
}

TEST(LaplaceLevelTest, SensitivityOutOfRangeIsRefused) {
  for (const uint64_t l1 : {uint64_t{0}, (uint64_t{1} << 20) + 1, UINT64_MAX}) {
    EXPECT_THAT(LaplaceLevel::ForCharge(EpsilonUnits(kOne), l1),
                StatusIs(kInvalid, HasSubstr("l1")));
  }
}

TEST(LaplaceLevelTest, ParameterNamesItsLevel) {
  ASSERT_OK_AND_ASSIGN(const LaplaceLevel level,
                       LaplaceLevel::ForParameter(1580030169, uint64_t{1} << 32));
  EXPECT_EQ(level.eighths(), 8u);
  EXPECT_THAT(LaplaceLevel::ForParameter(1580030168, uint64_t{1} << 32), StatusIs(kInvalid));
  EXPECT_THAT(LaplaceLevel::ForParameter(1580030169, uint64_t{1} << 33), StatusIs(kInvalid));
}

}  // namespace
}  // namespace perdura::privacy
