#include "statistics/binned_survival.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::statistics {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

const std::vector<int> kG8 = {1, 3, 6, 9, 12, 24, 36, 60};

// Variance of a released row in `flagship` at level 1 with phi 1.5.
double FlagshipVariance() {
  const double p = 1580030169.0 / 4294967296.0;
  return 1.5 * 2 * p / ((1 - p) * (1 - p));
}

BinnedOptions G8(int causes) { return {.knots = kG8, .causes = causes, .minimum_cohort = 10}; }

CellCovariance Noise(size_t cells, double variance) {
  return *CellCovariance::Diagonal(static_cast<int>(cells), variance);
}

BinnedSurvival Fit(const BinnedOptions& options, const std::vector<double>& cells,
                   double variance) {
  return *BinnedSurvival::Fit(options, cells, Noise(cells.size(), variance));
}

// The golden table: negative cells, so that the isotonic step has work to do.
const std::vector<double> kGoldenCells = {9, 14, 3, -2, 5,  4, 1,  0,  //
                                          6, -1, 8, 2,  -3, 7, 0,  2,  //
                                          2, -1, 4, 3,  -2, 9, 11, 140};

class GoldenDecodeTest : public ::testing::Test {
 protected:
  // Twelve digits are given.
  static void ExpectAll(const std::function<double(int)>& value,
                        const std::vector<double>& golden) {
    ASSERT_EQ(golden.size(), 8u);
    for (int k = 0; k < 8; ++k) {
      const double expected = golden[static_cast<size_t>(k)];
      EXPECT_NEAR(value(k), expected, 1e-11 * std::max(1.0, std::abs(expected))) << "bin " << k;
    }
  }

  const BinnedSurvival fit_ = Fit(G8(2), kGoldenCells, FlagshipVariance());
};

