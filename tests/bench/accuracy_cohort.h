#ifndef PERDURA_TESTS_BENCH_ACCURACY_COHORT_H_
#define PERDURA_TESTS_BENCH_ACCURACY_COHORT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "privacy/design/cohort.h"
#include "statistics/survival_exact.h"
#include "tests/support/seeded_random.h"

namespace perdura::bench {

inline constexpr int kHospitals = 4;

// One made-up or published patient: the day of the exit since infusion, its cause (0
// censored, 1..J) and the hospital, 0..3.
struct Patient {
  int64_t exit_day = 0;
  int cause = 0;
  int hospital = 0;
};

// A share of patients has its event within a few months, at any time of them alike: what curves
// that fall gradually do not have.
struct Cliff {
  double share = 0;
  double from = 0;  // months, < to
  double to = 1;
};

// Whom patients are drawn from. An event is of cause 1 with probability `first_cause`, else of
// cause
// 2. The cured have events too, at `cured_hazard` a month.
struct Population {
  privacy_design::Cohort cohort;
  double first_cause = 1;
  double cured_hazard = 0;
  Cliff cliff = {};
};

// `size` patients, each at a hospital by chance. Days are whole: an exit during day x counts on day
// x.
std::vector<Patient> DrawCohort(const Population& population, int size,
                                test_support::SeededRandom& random);

// The exact curve of the same patients, in days.
statistics::KaplanMeier ExactCurve(std::span<const Patient> patients);

// The last whole day of a month of 487/16 days, and that day in months: where a knot really lies.
int64_t LastDayOf(int month);
double MonthsAt(int64_t day);

// S of the population at the end of `month`, and its mean time up to there: what an interval should
// hold.
double TrueSurvival(const Population& population, int month);
double TrueRmst(const Population& population, int month);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_ACCURACY_COHORT_H_
