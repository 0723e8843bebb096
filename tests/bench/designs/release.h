#ifndef PERDURA_TESTS_BENCH_DESIGNS_RELEASE_H_
#define PERDURA_TESTS_BENCH_DESIGNS_RELEASE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "privacy/design/precision.h"
#include "statistics/binned_survival.h"
#include "tests/bench/accuracy_cohort.h"
#include "tests/bench/designs/design.h"
#include "tests/support/seeded_random.h"

// One release of a design without a federation: exact cells, noise, curve.
namespace perdura::bench {

inline constexpr double kBudgetDelta = 1e-6;

// What a release may cost: Gaussian designs spend rho(epsilon, 1e-6) / parts, Laplace designs
// epsilon / parts. The guarantee counts `committee.honest_dealers`, the release carries the noise
// of all dealers.
struct Budget {
  double epsilon = 1;
  int parts = 1;
  privacy_design::CommitteeNoise committee = {.dealers = 1, .honest_dealers = 1};
};

// phi = 1, and the (4, 2) committee: phi = 1.5.
inline constexpr privacy_design::CommitteeNoise kNoSurplus = {.dealers = 1, .honest_dealers = 1};
inline constexpr privacy_design::CommitteeNoise kFourStewards = {.dealers = 3, .honest_dealers = 2};

// A curve read off a release. `fit` is there unless the design reads deaths and persons at risk.
struct ReleasedCurve {
  std::optional<statistics::BinnedSurvival> fit = std::nullopt;
  std::vector<double> survival = {};  // at the ends of months 1, 2, ..., last knot
};

// The cells of `patients` on the design's grid; exits beyond it are censored in the last bin.
std::vector<int64_t> CountCells(const Design& design, std::span<const Patient> patients);

// Rows of the cells with fresh noise. What should not happen ends the process.
std::vector<int64_t> Measure(const Design& design, const Budget& budget,
                             std::span<const int64_t> cells, test_support::SeededRandom& random);

// The curve of measured rows. Intervals know the noise of all dealers (kTriangular; for the other
// readings only the curve is meant). Nothing is suppressed: figures are about every run.
ReleasedCurve ReadCurve(const Design& design, const Budget& budget, std::span<const int64_t> rows);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_RELEASE_H_
