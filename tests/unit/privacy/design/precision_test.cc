#include "privacy/design/precision.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "privacy/design/conversion.h"
#include "privacy/design/strategy_design.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/privacy/grids.h"

namespace perdura::privacy_design {
namespace {

using ::perdura::privacy::Charge;
using ::perdura::privacy::Grid;
using ::perdura::privacy::ShippedGrid;
using ::perdura::privacy::Strategy;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

struct GoldenKappa {
  const char* prior;
  const char* grid;
  int causes;
  const char* cohort;
  double largest, at12, at36, at60, identity_largest;
};

void PrintTo(const GoldenKappa& golden, std::ostream* out) {
  *out << golden.prior << "_" << golden.grid << "_J" << golden.causes << "_" << golden.cohort;
}

constexpr GoldenKappa kGoldenKappas[] = {
    {"curative", "g8", 1, "CART", 1.313, 1.297, 1.186, 1.175, 1.841},
    {"durable", "g8", 1, "GENE", 1.581, 1.497, 1.542, 1.581, 2.554},
    {"curative", "g8", 1, "GENE", 2.047, 1.601, 1.884, 2.047, 2.554},
    {"durable", "g8", 1, "CART", 1.453, 1.447, 1.335, 1.136, 1.841},
    {"curative", "g10", 1, "CART", 1.408, 1.408, 1.341, 1.400, 2.235},
    {"durable", "g10", 1, "GENE", 1.715, 1.539, 1.602, 1.715, 2.914},
    {"curative", "g10", 1, "GENE", 2.259, 1.623, 1.944, 2.259, 2.914},
    {"durable", "g10", 1, "CART", 1.606, 1.589, 1.527, 1.310, 2.235},
    {"curative", "g15", 1, "CART", 1.541, 1.541, 1.460, 1.496, 2.601},
    {"durable", "g15", 1, "GENE", 1.848, 1.676, 1.763, 1.848, 3.539},
    {"curative", "g15", 1, "GENE", 2.440, 1.768, 2.153, 2.440, 3.539},
    {"durable", "g15", 1, "CART", 1.730, 1.722, 1.608, 1.366, 2.601},
    {"curative", "g20", 1, "CART", 1.643, 1.627, 1.514, 1.553, 2.963},
    {"durable", "g20", 1, "GENE", 1.935, 1.785, 1.865, 1.935, 4.062},
    {"curative", "g20", 1, "GENE", 2.559, 1.904, 2.288, 2.559, 4.062},
    {"durable", "g20", 1, "CART", 1.811, 1.800, 1.634, 1.393, 2.963},
    {"curative", "g8", 2, "CART", 1.694, 1.659, 1.515, 1.414, 2.390},
    {"durable", "g8", 2, "GENE", 1.949, 1.889, 1.929, 1.949, 3.607},
    {"curative", "g8", 2, "GENE", 2.132, 1.930, 2.059, 2.132, 3.607},
    {"durable", "g8", 2, "CART", 1.793, 1.772, 1.605, 1.344, 2.390},
    {"curative", "g10", 2, "CART", 1.804, 1.803, 1.713, 1.644, 2.829},
    {"durable", "g10", 2, "GENE", 2.095, 1.948, 2.006, 2.095, 4.113},
    {"curative", "g10", 2, "GENE", 2.301, 1.962, 2.118, 2.301, 4.113},
    {"durable", "g10", 2, "CART", 1.937, 1.937, 1.836, 1.538, 2.829},
    {"curative", "g15", 2, "CART", 1.976, 1.968, 1.837, 1.732, 3.306},
    {"durable", "g15", 2, "GENE", 2.254, 2.114, 2.195, 2.254, 4.998},
    {"curative", "g15", 2, "GENE", 2.475, 2.139, 2.350, 2.475, 4.998},
    {"durable", "g15", 2, "CART", 2.104, 2.104, 1.934, 1.604, 3.306},
    {"curative", "g20", 2, "CART", 2.102, 2.070, 1.893, 1.788, 3.818},
    {"durable", "g20", 2, "GENE", 2.360, 2.247, 2.321, 2.360, 5.738},
    {"curative", "g20", 2, "GENE", 2.594, 2.292, 2.502, 2.594, 5.738},
    {"durable", "g20", 2, "CART", 2.223, 2.203, 1.970, 1.641, 3.818},
};

double AtMonth(const std::vector<double>& values, const Grid& grid, int month) {
  const auto knot = std::find(grid.knots().begin(), grid.knots().end(), month);
  return values[static_cast<size_t>(knot - grid.knots().begin())];
}

class KappaTest : public ::testing::TestWithParam<GoldenKappa> {};

// Cells measured one by one, as in `flagship`.
std::vector<double> FlatKappa(const Grid& grid, int causes, const Cohort& cohort) {
  return *Kappa(*Strategy::Identity((causes + 1) * grid.bins(), 1), grid, causes, cohort);
}

TEST_P(KappaTest, HasTheGoldenValues) {
  const GoldenKappa& golden = GetParam();
  const Grid grid = ShippedGrid(golden.grid);
  const Cohort cohort = absl::string_view(golden.cohort) == "CART" ? CartCohort() : GeneCohort();
  const Cohort prior =
      absl::string_view(golden.prior) == "curative" ? CurativePrior() : DurablePrior();
  ASSERT_OK_AND_ASSIGN(const Strategy strategy, DesignStrategy(grid, golden.causes, prior));
  ASSERT_OK_AND_ASSIGN(const auto kappa, Kappa(strategy, grid, golden.causes, cohort));
  const auto identity = FlatKappa(grid, golden.causes, cohort);
  const double tolerance = 0.0005;  // the golden values have three decimals
  EXPECT_NEAR(*std::max_element(kappa.begin(), kappa.end()), golden.largest, tolerance);
  EXPECT_NEAR(AtMonth(kappa, grid, 12), golden.at12, tolerance);
  EXPECT_NEAR(AtMonth(kappa, grid, 36), golden.at36, tolerance);
  EXPECT_NEAR(AtMonth(kappa, grid, 60), golden.at60, tolerance);
  EXPECT_NEAR(*std::max_element(identity.begin(), identity.end()), golden.identity_largest,
              tolerance);
}

INSTANTIATE_TEST_SUITE_P(All, KappaTest, ::testing::ValuesIn(kGoldenKappas),
                         ::testing::PrintToStringParamName());

Charge Rho(double epsilon) { return *CapFromEpsilon(epsilon, 1e-6); }

constexpr CommitteeNoise kFourTwo = {.dealers = 3, .honest_dealers = 2};

// The table of docs/privacy/strategy.md: n at which privacy is half of Var S(60), g15, phi = 1.5,
// to its two digits.
double Guidance(const Cohort& prior, const Cohort& cohort, double unit_variance) {
  const Grid grid = ShippedGrid("g15");
  const Strategy strategy = *DesignStrategy(grid, 1, prior);
  const double kappa = Kappa(strategy, grid, 1, cohort)->back();
  return GuidanceN(kappa, unit_variance, cohort.Survival(60));
}

TEST(PrecisionTest, GuidanceOfTheDefaultMechanism) {
  const double rho1 = *UnitNoiseVariance(Rho(1), kFourTwo);
  const double rho2 = *UnitNoiseVariance(Rho(2), kFourTwo);
  EXPECT_NEAR(Guidance(CurativePrior(), CartCohort(), rho1), 290, 5);
  EXPECT_NEAR(Guidance(CurativePrior(), CartCohort(), rho2), 80, 1);
  EXPECT_NEAR(Guidance(DurablePrior(), GeneCohort(), rho1), 830, 5);
  EXPECT_NEAR(Guidance(DurablePrior(), GeneCohort(), rho2), 230, 5);
}

TEST(PrecisionTest, GuidanceOfTheFlagshipMechanism) {
  const Grid grid = ShippedGrid("g15");
  const double kappa = FlatKappa(grid, 1, CartCohort()).back();
  const auto n = [&](double epsilon) {
    return GuidanceN(kappa, *FlagshipUnitNoiseVariance(*ChargeFromValue(epsilon), 1, kFourTwo),
                     CartCohort().Survival(60));
  };
  EXPECT_NEAR(n(0.5), 330, 5);
  EXPECT_NEAR(n(1), 78, 1);
  EXPECT_NEAR(n(2), 15, 1);
}

TEST(PrecisionTest, FlagshipVarianceIsThatOfTheDiscreteLaplace) {
  const CommitteeNoise one = {.dealers = 1, .honest_dealers = 1};
  EXPECT_NEAR(*FlagshipUnitNoiseVariance(*ChargeFromValue(0.5), 1, one), 7.83539618, 1e-6);
  EXPECT_NEAR(*FlagshipUnitNoiseVariance(*ChargeFromValue(0.5), 2, one), 31.8338529, 1e-5);
}

TEST(PrecisionTest, ShareIsHalfAtTheGuidanceAndThreeQuartersAtAThird) {
  const double n = GuidanceN(1.5, 30, 0.4);
  EXPECT_NEAR(PredictedShare(1.5, 30, n, 0.4), 0.5, 1e-12);
  EXPECT_NEAR(PredictedShare(1.5, 30, n / 3, 0.4), 0.75, 1e-12);
  EXPECT_NEAR(PredictedShare(1.5, 30, 4 * n, 0.4), 0.2, 1e-12);
  EXPECT_NEAR(GuidanceN(1.5, 30, 0.4, 0.75), n / 3, 1e-9);
}

TEST(PrecisionTest, NeededRhoGivesTheWantedSd) {
  const double rho = NeededRho(1.496, kFourTwo, 0.02, 300);
  ASSERT_OK_AND_ASSIGN(const double unit, UnitNoiseVariance(*ChargeFromValue(rho), kFourTwo));
  EXPECT_NEAR(NoiseSd(1.496, unit, 300), 0.02, 1e-9);
}

TEST(PrecisionTest, PredictionsListEveryKnot) {
  const Grid grid = ShippedGrid("g8");
  ASSERT_OK_AND_ASSIGN(const Strategy strategy, DesignStrategy(grid, 1, CurativePrior()));
  ASSERT_OK_AND_ASSIGN(const auto kappa, Kappa(strategy, grid, 1, CartCohort()));
  ASSERT_OK_AND_ASSIGN(const auto knots, PredictPrecision(kappa, grid, 1, CartCohort(), 30, 300));
  ASSERT_EQ(knots.size(), 8u);
  EXPECT_EQ(knots[7].months, 60);
  EXPECT_NEAR(knots[7].kappa, 1.175, 0.0005);
  EXPECT_NEAR(knots[7].noise_sd, 1.175 * std::sqrt(30) / 300, 1e-5);
  EXPECT_NEAR(knots[7].survival, 0.4 + 0.6 / 1024, 1e-12);
  EXPECT_GT(knots[7].share, 0);
  EXPECT_LT(knots[7].share, 1);
}

// One bin in which d of one patient have the event, no censoring: S = 1 - d / (n - w / 2) falls by
// d / (2 n^2) for each of the n that enters late, w.
TEST(PrecisionTest, EntryKappaOfOneBinByHand) {
  ASSERT_OK_AND_ASSIGN(const Grid grid, Grid::Create({12}));
  ASSERT_OK_AND_ASSIGN(const Strategy entry, Strategy::Identity(1, 256));
  const Cohort cohort = {.cured = 0.5, .hazard = 0.1, .dropout = 0};
  ASSERT_OK_AND_ASSIGN(const auto kappa, EntryKappa(entry, grid, 1, cohort));
  ASSERT_EQ(kappa.size(), 1u);
  EXPECT_NEAR(kappa[0], (1 - cohort.Survival(12)) / 2, 1e-9);
}

TEST(PrecisionTest, EntryKappaFailsIfTheStrategyIsForAnotherTable) {
  ASSERT_OK_AND_ASSIGN(const Strategy identity, Strategy::Identity(16, 256));
  EXPECT_THAT(EntryKappa(identity, ShippedGrid("g8"), 1, CartCohort()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("strategy")));
}

TEST(PrecisionTest, KappaFailsIfTheStrategyIsForAnotherTable) {
  ASSERT_OK_AND_ASSIGN(const Strategy identity, Strategy::Identity(15, 256));
  EXPECT_THAT(Kappa(identity, ShippedGrid("g8"), 1, CartCohort()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("strategy")));
}

TEST(PrecisionTest, KappaFailsIfTheStrategyIsSingular) {
  ASSERT_OK_AND_ASSIGN(const Strategy ones, Strategy::Create(16, 16, std::vector<int16_t>(256, 1)));
  EXPECT_THAT(Kappa(ones, ShippedGrid("g8"), 1, CartCohort()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("singular")));
}

TEST(PrecisionTest, KappaFailsIfCausesAreOutOfRange) {
  ASSERT_OK_AND_ASSIGN(const Strategy identity, Strategy::Identity(16, 256));
  EXPECT_THAT(Kappa(identity, ShippedGrid("g8"), 0, CartCohort()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
}

TEST(PrecisionTest, UnitVarianceFailsWithoutAnHonestDealer) {
  EXPECT_THAT(UnitNoiseVariance(Rho(1), {.dealers = 1, .honest_dealers = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("honest_dealers")));
}

TEST(PrecisionTest, UnitVarianceFailsWithFewerDealersThanHonestOnes) {
  EXPECT_THAT(UnitNoiseVariance(Rho(1), {.dealers = 1, .honest_dealers = 2}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dealers")));
}

TEST(PrecisionTest, FlagshipVarianceFailsWithoutSensitivity) {
  EXPECT_THAT(FlagshipUnitNoiseVariance(Rho(1), 0, kFourTwo),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("l1")));
}

TEST(PrecisionTest, PredictionFailsWithoutPatients) {
  const std::vector<double> kappa(8, 1.5);
  EXPECT_THAT(PredictPrecision(kappa, ShippedGrid("g8"), 1, CartCohort(), 1, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("n:")));
}

TEST(PrecisionTest, PredictionFailsWithoutNoise) {
  const std::vector<double> kappa(8, 1.5);
  EXPECT_THAT(PredictPrecision(kappa, ShippedGrid("g8"), 1, CartCohort(), 0, 100),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("unit_variance")));
}

// Without censoring Greenwood's formula is the binomial variance, whatever the grid.
TEST(SamplingVarianceTest, IsBinomialWithoutDropout) {
  ASSERT_OK_AND_ASSIGN(const Grid grid, Grid::Create({1, 3, 6, 12, 24, 60}));
  const Cohort cohort = {.cured = 0.4, .hazard = 0.1, .dropout = 0};
  ASSERT_OK_AND_ASSIGN(const auto variances, SamplingVariance(grid, 2, cohort));
  ASSERT_EQ(variances.size(), 6u);
  for (size_t k = 0; k < variances.size(); ++k) {
    const double survival = cohort.Survival(grid.knots()[k]);
    EXPECT_NEAR(variances[k], survival * (1 - survival), 1e-9);
  }
}

TEST(SamplingVarianceTest, DropoutMakesItLarger) {
  ASSERT_OK_AND_ASSIGN(const Grid grid, Grid::Create({1, 3, 6, 12, 24, 60}));
  const Cohort cohort = CartCohort();
  ASSERT_OK_AND_ASSIGN(const auto variances, SamplingVariance(grid, 1, cohort));
  const double survival = cohort.Survival(60);
  EXPECT_GT(variances.back(), 1.02 * survival * (1 - survival));
}

TEST(SamplingVarianceTest, NoCauseIsRefused) {
  ASSERT_OK_AND_ASSIGN(const Grid grid, Grid::Create({12}));
  EXPECT_THAT(SamplingVariance(grid, 0, CartCohort()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
}

TEST(IntervalWidthTest, WorkedNumbers) {
  EXPECT_NEAR(IntervalWidth(0.0001), 0.0392, 5e-5);
  EXPECT_NEAR(DetectableDifference(0.0001), 0.0396, 5e-5);
}

}  // namespace
}  // namespace perdura::privacy_design
