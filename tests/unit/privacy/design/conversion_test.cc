#include "privacy/design/conversion.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::privacy_design {
namespace {

using ::perdura::privacy::Charge;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Reference values computed with 50 digits.
struct Row {
  double from, delta, to;
};

constexpr Row kRhoFromEpsilon[] = {
    {0.1, 1e-6, 0.000321047690346}, {0.25, 1e-6, 0.00180154835038}, {0.5, 1e-6, 0.00664152435666},
    {1, 1e-6, 0.0243559703595},     {2, 1e-6, 0.0881526883799},     {3, 1e-6, 0.185069840653},
    {4, 1e-6, 0.311064954941},      {5, 1e-6, 0.463064990139},      {8, 1e-6, 1.05235800456},
    {10, 1e-6, 1.53927876387},      {1, 1e-8, 0.0172053180394},     {2, 1e-8, 0.0639404456731},
    {1, 1e-9, 0.0149730576736},     {2, 1e-9, 0.0561305017965},
};

constexpr Row kEpsilonFromRho[] = {
    {0.001, 1e-6, 0.18289537719}, {0.005, 1e-6, 0.429941468837}, {0.01, 1e-6, 0.62169265456},
    {0.02, 1e-6, 0.899935267661}, {0.025, 1e-6, 1.01407425473},  {0.05, 1e-6, 1.47159475053},
    {0.1, 1e-6, 2.14193892839},   {0.2, 1e-6, 3.13105568076},    {0.5, 1e-6, 5.22153444453},
    {1, 1e-6, 7.76621662531},
};

struct CapRow {
  double epsilon;
  uint64_t units;
};

constexpr CapRow kCapUnits[] = {
    {0.1, 352995668},   {0.25, 1980823359},  {0.5, 7302433256}, {1, 26779672616},
    {2, 96924905893},   {3, 203486441749},   {4, 342019534951}, {5, 509145341073},
    {8, 1157079862593}, {10, 1692454899260},
};

TEST(ConversionTest, RhoFromEpsilonHasTheGoldenValues) {
  for (const Row& row : kRhoFromEpsilon) {
    ASSERT_OK_AND_ASSIGN(const double rho, RhoFromEpsilon(row.from, row.delta));
    EXPECT_NEAR(rho, row.to, 1e-11 * row.to) << row.from << " " << row.delta;
  }
}

TEST(ConversionTest, EpsilonFromRhoHasTheGoldenValues) {
  for (const Row& row : kEpsilonFromRho) {
    ASSERT_OK_AND_ASSIGN(const double epsilon, EpsilonFromRho(row.from, row.delta));
    EXPECT_NEAR(epsilon, row.to, 1e-11 * row.to) << row.from;
  }
}

TEST(ConversionTest, CapsHaveTheGoldenUnits) {
  for (const CapRow& row : kCapUnits) {
    ASSERT_OK_AND_ASSIGN(const Charge cap, CapFromEpsilon(row.epsilon, 1e-6));
    EXPECT_EQ(cap.units(), row.units) << row.epsilon;
  }
}

TEST(ConversionTest, WantedChargeIsOneUnitAboveTheCap) {
  for (const CapRow& row : kCapUnits) {
    ASSERT_OK_AND_ASSIGN(const Charge charge, ChargeFromEpsilon(row.epsilon, 1e-6));
    EXPECT_EQ(charge.units(), row.units + 1) << row.epsilon;
  }
}

TEST(ConversionTest, DeltaFromRhoHasTheGoldenValues) {
  ASSERT_OK_AND_ASSIGN(const double small, DeltaFromRho(0.025, 1));
  EXPECT_NEAR(small, 1.336131906e-6, 1e-15);
  ASSERT_OK_AND_ASSIGN(const double at_zero, DeltaFromRho(1.0 / 32, 0));
  EXPECT_NEAR(at_zero, 0.1508457845622862, 1e-14);
  ASSERT_OK_AND_ASSIGN(const double epsilon, EpsilonFromRho(1.0 / 32, 1e-3));
  EXPECT_NEAR(epsilon, 0.6880024554878085, 1e-13);
}

TEST(ConversionTest, YearsAndProductsComposeInRho) {
  ASSERT_OK_AND_ASSIGN(const double rho, RhoFromEpsilon(2, 1e-6));
  ASSERT_OK_AND_ASSIGN(const double fifteen_years, EpsilonFromRho(15 * rho, 1e-6));
  ASSERT_OK_AND_ASSIGN(const double two_products, EpsilonFromRho(2 * rho, 1e-6));
  EXPECT_NEAR(15 * rho, 1.322290326, 5e-10);
  EXPECT_NEAR(2 * rho, 0.1763053768, 5e-11);
  EXPECT_NEAR(fifteen_years, 9.1427, 5e-5);
  EXPECT_NEAR(two_products, 2.9210, 5e-5);
}

TEST(ConversionTest, ChargeRoundsUpAndCapDown) {
  const double value = 1.5 / (uint64_t{1} << 40);
  EXPECT_EQ(ChargeFromValue(value)->units(), 2u);
  EXPECT_EQ(CapFromValue(value)->units(), 1u);
}

TEST(ConversionTest, WholeUnitsStayAsTheyAre) {
  EXPECT_EQ(ChargeFromValue(1)->units(), uint64_t{1} << 40);
  EXPECT_EQ(CapFromValue(1)->units(), uint64_t{1} << 40);
  EXPECT_DOUBLE_EQ(ValueOf(*CapFromValue(0.25)), 0.25);
}

TEST(ConversionTest, CapBelowOneUnitFails) {
  EXPECT_THAT(CapFromValue(0.5 / (uint64_t{1} << 40)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("units")));
}

TEST(ConversionTest, DeltaFailsIfRhoIsNotPositive) {
  EXPECT_THAT(DeltaFromRho(0, 1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rho")));
  EXPECT_THAT(DeltaFromRho(kNan, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rho")));
}

TEST(ConversionTest, DeltaFailsIfEpsilonIsNegative) {
  EXPECT_THAT(DeltaFromRho(1, -0.1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("epsilon")));
}

TEST(ConversionTest, EpsilonFailsIfRhoIsNotPositive) {
  EXPECT_THAT(EpsilonFromRho(0, 1e-6),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rho")));
}

TEST(ConversionTest, EpsilonFailsIfDeltaIsOutOfRange) {
  EXPECT_THAT(EpsilonFromRho(1, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delta")));
  EXPECT_THAT(EpsilonFromRho(1, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delta")));
}

TEST(ConversionTest, RhoFailsIfEpsilonIsOutOfRange) {
  EXPECT_THAT(RhoFromEpsilon(0, 1e-6),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("epsilon")));
  EXPECT_THAT(RhoFromEpsilon(1025, 1e-6),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("epsilon")));
}

TEST(ConversionTest, RhoFailsIfDeltaIsOutOfRange) {
  EXPECT_THAT(RhoFromEpsilon(1, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delta")));
  EXPECT_THAT(CapFromEpsilon(1, kNan),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delta")));
}

TEST(ConversionTest, ValueFailsIfOutOfRange) {
  EXPECT_THAT(ChargeFromValue(0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("value")));
  EXPECT_THAT(CapFromValue(2e6), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("value")));
}

}  // namespace
}  // namespace perdura::privacy_design
