#ifndef PERDURA_TESTS_BENCH_DESIGNS_LAPLACE_DRAW_H_
#define PERDURA_TESTS_BENCH_DESIGNS_LAPLACE_DRAW_H_

#include <cstdint>

#include "tests/support/seeded_random.h"

namespace perdura::bench {

// Noise of the compartment `flagship` for figures: the difference of two negative binomial
// variables of shape `shape` and parameter `p`. Shape 1 is the discrete Laplace law, Pr[z]
// proportional to p^|z|; Q dealers of shape 1/h deal a total shape of Q/h. Variance
// shape 2p/(1-p)^2.
//
// A benchmark's generator in floating point: not differentially private, tests only.
// `shape` > 0, p in (0, 1).
int64_t DrawLaplaceShares(double shape, double p, test_support::SeededRandom& random);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_LAPLACE_DRAW_H_