TEST_F(GoldenDecodeTest, Counts) {
  EXPECT_DOUBLE_EQ(fit_.n(), 221);
  ExpectAll([&](int k) { return fit_.Events(1, k); }, {9, 14, 2, 0, 4, 4, 1, 0});
  ExpectAll([&](int k) { return fit_.Events(2, k); }, {5.5, 0, 7.5, 0.5, 0, 5.5, 0, 2});
  ExpectAll([&](int k) { return fit_.Censored(k); }, {1.5, 0, 3.5, 2, 0, 8, 11, 0});
  ExpectAll([&](int k) { return fit_.Events(k); }, {14.5, 14, 9.5, 0.5, 4, 9.5, 1, 2});
  ExpectAll([&](int k) { return fit_.Entered(k); }, {0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_F(GoldenDecodeTest, NumbersAtRisk) {
  ExpectAll([&](int k) { return fit_.AtRisk(k); }, {221, 205, 191, 178, 175.5, 171.5, 154, 142});
  ExpectAll([&](int k) { return fit_.AtRiskActuarial(k); },
            {220.25, 205, 189.25, 177, 175.5, 167.5, 148.5, 142});
}

TEST_F(GoldenDecodeTest, Curves) {
  ExpectAll([&](int k) { return fit_.Survival(k).value; },
            {0.934165720772, 0.870369037402, 0.82667812139, 0.824342872459, 0.805554430922,
             0.759866269168, 0.754749324594, 0.744119052417});
  ExpectAll([&](int k) { return fit_.Incidence(1, k).value; },
            {0.0408626560726, 0.104659339442, 0.113857427024, 0.113857427024, 0.132645868561,
             0.1518829893, 0.156999933873, 0.156999933873});
  ExpectAll([&](int k) { return fit_.Incidence(2, k).value; },
            {0.0249716231555, 0.0249716231555, 0.0594644515862, 0.0617997005167, 0.0617997005167,
             0.0882507415321, 0.0882507415321, 0.0988810137094});
}

TEST_F(GoldenDecodeTest, VariancesOfSurvival) {
  ExpectAll([&](int k) { return fit_.Survival(k).variance_sample; },
            {0.000279228726023, 0.000513254206361, 0.000653868506828, 0.000661055517266,
             0.00071750529141, 0.000845689701051, 0.000860345094579, 0.000891986240736});
  ExpectAll([&](int k) { return fit_.Survival(k).variance_noise; },
            {0.000104617988574, 0.000191068493534, 0.000264057841574, 0.000342528399076,
             0.000408432285555, 0.000444504478694, 0.000519907415469, 0.000592472866589});
  ExpectAll([&](int k) { return fit_.Survival(k).se(); },
            {0.0195920063954, 0.0265390787311, 0.0302972993582, 0.0316793926132, 0.0335549933239,
             0.035919273096, 0.0371517497576, 0.0385286790239});
  ExpectAll([&](int k) { return fit_.Survival(k).noise_share(); },
            {0.272551475878, 0.271279760772, 0.287667787327, 0.341305189828, 0.362748605172,
             0.344525254936, 0.376675580508, 0.399117000708});
}

TEST_F(GoldenDecodeTest, IntervalsOfSurvival) {
  ExpectAll([&](int k) { return fit_.Survival(k).lower; },
            {0.882906471844, 0.807731412669, 0.757596424901, 0.751800046218, 0.729484939279,
             0.680582245167, 0.672703010256, 0.659260374493});
  ExpectAll([&](int k) { return fit_.Survival(k).upper; },
            {0.963444236395, 0.913680092461, 0.87765053228, 0.877396635638, 0.862235949051,
             0.822033365921, 0.818981527404, 0.810859395506});
}

TEST_F(GoldenDecodeTest, RestrictedMean) {
  ASSERT_OK_AND_ASSIGN(const BinnedEstimate rmst, fit_.Rmst(60));
  EXPECT_NEAR(rmst.value, 46.7004023259, 1e-9);
  EXPECT_NEAR(rmst.variance_sample, 2.51651389916, 1e-10);
  EXPECT_NEAR(rmst.variance_noise, 1.23259937543, 1e-10);
}

TEST_F(GoldenDecodeTest, VariancesOfIncidence) {
  // Both lie above the floor x(1-x)/n, as the golden sample variances are given before it.
  EXPECT_NEAR(fit_.Incidence(1, 7).variance_sample, 0.000612897356993, 1e-14);
  EXPECT_NEAR(fit_.Incidence(1, 7).variance_noise, 0.00038465110943, 1e-14);
  EXPECT_NEAR(fit_.Incidence(2, 7).variance_sample, 0.000421431449323, 1e-14);
  EXPECT_NEAR(fit_.Incidence(2, 7).variance_noise, 0.000421993196203, 1e-14);
}

// A table without ties to zero: every isotonic step leaves it as it is, so gradients can be checked
// by differences.
const std::vector<double> kSmooth = {20, 18, 15, 9, 6, 8,  4,  2,  //
                                     6,  5,  4,  4, 3, 3,  2,  1,  //
                                     2,  3,  4,  4, 6, 11, 14, 140};

double DifferenceVariance(const BinnedOptions& options, const std::vector<double>& cells,
                          const std::function<double(const BinnedSurvival&)>& estimate) {
  const double h = 1e-4;
  double sum = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    std::vector<double> up = cells, down = cells;
    up[i] += h;
    down[i] -= h;
    const double slope =
        (estimate(Fit(options, up, 0)) - estimate(Fit(options, down, 0))) / (2 * h);
    sum += slope * slope;
  }
  return sum;
}

TEST(BinnedSurvivalTest, NoiseOfSurvivalBetweenKnotsIsItsGradient) {
  for (const double month : {0.5, 1.0, 10.0, 50.0, 60.0}) {
    EXPECT_NEAR(Fit(G8(2), kSmooth, 1).SurvivalAt(month)->variance_noise,
                DifferenceVariance(G8(2), kSmooth,
                                   [&](const auto& fit) { return fit.SurvivalAt(month)->value; }),
                1e-9)
        << month;
  }
}

TEST(BinnedSurvivalTest, NoiseOfIncidenceIsItsGradient) {
  for (const int cause : {1, 2}) {
    EXPECT_NEAR(Fit(G8(2), kSmooth, 1).Incidence(cause, 6).variance_noise,
                DifferenceVariance(G8(2), kSmooth,
                                   [&](const auto& fit) { return fit.Incidence(cause, 6).value; }),
                1e-9);
  }
}

TEST(BinnedSurvivalTest, NoiseOfTheRestrictedMeanIsItsGradient) {
  for (const double tau : {0.5, 12.0, 30.0, 60.0}) {
    EXPECT_NEAR(
        Fit(G8(2), kSmooth, 1).Rmst(tau)->variance_noise,
        DifferenceVariance(G8(2), kSmooth, [&](const auto& fit) { return fit.Rmst(tau)->value; }),
        1e-6)
        << tau;
  }
}

BinnedOptions WithDelayedEntry() {
  BinnedOptions options = G8(1);
  options.delayed_entry = true;
  return options;
}

// One cause, censored, entries.
const std::vector<double> kDelayed = {20, 18, 15, 9, 6, 8,  4,  2,    //
                                      2,  3,  4,  4, 6, 11, 14, 140,  //
                                      10, 8,  6,  5, 4, 3,  2,  1};

TEST(BinnedSurvivalTest, DelayedEntriesJoinTheRiskSetLater) {
  const BinnedSurvival fit = Fit(WithDelayedEntry(), kDelayed, 0);
  EXPECT_DOUBLE_EQ(fit.n(), 266);
  EXPECT_DOUBLE_EQ(fit.AtRisk(0), 266 - 39);
  EXPECT_DOUBLE_EQ(fit.AtRiskActuarial(0), 266 - 39 - 1 + 5);
  EXPECT_DOUBLE_EQ(fit.AtRisk(1), 266 - 39 + 10 - 20 - 2);
  EXPECT_DOUBLE_EQ(fit.AtRiskActuarial(7),
                   fit.AtRisk(7) + 0.5);  // no actuarial half in the last bin
}

TEST(BinnedSurvivalTest, NoiseWithDelayedEntryIsItsGradient) {
  const BinnedOptions options = WithDelayedEntry();
  EXPECT_NEAR(
      Fit(options, kDelayed, 1).Survival(6).variance_noise,
      DifferenceVariance(options, kDelayed, [](const auto& fit) { return fit.Survival(6).value; }),
      1e-9);
}

TEST(BinnedSurvivalTest, SmoothedHazardsGiveShorterIntervalsOnAverage) {
  BinnedOptions options = G8(1);
  const std::vector<double> cells = {20, 18, 15, 9, 6, 8, 4, 2, 2, 3, 4, 4, 6, 11, 14, 140};
  const BinnedSurvival raw = Fit(options, cells, 30);
  options.decoder = Decoder::kSmoothedHazards;
  const BinnedSurvival smoothed = Fit(options, cells, 30);
  double raw_width = 0;
  double smoothed_width = 0;
  for (int bin = 0; bin < raw.bins(); ++bin) {
    EXPECT_NEAR(smoothed.Survival(bin).value, raw.Survival(bin).value, 0.05) << bin;
    raw_width += raw.Survival(bin).upper - raw.Survival(bin).lower;
    smoothed_width += smoothed.Survival(bin).upper - smoothed.Survival(bin).lower;
  }
  EXPECT_LT(smoothed_width, raw_width);
}

TEST(BinnedSurvivalTest, SmoothedHazardsRefuseDelayedEntry) {
  BinnedOptions options = WithDelayedEntry();
  options.decoder = Decoder::kSmoothedHazards;
  EXPECT_THAT(BinnedSurvival::Fit(options, kDelayed, Noise(kDelayed.size(), 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("decoder")));
}

TEST(BinnedSurvivalTest, NoiseOfTheNumberAtRiskCountsItsCells) {
  // One cause: bins 6 and 7 of events and of censored.
  EXPECT_NEAR(
      Fit(G8(1), std::vector<double>(kDelayed.begin(), kDelayed.begin() + 16), 9).AtRiskNoiseSd(6),
      3 * std::sqrt(4), 1e-12);
}

TEST(BinnedSurvivalTest, SampleVarianceWithoutCensoringIsBinomial) {
  const BinnedOptions options = {.knots = {12, 24}, .minimum_cohort = 1};
  const BinnedSurvival fit = Fit(options, {30, 20, 0, 50}, 0);
  EXPECT_NEAR(fit.Survival(1).value, 0.5, 1e-12);
  EXPECT_NEAR(fit.Survival(1).variance_sample, 0.25 / 100, 1e-12);
}

TEST(BinnedSurvivalTest, VarianceHasAFloorWithoutEvents) {
  const BinnedOptions options = {.knots = {12, 24}, .minimum_cohort = 1};
  const BinnedEstimate survival = Fit(options, {0, 0, 0, 100}, 0).Survival(1);
  EXPECT_EQ(survival.value, 1);
  EXPECT_NEAR(survival.variance_sample, 0.005 * 0.995 / 100, 1e-15);
  EXPECT_LT(survival.lower, 1);
  EXPECT_EQ(survival.upper, 1);
}

TEST(BinnedSurvivalTest, ANegativeTableStaysFinite) {
  const BinnedSurvival fit = Fit(G8(1), std::vector<double>(16, -5), 10);
  EXPECT_EQ(fit.n(), 2);
  for (int k = 0; k < fit.bins(); ++k) {
    const BinnedEstimate survival = fit.Survival(k);
    EXPECT_TRUE(std::isfinite(survival.value) && std::isfinite(survival.se()));
    EXPECT_GE(survival.lower, 0);
    EXPECT_LE(survival.upper, 1);
    EXPECT_TRUE(survival.suppressed);
  }
  EXPECT_THAT(fit.Rmst(60), IsOk());
  EXPECT_TRUE(std::isfinite(fit.Band("seed").critical));
}

TEST(BinnedSurvivalTest, AllEventsAtOnceStayFinite) {
  const BinnedSurvival fit = Fit(G8(1), {100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 2);
  EXPECT_EQ(fit.Survival(7).value, 0);
  EXPECT_TRUE(std::isfinite(fit.Survival(7).se()));
  EXPECT_TRUE(std::isfinite(fit.Rmst(30)->se()));
  EXPECT_TRUE(std::isfinite(fit.SurvivalAt(30)->se()));
}

TEST(BinnedSurvivalTest, SurvivalAtAKnotIsThatOfTheKnot) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  ASSERT_OK_AND_ASSIGN(const BinnedEstimate at_knot, fit.SurvivalAt(24));
  EXPECT_EQ(at_knot.value, fit.Survival(5).value);
  EXPECT_EQ(at_knot.variance_sample, fit.Survival(5).variance_sample);
}

TEST(BinnedSurvivalTest, SurvivalBetweenKnotsIsTheGeometricMean) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  EXPECT_NEAR(fit.SurvivalAt(18)->value, std::sqrt(fit.Survival(4).value * fit.Survival(5).value),
              1e-12);
  // Only a part of the last bin's variance has come in.
  EXPECT_LT(fit.SurvivalAt(18)->variance_sample, fit.Survival(5).variance_sample);
}

TEST(BinnedSurvivalTest, SurvivalOnDayZeroIsOne) {
  ASSERT_OK_AND_ASSIGN(const BinnedEstimate start, Fit(G8(2), kSmooth, 1).SurvivalAt(0));
  EXPECT_EQ(start.value, 1);
  EXPECT_EQ(start.se(), 0);
  EXPECT_EQ(start.noise_share(), 0);
}

TEST(BinnedSurvivalTest, RestrictedMeanOfNoEventsIsTau) {
  const BinnedOptions options = {.knots = {12, 24}, .minimum_cohort = 1};
  EXPECT_NEAR(Fit(options, {0, 0, 0, 100}, 0).Rmst(18)->value, 18, 1e-12);
}

TEST(BinnedSurvivalTest, MedianLiesInsideItsInterval) {
  const std::vector<double> cells = {20, 30, 25, 10, 8, 9, 5, 2, 1, 2, 3, 2, 2, 6, 5, 20};
  const BinnedSurvival fit = Fit(G8(1), cells, 1);
  ASSERT_OK_AND_ASSIGN(const BinnedQuantile median, fit.Quantile(0.5));
  ASSERT_TRUE(median.value && median.lower && median.upper);
  EXPECT_LT(*median.lower, *median.value);
  EXPECT_GT(*median.upper, *median.value);
  EXPECT_NEAR(fit.SurvivalAt(*median.value)->value, 0.5, 1e-12);
}

TEST(BinnedSurvivalTest, BandGivesWiderQuantilesThanThePointwiseInterval) {
  const std::vector<double> cells = {20, 30, 25, 10, 8, 9, 5, 2, 1, 2, 3, 2, 2, 6, 5, 20};
  const BinnedSurvival fit = Fit(G8(1), cells, 1);
  const SurvivalBand band = fit.Band("release");
  ASSERT_OK_AND_ASSIGN(const BinnedQuantile pointwise, fit.Quantile(0.5));
  ASSERT_OK_AND_ASSIGN(const BinnedQuantile simultaneous, fit.Quantile(0.5, &band));
  EXPECT_LT(*simultaneous.lower, *pointwise.lower);
  EXPECT_GT(*simultaneous.upper, *pointwise.upper);
}

TEST(BinnedSurvivalTest, MedianIsNotReachedAboveOneHalf) {
  ASSERT_OK_AND_ASSIGN(const BinnedQuantile median, Fit(G8(2), kGoldenCells, 1).Quantile(0.5));
  EXPECT_FALSE(median.value.has_value());
}

TEST(BinnedSurvivalTest, BandIsTheSameForEverybodyAndWiderThanPointwise) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  const SurvivalBand band = fit.Band("release 1");
  EXPECT_EQ(band.critical, fit.Band("release 1").critical);
  EXPECT_NE(band.critical, fit.Band("release 2").critical);
  EXPECT_GT(band.critical, 1.96);
  EXPECT_LT(band.critical, 2.74);  // eight independent knots
  for (int k = 0; k < fit.bins(); ++k) {
    EXPECT_LT(band.at_knots[static_cast<size_t>(k)].lower, fit.Survival(k).lower);
    EXPECT_GT(band.at_knots[static_cast<size_t>(k)].upper, fit.Survival(k).upper);
  }
}

TEST(BinnedSurvivalTest, SuppressesKnotsWithFewAtRiskForTheNoise) {
  // N_7 = 30 has noise sd 3 sqrt(variance) x sqrt(2): above 10 for a variance of 60, not of 40.
  const std::vector<double> cells = {9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 30};
  EXPECT_FALSE(Fit(G8(1), cells, 40).Suppressed(7));
  EXPECT_TRUE(Fit(G8(1), cells, 60).Suppressed(7));
  EXPECT_FALSE(Fit(G8(1), cells, 1).Suppressed(0));
}

TEST(BinnedSurvivalTest, SuppressesCohortsBelowTheMinimum) {
  BinnedOptions options = G8(2);
  options.minimum_cohort = 300;
  const BinnedSurvival fit = Fit(options, kGoldenCells, 0);
  EXPECT_TRUE(fit.Suppressed(0));
  EXPECT_TRUE(fit.Survival(0).suppressed);
  EXPECT_TRUE(fit.Incidence(1, 0).suppressed);
  EXPECT_TRUE(fit.Rmst(12)->suppressed);
  EXPECT_TRUE(fit.Quantile(0.5)->suppressed);
}

TEST(BinnedSurvivalTest, MedianFollowUpReversesTheRoles) {
  // 100 at risk, 10 events, then half of 90 leave by 24 months: h = 50/90... crosses in the second
  // bin.
  const BinnedOptions options = {.knots = {12, 24, 36}, .minimum_cohort = 1};
  const BinnedSurvival fit = Fit(options, {10, 0, 0, 0, 60, 30}, 0);
  EXPECT_NEAR(*fit.MedianFollowUp(), 12 + 12 * std::log(2) / std::log(3), 1e-12);
}

TEST(BinnedSurvivalTest, MedianFollowUpIsOpenIfFewAreCensored) {
  const BinnedOptions options = {.knots = {12, 24, 36}, .minimum_cohort = 1};
  EXPECT_FALSE(Fit(options, {10, 0, 0, 0, 10, 80}, 0).MedianFollowUp().has_value());
}

TEST(BinnedSurvivalTest, OneBinWorks) {
  const BinnedOptions options = {.knots = {12}, .minimum_cohort = 1};
  EXPECT_NEAR(Fit(options, {25, 75}, 1).Survival(0).value, 0.75, 1e-12);
}

absl::Status Refusal(const BinnedOptions& options, std::vector<double> cells, int noise_cells) {
  return BinnedSurvival::Fit(options, std::move(cells), *CellCovariance::Diagonal(noise_cells, 1))
      .status();
}

TEST(BinnedSurvivalTest, FitFailsWithoutKnots) {
  BinnedOptions options = G8(1);
  options.knots = {};
  EXPECT_THAT(Refusal(options, {}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("knots")));
}

TEST(BinnedSurvivalTest, FitFailsIfKnotsDoNotAscend) {
  BinnedOptions options = G8(1);
  options.knots = {12, 12};
  EXPECT_THAT(Refusal(options, std::vector<double>(4, 1), 4),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("knots")));
}

