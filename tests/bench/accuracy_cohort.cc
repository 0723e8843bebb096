#include "tests/bench/accuracy_cohort.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace perdura::bench {
namespace {

using privacy_design::Cohort;
using test_support::SeededRandom;

// A month is 487/16 days, as in privacy/grid.h.
constexpr int64_t kDaysNumerator = 487;
constexpr int64_t kDaysDenominator = 16;
// Later exits fall beyond every grid.
constexpr double kLongestDays = 1e6;

// Uniform in (0, 1).
double Uniform(SeededRandom& random) {
  return (static_cast<double>(random.Next() >> 11) + 0.5) * 0x1p-53;
}

// Months to an exit of constant hazard.
double Exponential(double hazard, SeededRandom& random) {
  const double log_uniform = std::log(Uniform(random));
  return hazard > 0 ? -log_uniform / hazard : std::numeric_limits<double>::infinity();
}

int DrawCause(double first_cause, SeededRandom& random) {
  return first_cause >= 1 || Uniform(random) < first_cause ? 1 : 2;
}

double DrawCliff(const Cliff& cliff, SeededRandom& random) {
  const bool falls = cliff.share > 0 && Uniform(random) < cliff.share;
  if (!falls) return std::numeric_limits<double>::infinity();
  return cliff.from + (cliff.to - cliff.from) * Uniform(random);
}

Patient DrawPatient(const Population& population, SeededRandom& random) {
  const Cohort& cohort = population.cohort;
  const bool cured = Uniform(random) < cohort.cured;
  const double gradual = Exponential(cured ? population.cured_hazard : cohort.hazard, random);
  const double event = std::min(gradual, DrawCliff(population.cliff, random));
  const double dropout = Exponential(cohort.dropout, random);
  const double days = std::min(event, dropout) * kDaysNumerator / kDaysDenominator;
  return {.exit_day = static_cast<int64_t>(std::ceil(std::min(days, kLongestDays))),
          .cause = event <= dropout ? DrawCause(population.first_cause, random) : 0,
          .hospital = static_cast<int>(random.Below(kHospitals))};
}

double SurvivalOf(const Population& population, double months) {
  const Cohort& cohort = population.cohort;
  const Cliff& cliff = population.cliff;
  const double fallen = std::clamp((months - cliff.from) / (cliff.to - cliff.from), 0.0, 1.0);
  const double cured = cohort.cured * std::exp(-population.cured_hazard * months);
  const double others = (1 - cohort.cured) * std::exp(-cohort.hazard * months);
  return (cured + others) * (1 - cliff.share * fallen);
}

}  // namespace

std::vector<Patient> DrawCohort(const Population& population, int size, SeededRandom& random) {
  std::vector<Patient> patients;
  patients.reserve(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) patients.push_back(DrawPatient(population, random));
  return patients;
}

statistics::KaplanMeier ExactCurve(std::span<const Patient> patients) {
  std::vector<statistics::Observation> observations;
  observations.reserve(patients.size());
  for (const Patient& patient : patients) {
    observations.push_back({.exit = static_cast<double>(patient.exit_day), .cause = patient.cause});
  }
  auto curve = statistics::KaplanMeier::Fit(observations);
  PERDURA_CHECK(curve.ok());
  return *std::move(curve);
}

int64_t LastDayOf(int month) { return kDaysNumerator * month / kDaysDenominator; }

double MonthsAt(int64_t day) {
  return static_cast<double>(day) * kDaysDenominator / kDaysNumerator;
}

double TrueSurvival(const Population& population, int month) {
  return SurvivalOf(population, MonthsAt(LastDayOf(month)));
}

double TrueRmst(const Population& population, int month) {
  constexpr int kStepsOfAMonth = 100;
  double sum = 0;
  for (int step = 0; step < month * kStepsOfAMonth; ++step) {
    sum += SurvivalOf(population, (step + 0.5) / kStepsOfAMonth);
  }
  return sum / kStepsOfAMonth;
}

}  // namespace perdura::bench
