#ifndef PERDURA_TESTS_BENCH_DESIGNS_EXPERIMENT_H_
#define PERDURA_TESTS_BENCH_DESIGNS_EXPERIMENT_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tests/bench/accuracy_cohort.h"
#include "tests/bench/designs/design.h"
#include "tests/bench/designs/release.h"

// Repeated releases of several designs on the same drawn cohorts, and how far off they were.
namespace perdura::bench {

// Months at which intervals are judged.
inline constexpr std::array<int, 4> kJudgedMonths = {3, 12, 36, 60};

// Mean over the runs, and its standard error.
struct Mean {
  double value = 0;
  double error = 0;
};

// Differences are released minus exact, where exact is the Kaplan-Meier (Aalen-Johansen) curve of
// the same patients; "last" is the last knot. Shares are of runs whose nominal 95 % interval held
// the population's value; 0 for designs without intervals.
struct Figures {
  Mean largest_error;  // over all months, absolute
  Mean mean_error;     // over all months, absolute
  Mean bias_last = {};
  Mean error_12, error_36, error_last;       // absolute
  Mean error_rmst;                           // absolute, months
  std::array<Mean, 2> error_incidence = {};  // F_1, F_2 at the last knot, absolute; two causes
  std::array<double, 4> held = {};
  std::array<double, 4> held_without_noise = {};
  double rmst_held = 0;
  double mean_width = 0;  // of the intervals of S

  double held_mean() const;
  double held_without_noise_mean() const;
};

struct Trial {
  const Design* design = nullptr;
  Budget budget;
};

// `runs` cohorts of `size` patients, each released once by every trial: the figures of each. Equal
// seeds give equal figures, on any number of threads.
std::vector<Figures> Compare(std::span<const Trial> trials, const Population& population, int size,
                             int runs, uint64_t seed);

// The same on one fixed cohort; only the noise is new in each run. `population` is what intervals
// are judged against and may be any.
std::vector<Figures> CompareOn(std::span<const Patient> patients, std::span<const Trial> trials,
                               int runs, uint64_t seed);

// Kaplan-Meier of the drawn patients against the population: the largest error over months 1 to
// `months`, for scale.
Mean ExactAgainstTruth(const Population& population, int size, int months, int runs, uint64_t seed);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_EXPERIMENT_H_
