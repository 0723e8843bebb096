// How good the noised path is: curves, their error against the exact curve of the same patients,
// and the coverage of their intervals, over repeated questions to a federation of four hospitals
// and a (4, 2) committee. Each run draws a cohort, splits it over the hospitals, asks with new
// noise and decodes what is released; the state machines, ledgers and stores are the daemons', the
// relay is in memory.
//
//   accuracy [--runs 400] [--seed 1] [--settings C300,G5000,C300-low]
//
// Settings: C300 C1000 C5000 G300 G1000 G5000 C300-low G300-low C1000-causes C300-causes-low
// C300-flagship G1000-flagship, which is the default, and C1000-low G1000-low C1000-flagship
// C5000-flagship G300-flagship G5000-flagship C1000-causes-flagship.
//
// C and G are the cohorts CART and GENE (privacy/design/cohort.h), the number is their size. Charge
// rho(1, 1e-6), `-low` rho(2, 1e-6)/20, `-flagship` pure epsilon 1. `-causes`: events are of two
// causes, 70 % and 30 %, and cumulative incidence is judged too. Ends with 1 if a figure misses its
// target. Targets: error within 10 % or 0.001; coverage of nominal 95 % within 0.03 of 0.94 to
// 0.97. Coverage without the noise term stands beside it: where that is as good, the row shows
// nothing about the noise.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/check.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"
#include "query/estimate.h"
#include "statistics/interval.h"
#include "tests/bench/accuracy_cohort.h"
#include "tests/bench/accuracy_federation.h"
#include "tests/support/command_line.h"

namespace perdura::bench {
namespace {

using privacy_design::Cohort;
using statistics::BinnedEstimate;
using statistics::BinnedSurvival;
using test_support::SeededRandom;

constexpr double kDelta = 1e-6;
constexpr int kHorizon = 60;
// Knots of g15 at which intervals are judged: months 3, 12, 36, 60.
constexpr std::array<int, 4> kJudgedBins = {2, 7, 12, 14};
constexpr double kNormal95 = 1.959963984540054;
// Ended rounds stay in an aggregator's memory for minutes and slow it down. The first release of
// each federation is opened and estimated as a stranger would.
constexpr int kRunsOfOneFederation = 50;

// Share of cause 1 where there are two.
constexpr double kFirstCause = 0.7;

constexpr double kErrorTolerance = 0.10;
constexpr double kErrorFloor = 0.001;
constexpr double kLeastCoverage = 0.94 - 0.03;
constexpr double kMostCoverage = 0.97 + 0.03;

struct Setting {
  const char* name;
  bool curative;  // CART, else GENE
  int size;
  bool low;  // rho(2)/20, else rho(1)
  // Mean of the largest error over months 1 to 60; 0: none is set.
  double target;
  // Runs when no setting is named.
  bool usual;
  // Two causes with cumulative incidence, else one.
  bool causes = false;
  // Discrete Laplace at epsilon 1, else discrete Gaussian.
  bool flagship = false;
};

constexpr Setting kSettings[] = {
    {"C300", true, 300, false, 0.051, true},
    {"C1000", true, 1000, false, 0.0169, true},
    {"C5000", true, 5000, false, 0.0047, true},
    {"G300", false, 300, false, 0.046, true},
    {"G1000", false, 1000, false, 0.0166, true},
    {"G5000", false, 5000, false, 0.0041, true},
    {"C300-low", true, 300, true, 0.107, true},
    {"G300-low", false, 300, true, 0, true},
    {"C1000-causes", true, 1000, false, 0.021, true, true},
    {"C300-causes-low", true, 300, true, 0, true, true},
    {"C1000-low", true, 1000, true, 0.036, false},
    {"G1000-low", false, 1000, true, 0, false},
    {"C300-flagship", true, 300, false, 0.024, true, false, true},
    {"C1000-flagship", true, 1000, false, 0.0096, false, false, true},
    {"C5000-flagship", true, 5000, false, 0.0035, false, false, true},
    {"G300-flagship", false, 300, false, 0.026, false, false, true},
    {"G1000-flagship", false, 1000, false, 0.0096, true, false, true},
    {"G5000-flagship", false, 5000, false, 0.0029, false, false, true},
    {"C1000-causes-flagship", true, 1000, false, 0.0110, false, true, true},
};

// Runs whose interval held the truth, at each judged bin.
using HeldAtBins = std::array<int, kJudgedBins.size()>;

// Counts over the runs of one setting.
struct Tally {
  int runs = 0;
  double error = 0;
  double error_squares = 0;
  HeldAtBins held = {};
  HeldAtBins held_without_noise = {};
  std::array<HeldAtBins, 2> incidence_held = {};  // causes 1 and 2
  int rmst_held = 0;
  int rmst_held_without_noise = 0;