TEST(BinnedSurvivalTest, FitFailsIfAKnotIsZero) {
  BinnedOptions options = G8(1);
  options.knots = {0, 12};
  EXPECT_THAT(Refusal(options, std::vector<double>(4, 1), 4),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("knots")));
}

TEST(BinnedSurvivalTest, FitFailsIfCausesAreOutOfRange) {
  EXPECT_THAT(Refusal(G8(0), std::vector<double>(8, 1), 8),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
  EXPECT_THAT(Refusal(G8(65), std::vector<double>(66 * 8, 1), 66 * 8),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
}

TEST(BinnedSurvivalTest, FitFailsIfLevelIsOutOfRange) {
  BinnedOptions options = G8(1);
  options.level = 1;
  EXPECT_THAT(Refusal(options, std::vector<double>(16, 1), 16),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("level")));
}

TEST(BinnedSurvivalTest, FitFailsIfTheMinimumCohortIsUnset) {
  EXPECT_THAT(Refusal({.knots = kG8}, std::vector<double>(16, 1), 16),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("minimum_cohort")));
}

TEST(BinnedSurvivalTest, FitFailsIfCellsAreMissing) {
  EXPECT_THAT(Refusal(G8(1), std::vector<double>(15, 1), 15),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cells")));
}

TEST(BinnedSurvivalTest, FitFailsIfEntryCellsAreMissing) {
  EXPECT_THAT(Refusal(WithDelayedEntry(), std::vector<double>(16, 1), 16),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cells")));
}

TEST(BinnedSurvivalTest, FitFailsIfACellIsNotFinite) {
  std::vector<double> cells(16, 1);
  cells[3] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Refusal(G8(1), cells, 16),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("finite")));
}

TEST(BinnedSurvivalTest, FitFailsIfTheCovarianceIsOfAnotherTable) {
  EXPECT_THAT(Refusal(G8(1), std::vector<double>(16, 1), 15),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("covariance")));
}

TEST(BinnedSurvivalTest, SurvivalAtFailsOutsideTheGrid) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  EXPECT_THAT(fit.SurvivalAt(-1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("months")));
  EXPECT_THAT(fit.SurvivalAt(60.5),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("months")));
}

TEST(BinnedSurvivalTest, RmstFailsOutsideTheGrid) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  EXPECT_THAT(fit.Rmst(0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tau")));
  EXPECT_THAT(fit.Rmst(61), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tau")));
}

TEST(BinnedSurvivalTest, QuantileFailsOutsideTheUnitInterval) {
  const BinnedSurvival fit = Fit(G8(2), kSmooth, 1);
  EXPECT_THAT(fit.Quantile(0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p:")));
  EXPECT_THAT(fit.Quantile(1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p:")));
}

}  // namespace
}  // namespace perdura::statistics
