#include "statistics/survival_exact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/shared_data.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/statistics/reference_data.h"

namespace perdura::statistics {
namespace {

using ::perdura::test_support::kNoSharedData;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr double kTolerance = 1e-9;
const double kZ = *NormalQuantile(0.95);

std::vector<Observation> Times(std::initializer_list<std::pair<double, int>> rows) {
  std::vector<Observation> observations;
  for (const auto& [exit, cause] : rows) observations.push_back({.exit = exit, .cause = cause});
  return observations;
}

KaplanMeier Km(std::initializer_list<std::pair<double, int>> rows) {
  return *KaplanMeier::Fit(Times(rows));
}

// Relative, so that days and probabilities meet the same bound.
void ExpectSame(double value, double reference, const std::string& what) {
  EXPECT_NEAR(value, reference, kTolerance * std::max(1.0, std::abs(reference))) << what;
}

void ExpectSame(const std::optional<double>& value, double reference, const std::string& what) {
  EXPECT_EQ(value.has_value(), !std::isnan(reference)) << what;
  if (value.has_value() && !std::isnan(reference)) ExpectSame(*value, reference, what);
}

std::string NameOf(const CsvRow& row) {
  std::string name;
  for (const char* column : {"dataset", "endpoint", "group", "cause", "time", "tau"}) {
    if (row.count(column) > 0) name += row.at(column) + " ";
  }
  return name;
}

void ExpectInterval(const PointEstimate& estimate, IntervalType type, const CsvRow& row,
                    const std::string& suffix) {
  const std::optional<Interval> interval = ExactInterval(estimate.value, estimate.se(), kZ, type);
  const double lower = Number(row, "lower" + suffix);
  EXPECT_EQ(interval.has_value(), !std::isnan(lower)) << NameOf(row) << suffix;
  if (!interval.has_value() || std::isnan(lower)) return;
  ExpectSame(interval->lower, lower, NameOf(row) + "lower" + suffix);
  ExpectSame(interval->upper, Number(row, "upper" + suffix), NameOf(row) + "upper" + suffix);
}

void ExpectIntervals(const PointEstimate& estimate, const CsvRow& row) {
  ExpectInterval(estimate, IntervalType::kLog, row, "_log");
  ExpectInterval(estimate, IntervalType::kLogLog, row, "_loglog");
  ExpectInterval(estimate, IntervalType::kPlain, row, "_plain");
}

// R reports at a time between two exits the number at risk at the next exit, with those who enter
// in between.
double AtRiskAtNextExit(const KaplanMeier& km, double time) {
  for (const SurvivalStep& step : km.steps()) {
    if (step.time >= time) return step.at_risk;
  }
  return 0;
}

TEST(ReferenceTest, KaplanMeierEqualsR) {
  const std::vector<CsvRow> rows = SharedCsv("reference/km_reference.csv");
  if (rows.empty()) GTEST_SKIP() << kNoSharedData;
  for (const CsvRow& row : rows) {
    ASSERT_OK_AND_ASSIGN(const KaplanMeier km, KaplanMeier::Fit(ReferencePatients(row)));
    const double time = Number(row, "time");
    const PointEstimate estimate = km.At(time);
    ExpectSame(estimate.value, Number(row, "surv"), NameOf(row));
    // Where S has fallen to 0, R gives no standard error and we give 0.
    if (estimate.value > 0) ExpectSame(estimate.se(), Number(row, "se_greenwood"), NameOf(row));
    EXPECT_EQ(km.EventsUpTo(time), Number(row, "cum_event")) << NameOf(row);
    EXPECT_EQ(AtRiskAtNextExit(km, time), Number(row, "n_risk")) << NameOf(row);
    ExpectIntervals(estimate, row);
  }
}

TEST(ReferenceTest, MediansEqualR) {
  const std::vector<CsvRow> rows = SharedCsv("reference/median_reference.csv");
  if (rows.empty()) GTEST_SKIP() << kNoSharedData;
  for (const CsvRow& row : rows) {
    ASSERT_OK_AND_ASSIGN(const KaplanMeier km, KaplanMeier::Fit(ReferencePatients(row)));
    const QuantileEstimate median = km.Median(kZ, IntervalType::kLog);
    ExpectSame(median.value, Number(row, "median"), NameOf(row) + "median");
    ExpectSame(median.lower, Number(row, "lower95_log"), NameOf(row) + "lower");
    ExpectSame(median.upper, Number(row, "upper95_log"), NameOf(row) + "upper");
    EXPECT_EQ(km.EventsUpTo(1e9), Number(row, "events")) << NameOf(row);
  }
}

TEST(ReferenceTest, RestrictedMeansEqualR) {
  const std::vector<CsvRow> rows = SharedCsv("reference/rmst_reference.csv");
  if (rows.empty()) GTEST_SKIP() << kNoSharedData;
  for (const CsvRow& row : rows) {
    ASSERT_OK_AND_ASSIGN(const KaplanMeier km, KaplanMeier::Fit(ReferencePatients(row)));
    const PointEstimate rmst = km.Rmst(Number(row, "tau"));
    ExpectSame(rmst.value, Number(row, "rmst"), NameOf(row));
    ExpectSame(rmst.se(), Number(row, "se"), NameOf(row));
  }
}

int CauseNamed(const CsvRow& row) { return row.at("cause") == "relapse" ? 1 : 2; }

TEST(ReferenceTest, AalenJohansenEqualsR) {
  const std::vector<CsvRow> rows = SharedCsv("reference/cif_reference.csv");
  if (rows.empty()) GTEST_SKIP() << kNoSharedData;
  for (const CsvRow& row : rows) {
    ASSERT_OK_AND_ASSIGN(const AalenJohansen aj, AalenJohansen::Fit(ReferencePatients(row), 2));
    const double time = Number(row, "time");
    const PointEstimate estimate = aj.At(CauseNamed(row), time);
    ExpectSame(estimate.value, Number(row, "cif"), NameOf(row));
    ExpectSame(estimate.se(), Number(row, "se"), NameOf(row));
    EXPECT_EQ(aj.AtRisk(time), Number(row, "n_risk")) << NameOf(row);
    ExpectInterval(estimate, IntervalType::kLog, row, "");
  }
}

TEST(ReferenceTest, BoneMarrowCurvesEqualR) {
  const std::vector<CsvRow> rows = SharedCsv("reference/bmt_reference.csv");
  if (rows.empty()) GTEST_SKIP() << kNoSharedData;
  for (const CsvRow& row : rows) {
    const std::vector<Observation> patients = ReferencePatients(row);
    ASSERT_EQ(static_cast<double>(patients.size()), Number(row, "n")) << NameOf(row);
    const double time = Number(row, "time_days");
    PointEstimate estimate;
    if (row.at("statistic") == "km") {
      ASSERT_OK_AND_ASSIGN(const KaplanMeier km, KaplanMeier::Fit(patients));
      estimate = km.At(time);
      EXPECT_EQ(km.EventsUpTo(time), Number(row, "cum_event")) << NameOf(row);
      EXPECT_EQ(km.AtRisk(time), Number(row, "n_risk")) << NameOf(row);
    } else {
      ASSERT_OK_AND_ASSIGN(const AalenJohansen aj, AalenJohansen::Fit(patients, 2));
      estimate = aj.At(CauseNamed(row), time);
      EXPECT_EQ(aj.AtRisk(time), Number(row, "n_risk")) << NameOf(row);
    }
    ExpectSame(estimate.value, Number(row, "estimate"), NameOf(row));
    ExpectSame(estimate.se(), Number(row, "se"), NameOf(row));
    ExpectIntervals(estimate, row);
  }
}

// Small cases by hand, so that the rules are tested where the reference files are absent.
TEST(KaplanMeierTest, EventsPrecedeCensoringsOnTheSameTime) {
  const KaplanMeier km = Km({{1, 1}, {1, 0}, {2, 1}, {3, 0}});
  ASSERT_EQ(km.steps().size(), 3u);
  EXPECT_EQ(km.steps()[0].at_risk, 4);
  EXPECT_DOUBLE_EQ(km.At(1).value, 0.75);
  EXPECT_DOUBLE_EQ(km.At(2).value, 0.375);
  EXPECT_DOUBLE_EQ(km.At(1).variance, 0.75 * 0.75 * 1 / (4.0 * 3));
}

TEST(KaplanMeierTest, ValueIsOneBeforeTheFirstEvent) {
  const KaplanMeier km = Km({{5, 1}, {6, 0}});
  EXPECT_EQ(km.At(4.999).value, 1);
  EXPECT_EQ(km.At(4.999).variance, 0);
}

TEST(KaplanMeierTest, LastValueIsCarriedOn) {
  const KaplanMeier km = Km({{1, 1}, {2, 0}});
  EXPECT_DOUBLE_EQ(km.At(1000).value, 0.5);
  EXPECT_EQ(km.AtRisk(1000), 0);
}

TEST(KaplanMeierTest, LateEntriesAreAtRiskOnlyAfterEntry) {
  const std::vector<Observation> observations = {
      {.entry = 0, .exit = 2, .cause = 1},
      {.entry = 0, .exit = 5, .cause = 0},
      {.entry = 2, .exit = 4, .cause = 1}};  // entered at 2: not at risk at the event on 2
  ASSERT_OK_AND_ASSIGN(const KaplanMeier km, KaplanMeier::Fit(observations));
  EXPECT_DOUBLE_EQ(km.At(2).value, 0.5);
  EXPECT_DOUBLE_EQ(km.At(4).value, 0.25);
  EXPECT_EQ(km.AtRisk(2), 2);
  EXPECT_EQ(km.AtRisk(3), 2);
}

TEST(KaplanMeierTest, MedianOnAFlatPieceIsItsMidpoint) {
  EXPECT_DOUBLE_EQ(*Km({{1, 1}, {2, 1}, {4, 1}, {5, 1}}).Median(kZ, IntervalType::kLog).value, 3);
}

TEST(KaplanMeierTest, MedianIsNotReachedAboveOneHalf) {
  EXPECT_FALSE(Km({{1, 1}, {2, 0}, {3, 0}}).Median(kZ, IntervalType::kLog).value.has_value());
}

TEST(KaplanMeierTest, RestrictedMeanIsTheAreaUnderTheSteps) {
  const KaplanMeier km = Km({{1, 1}, {3, 1}});
  EXPECT_DOUBLE_EQ(km.Rmst(2).value, 1 + 0.5);
  EXPECT_DOUBLE_EQ(km.Rmst(4).value, 1 + 0.5 * 2);
  EXPECT_DOUBLE_EQ(km.Rmst(0.5).value, 0.5);
  EXPECT_DOUBLE_EQ(km.Rmst(2).variance, 0.5 * 0.5 * (1.0 / 2));
}

TEST(KaplanMeierTest, FitFailsWithoutObservations) {
  EXPECT_THAT(KaplanMeier::Fit({}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("observations")));
}

TEST(KaplanMeierTest, FitFailsIfExitIsNotFinite) {
  EXPECT_THAT(KaplanMeier::Fit(Times({{std::numeric_limits<double>::infinity(), 1}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exit")));
}

TEST(KaplanMeierTest, FitFailsIfEntryIsNotBeforeExit) {
  const std::vector<Observation> same_day = {{.entry = 3, .exit = 3, .cause = 0}};
  EXPECT_THAT(KaplanMeier::Fit(same_day),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entry")));
}

TEST(KaplanMeierTest, FitFailsIfCauseIsNegative) {
  EXPECT_THAT(KaplanMeier::Fit(Times({{1, -1}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cause")));
}

TEST(AalenJohansenTest, IncidencesAndSurvivalAddUpToOne) {
  const auto rows = Times({{1, 1}, {1, 2}, {2, 0}, {3, 2}, {4, 1}, {6, 0}, {7, 1}});
  ASSERT_OK_AND_ASSIGN(const AalenJohansen aj, AalenJohansen::Fit(rows, 2));
  for (const double time : {0.5, 1.0, 3.0, 5.0, 8.0}) {
    EXPECT_NEAR(aj.At(1, time).value + aj.At(2, time).value + aj.overall().At(time).value, 1,
                1e-12);
  }
}

TEST(AalenJohansenTest, WithOneCauseItIsOneMinusKaplanMeier) {
  const auto rows = Times({{1, 1}, {1, 1}, {2, 0}, {3, 1}, {4, 1}, {6, 0}});
  ASSERT_OK_AND_ASSIGN(const AalenJohansen aj, AalenJohansen::Fit(rows, 1));
  for (const double time : {1.0, 3.0, 5.0}) {
    EXPECT_NEAR(aj.At(1, time).value, 1 - aj.overall().At(time).value, 1e-12);
    EXPECT_NEAR(aj.At(1, time).variance, aj.overall().At(time).variance, 1e-12);
  }
}

TEST(AalenJohansenTest, FitFailsIfCausesAreOutOfRange) {
  EXPECT_THAT(AalenJohansen::Fit(Times({{1, 1}}), 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
  EXPECT_THAT(AalenJohansen::Fit(Times({{1, 1}}), 65),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
}

TEST(AalenJohansenTest, FitFailsIfACauseExceedsTheirNumber) {
  EXPECT_THAT(AalenJohansen::Fit(Times({{1, 3}}), 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cause")));
}

}  // namespace
}  // namespace perdura::statistics