  double MeanError() const { return error / runs; }
  double ErrorOfMean() const {
    const double mean = MeanError();
    return std::sqrt(std::max(0.0, error_squares / runs - mean * mean) / runs);
  }
  double Share(int count) const { return static_cast<double>(count) / runs; }
  double MeanShare(const HeldAtBins& counts) const {
    double sum = 0;
    for (const int count : counts) sum += Share(count);
    return sum / static_cast<double>(counts.size());
  }
};

bool Holds(double lower, double upper, double truth) { return lower <= truth && truth <= upper; }

double LargestError(const BinnedSurvival& released, std::span<const Patient> patients) {
  const statistics::KaplanMeier exact = ExactCurve(patients);
  double largest = 0;
  for (int month = 1; month <= kHorizon; ++month) {
    const auto survival = released.SurvivalAt(month);
    PERDURA_CHECK(survival.ok());
    const double truth = exact.At(static_cast<double>(LastDayOf(month))).value;
    largest = std::max(largest, std::abs(survival->value - truth));
  }
  return largest;
}

void TallySurvival(const BinnedSurvival& released, const Cohort& cohort, Tally& tally) {
  for (size_t i = 0; i < kJudgedBins.size(); ++i) {
    const int bin = kJudgedBins[i];
    const double truth = TrueSurvival({cohort}, released.knots()[static_cast<size_t>(bin)]);
    const BinnedEstimate survival = released.Survival(bin);
    tally.held[i] += Holds(survival.lower, survival.upper, truth);
    const statistics::Interval naive = statistics::NoisedInterval(
        survival.value, std::sqrt(survival.variance_sample), kNormal95, 0.5 / released.n());
    tally.held_without_noise[i] += Holds(naive.lower, naive.upper, truth);
  }
}

void TallyIncidence(const BinnedSurvival& released, const Cohort& cohort, Tally& tally) {
  for (int cause = 1; cause <= released.causes(); ++cause) {
    const double share = cause == 1 ? kFirstCause : 1 - kFirstCause;
    HeldAtBins& held = tally.incidence_held[static_cast<size_t>(cause - 1)];
    for (size_t i = 0; i < kJudgedBins.size(); ++i) {
      const int bin = kJudgedBins[i];
      const int month = released.knots()[static_cast<size_t>(bin)];
      const BinnedEstimate incidence = released.Incidence(cause, bin);
      held[i] +=
          Holds(incidence.lower, incidence.upper, share * (1 - TrueSurvival({cohort}, month)));
    }
  }
}

void TallyRmst(const BinnedSurvival& released, const Cohort& cohort, Tally& tally) {
  const auto rmst = released.Rmst(kHorizon);
  PERDURA_CHECK(rmst.ok());
  const double truth = TrueRmst({cohort}, kHorizon);
  tally.rmst_held += Holds(rmst->lower, rmst->upper, truth);
  const double half = kNormal95 * std::sqrt(rmst->variance_sample);
  tally.rmst_held_without_noise += Holds(rmst->value - half, rmst->value + half, truth);
}

// The file that an analyst gets, opened and estimated by the product's own path, says the same as
// the fit that the figures are from.
void CheckOpened(const AccuracyFederation& federation, const query::Plan& plan,
                 const v1::ReleaseBundle& bundle, const BinnedSurvival& fit) {
  const federation::OpenedBundle opened = federation.Open(bundle);
  PERDURA_CHECK(opened.commit.contributors_size() == kHospitals);
  const auto estimates = query::Estimate(plan, federation.LayoutOf(plan), *opened.charter,
                                         opened.release, {.quantiles = {}});
  PERDURA_CHECK(estimates.ok() && estimates->groups.size() == 1);
  for (int bin = 0; bin < fit.bins(); ++bin) {
    const query::Estimated& shown = estimates->groups[0].km[static_cast<size_t>(bin)].survival;
    PERDURA_CHECK(shown.suppressed || shown.value == fit.Survival(bin).value);
  }
}

query::PlanCharge ChargeOf(const Setting& setting) {
  if (setting.flagship) return {v1::COMPARTMENT_FLAGSHIP, uint64_t{1} << privacy::kChargeUnitBits};
  const auto charge = privacy_design::ChargeFromEpsilon(setting.low ? 2 : 1, kDelta);
  PERDURA_CHECK(charge.ok());
  return {v1::COMPARTMENT_ADHOC, setting.low ? charge->units() / 20 : charge->units()};
}

// One cohort, one question, one release.
void RunOnce(const Setting& setting, const Cohort& cohort, bool open,
             AccuracyFederation& federation, SeededRandom& random, Tally& tally) {
  const std::vector<Patient> patients = DrawCohort(
      {.cohort = cohort, .first_cause = setting.causes ? kFirstCause : 1}, setting.size, random);
  const query::Plan plan =
      federation.MakePlan(setting.causes ? "disease-free-survival" : "overall-survival",
                          setting.curative ? "curative" : "durable", ChargeOf(setting));
  const v1::ReleaseBundle bundle = federation.Ask(plan, patients);
  v1::Release release;
  PERDURA_CHECK(release.ParseFromString(bundle.release().payload()));
  const BinnedSurvival released = federation.Fit(plan, release);
  if (open) CheckOpened(federation, plan, bundle, released);
  const double error = LargestError(released, patients);
  ++tally.runs;
  tally.error += error;
  tally.error_squares += error * error;
  TallySurvival(released, cohort, tally);
  TallyRmst(released, cohort, tally);
  if (setting.causes) TallyIncidence(released, cohort, tally);
}

Tally RunSetting(const Setting& setting, int runs, uint64_t seed) {
  const Cohort cohort =
      setting.curative ? privacy_design::CartCohort() : privacy_design::GeneCohort();
  SeededRandom random(seed);
  std::optional<AccuracyFederation> federation;
  Tally tally;
  for (int run = 0; run < runs; ++run) {
    const bool first = run % kRunsOfOneFederation == 0;
    if (first) federation.emplace(random.Next());
    RunOnce(setting, cohort, /*open=*/first, *federation, random, tally);
  }
  return tally;
}

const char* Verdict(bool pass) { return pass ? "pass" : "FAIL"; }

bool InCoverage(double share) { return share >= kLeastCoverage && share <= kMostCoverage; }

bool ReportError(const Setting& setting, const Tally& tally) {
  std::printf("%-21s error      %.4f +- %.4f  ", setting.name, tally.MeanError(),
              tally.ErrorOfMean());
  if (setting.target == 0) {
    std::printf("no target\n");
    return true;
  }
  const double allowed = std::max(kErrorTolerance * setting.target, kErrorFloor);
  const bool pass = std::abs(tally.MeanError() - setting.target) <= allowed;
  std::printf("target %.4f +- %.4f  %s\n", setting.target, allowed, Verdict(pass));
  return pass;
}

// Prints the mean over the judged bins and each of them; returns the mean.
double PrintHeld(const Tally& tally, const HeldAtBins& held) {
  const double mean = tally.MeanShare(held);
  std::printf("%.3f (", mean);
  for (const int count : held) std::printf(" %.3f", tally.Share(count));
  std::printf(" )  ");
  return mean;
}

bool ReportIncidence(const Setting& setting, const Tally& tally) {
  if (!setting.causes) return true;
  bool pass = true;
  for (size_t i = 0; i < tally.incidence_held.size(); ++i) {
    std::printf("%-21s F%zu covered ", setting.name, i + 1);
    const bool covered = InCoverage(PrintHeld(tally, tally.incidence_held[i]));
    std::printf("%s\n", Verdict(covered));
    pass &= covered;
  }
  return pass;
}

bool ReportCoverage(const Setting& setting, const Tally& tally) {
  std::printf("%-21s S covered  ", setting.name);
  const double survival = PrintHeld(tally, tally.held);
  std::printf("without noise ");
  PrintHeld(tally, tally.held_without_noise);
  std::printf("%s\n", Verdict(InCoverage(survival)));
  const double rmst = tally.Share(tally.rmst_held);
  std::printf("%-21s RMST held  %.3f  without noise %.3f  %s\n", setting.name, rmst,
              tally.Share(tally.rmst_held_without_noise), Verdict(InCoverage(rmst)));
  return InCoverage(survival) && InCoverage(rmst);
}

// A harness that finds the intervals good without the noise term, where noise is most of the
// variance, would find anything good.
bool ReportControl(const Setting& setting, const Tally& tally) {
  if (!setting.low) return true;
  const bool fails = !InCoverage(tally.MeanShare(tally.held_without_noise)) &&
                     !InCoverage(tally.Share(tally.rmst_held_without_noise));
  std::printf("%-21s control: intervals without the noise term are found bad  %s\n", setting.name,
              Verdict(fails));
  return fails;
}

bool Report(const Setting& setting, const Tally& tally) {
  const bool error = ReportError(setting, tally);
  bool coverage = ReportCoverage(setting, tally);
  coverage &= ReportIncidence(setting, tally);
  const bool control = ReportControl(setting, tally);
  std::fflush(stdout);
  return error && coverage && control;
}

int Run(int argc, char** argv) {
  const int runs = static_cast<int>(test_support::NumberOption(argc, argv, "--runs", 400));
  const uint64_t seed = test_support::NumberOption(argc, argv, "--seed", 1);
  const std::string wanted = test_support::TextOption(argc, argv, "--settings", "");
  const std::vector<std::string> names = absl::StrSplit(wanted, ',', absl::SkipEmpty());
  if (runs < 1) {
    std::fprintf(stderr, "accuracy: --runs must be at least 1\n");
    return 2;
  }
  size_t reported = 0;
  bool pass = true;
  for (size_t i = 0; i < std::size(kSettings); ++i) {
    const Setting& setting = kSettings[i];
    const bool named = std::find(names.begin(), names.end(), setting.name) != names.end();
    if (names.empty() ? !setting.usual : !named) continue;
    ++reported;
    pass &= Report(setting, RunSetting(setting, runs, seed * 1000 + i));
  }
  if (!names.empty() && reported != names.size()) {
    std::fprintf(stderr, "accuracy: --settings: unknown or repeated name\n");
    return 2;
  }
  return pass ? 0 : 1;
}

}  // namespace
}  // namespace perdura::bench

int main(int argc, char** argv) { return perdura::bench::Run(argc, argv); }
