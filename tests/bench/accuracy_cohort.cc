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

Patient DrawPatient(const Population& population, SeededRandom& random) {
  const Cohort& cohort = population.cohort;
  const bool cured = Uniform(random) < cohort.cured;
  const double event = Exponential(cured ? population.cured_hazard : cohort.hazard, random);
  const double dropout = Exponential(cohort.dropout, random);
  const double days = std::min(event, dropout) * kDaysNumerator / kDaysDenominator;
  return {.exit_day = static_cast<int64_t>(std::ceil(std::min(days, kLongestDays))),
          .cause = event <= dropout ? DrawCause(population.first_cause, random) : 0,
          .hospital = static_cast<int>(random.Below(kHospitals))};
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

double TrueSurvival(const Cohort& cohort, int month) {
  return cohort.Survival(MonthsAt(LastDayOf(month)));
}

double TrueRmst(const Cohort& cohort, int month) {
  return cohort.cured * month +
         (1 - cohort.cured) * -std::expm1(-cohort.hazard * month) / cohort.hazard;
}

}  // namespace perdura::bench
