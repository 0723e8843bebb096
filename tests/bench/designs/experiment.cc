#include "tests/bench/designs/experiment.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include "base/check.h"
#include "statistics/interval.h"
#include "statistics/survival_exact.h"

namespace perdura::bench {
namespace {

using statistics::AalenJohansen;
using statistics::BinnedEstimate;
using statistics::BinnedSurvival;
using statistics::KaplanMeier;
using test_support::SeededRandom;

constexpr int kThreads = 2;
constexpr double kNormal95 = 1.959963984540054;
constexpr uint64_t kNoiseStream = uint64_t{1} << 40;

// The exact curves of one cohort.
struct Exact {
  KaplanMeier survival;
  AalenJohansen incidence;  // of two causes
  double At(int month) const { return survival.At(static_cast<double>(LastDayOf(month))).value; }
  double Rmst(int months) const {
    return MonthsAt(1) * survival.Rmst(static_cast<double>(LastDayOf(months))).value;
  }
};

Exact ExactOf(std::span<const Patient> patients) {
  std::vector<statistics::Observation> observations;
  for (const Patient& patient : patients) {
    observations.push_back({.exit = static_cast<double>(patient.exit_day), .cause = patient.cause});
  }
  auto incidence = AalenJohansen::Fit(observations, 2);
  PERDURA_CHECK(incidence.ok());
  return {.survival = ExactCurve(patients), .incidence = *std::move(incidence)};
}

// What one release was off by.
struct Run {
  double largest_error = 0;
  double mean_error = 0;
  double bias_last = 0;
  double error_12 = 0, error_36 = 0;
  double error_rmst = 0;
  std::array<double, 2> error_incidence = {};
  std::array<double, 4> held = {};
  std::array<double, 4> held_without_noise = {};
  double rmst_held = 0;
  double mean_width = 0;
};

double Holds(double lower, double upper, double truth) {
  return lower <= truth && truth <= upper ? 1 : 0;
}

void JudgeCurve(const std::vector<double>& curve, const Exact& exact, Run& run) {
  double sum = 0;
  for (size_t i = 0; i < curve.size(); ++i) {
    const int month = static_cast<int>(i) + 1;
    const double difference = curve[i] - exact.At(month);
    run.largest_error = std::max(run.largest_error, std::abs(difference));
    sum += std::abs(difference);
    if (month == 12) run.error_12 = std::abs(difference);
    if (month == 36) run.error_36 = std::abs(difference);
    run.bias_last = difference;
  }
  run.mean_error = sum / static_cast<double>(curve.size());
}

void JudgeIntervals(const BinnedSurvival& fit, const Population& population, Run& run) {
  for (size_t i = 0; i < kJudgedMonths.size(); ++i) {
    const auto survival = fit.SurvivalAt(std::min(kJudgedMonths[i], fit.knots().back()));
    PERDURA_CHECK(survival.ok());
    const double truth = TrueSurvival(population, kJudgedMonths[i]);
    run.held[i] = Holds(survival->lower, survival->upper, truth);
    run.mean_width += (survival->upper - survival->lower) / kJudgedMonths.size();
    const statistics::Interval naive = statistics::NoisedInterval(
        survival->value, std::sqrt(survival->variance_sample), kNormal95, 0.5 / fit.n());
    run.held_without_noise[i] = Holds(naive.lower, naive.upper, truth);
  }
}

void JudgeFit(const BinnedSurvival& fit, const Exact& exact, const Population& population,
              Run& run) {
  const int horizon = fit.knots().back();
  const auto rmst = fit.Rmst(horizon);
  PERDURA_CHECK(rmst.ok());
  run.error_rmst = std::abs(rmst->value - exact.Rmst(horizon));
  run.rmst_held = Holds(rmst->lower, rmst->upper, TrueRmst(population, horizon));
  for (int cause = 1; cause <= fit.causes() && fit.causes() == 2; ++cause) {
    const double truth = exact.incidence.At(cause, static_cast<double>(LastDayOf(horizon))).value;
    run.error_incidence[static_cast<size_t>(cause - 1)] =
        std::abs(fit.Incidence(cause, fit.bins() - 1).value - truth);
  }
  JudgeIntervals(fit, population, run);
}

Run RunTrial(const Trial& trial, std::span<const Patient> patients, const Exact& exact,
             const Population& population, SeededRandom& noise) {
  const std::vector<int64_t> rows =
      Measure(*trial.design, trial.budget, CountCells(*trial.design, patients), noise);
  const ReleasedCurve curve = ReadCurve(*trial.design, trial.budget, rows);
  Run run;
  JudgeCurve(curve.survival, exact, run);
  if (curve.fit.has_value()) JudgeFit(*curve.fit, exact, population, run);
  return run;
}

Mean MeanOf(std::span<const Run> runs, const std::function<double(const Run&)>& value) {
  double sum = 0, squares = 0;
  for (const Run& run : runs) {
    const double x = value(run);
    sum += x;
    squares += x * x;
  }
  const double n = static_cast<double>(runs.size());
  const double mean = sum / n;
  return {.value = mean, .error = std::sqrt(std::max(0.0, squares / n - mean * mean) / n)};
}

Figures Summarize(std::span<const Run> runs) {
  Figures figures{
      .largest_error = MeanOf(runs, [](const Run& run) { return run.largest_error; }),
      .mean_error = MeanOf(runs, [](const Run& run) { return run.mean_error; }),
      .bias_last = MeanOf(runs, [](const Run& run) { return run.bias_last; }),
      .error_12 = MeanOf(runs, [](const Run& run) { return run.error_12; }),
      .error_36 = MeanOf(runs, [](const Run& run) { return run.error_36; }),
      .error_last = MeanOf(runs, [](const Run& run) { return std::abs(run.bias_last); }),
      .error_rmst = MeanOf(runs, [](const Run& run) { return run.error_rmst; }),
      .rmst_held = MeanOf(runs, [](const Run& run) { return run.rmst_held; }).value,
      .mean_width = MeanOf(runs, [](const Run& run) { return run.mean_width; }).value};
  for (size_t i = 0; i < 2; ++i) {
    figures.error_incidence[i] =
        MeanOf(runs, [i](const Run& run) { return run.error_incidence[i]; });
  }
  for (size_t i = 0; i < kJudgedMonths.size(); ++i) {
    figures.held[i] = MeanOf(runs, [i](const Run& run) { return run.held[i]; }).value;
    figures.held_without_noise[i] =
        MeanOf(runs, [i](const Run& run) { return run.held_without_noise[i]; }).value;
  }
  return figures;
}

// Calls work(0) ... work(runs - 1), each once, in any order.
void ForEachRun(int runs, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int first = 0; first < kThreads; ++first) {
    threads.emplace_back([&work, first, runs] {
      for (int run = first; run < runs; run += kThreads) work(run);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

using CohortOfRun = std::function<std::vector<Patient>(int run)>;

std::vector<Figures> CompareCohorts(const CohortOfRun& cohort_of_run, std::span<const Trial> trials,
                                    const Population& population, int runs, uint64_t seed) {
  std::vector<std::vector<Run>> results(trials.size(), std::vector<Run>(static_cast<size_t>(runs)));
  ForEachRun(runs, [&](int run) {
    const std::vector<Patient> patients = cohort_of_run(run);
    const Exact exact = ExactOf(patients);
    SeededRandom noise(seed + kNoiseStream + static_cast<uint64_t>(run));
    for (size_t i = 0; i < trials.size(); ++i) {
      results[i][static_cast<size_t>(run)] =
          RunTrial(trials[i], patients, exact, population, noise);
    }
  });
  std::vector<Figures> figures;
  for (const std::vector<Run>& result : results) figures.push_back(Summarize(result));
  return figures;
}

std::vector<Patient> CohortOf(const Population& population, int size, uint64_t seed, int run) {
  SeededRandom random(seed + static_cast<uint64_t>(run));
  return DrawCohort(population, size, random);
}

double MeanShare(const std::array<double, 4>& shares) {
  return (shares[0] + shares[1] + shares[2] + shares[3]) / 4;
}

}  // namespace

double Figures::held_mean() const { return MeanShare(held); }
double Figures::held_without_noise_mean() const { return MeanShare(held_without_noise); }

std::vector<Figures> Compare(std::span<const Trial> trials, const Population& population, int size,
                             int runs, uint64_t seed) {
  return CompareCohorts([&](int run) { return CohortOf(population, size, seed, run); }, trials,
                        population, runs, seed);
}

std::vector<Figures> CompareOn(std::span<const Patient> patients, std::span<const Trial> trials,
                               int runs, uint64_t seed) {
  return CompareCohorts([&](int) { return std::vector<Patient>(patients.begin(), patients.end()); },
                        trials, {.cohort = privacy_design::CartCohort()}, runs, seed);
}

Mean ExactAgainstTruth(const Population& population, int size, int months, int runs,
                       uint64_t seed) {
  std::vector<Run> results(static_cast<size_t>(runs));
  ForEachRun(runs, [&](int run) {
    const KaplanMeier exact = ExactCurve(CohortOf(population, size, seed, run));
    double& largest = results[static_cast<size_t>(run)].largest_error;
    for (int month = 1; month <= months; ++month) {
      const double truth = TrueSurvival(population, month);
      const double value = exact.At(static_cast<double>(LastDayOf(month))).value;
      largest = std::max(largest, std::abs(value - truth));
    }
  });
  return MeanOf(results, [](const Run& run) { return run.largest_error; });
}

}  // namespace perdura::bench
