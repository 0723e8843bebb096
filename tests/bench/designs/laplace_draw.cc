#include "tests/bench/designs/laplace_draw.h"

#include <cmath>

namespace perdura::bench {
namespace {

using test_support::SeededRandom;

// Uniform in (0, 1).
double UnitUniform(SeededRandom& random) {
  return (static_cast<double>(random.Next() >> 11) + 0.5) * 0x1p-53;
}

// Arrivals of a unit-rate stream before `mean`.
int DrawPoisson(double mean, SeededRandom& random) {
  int arrivals = 0;
  for (double time = -std::log(UnitUniform(random)); time < mean;
       time -= std::log(UnitUniform(random))) {
    ++arrivals;
  }
  return arrivals;
}

// Pr[k] proportional to p^k / k, k >= 1: geometric with a success chance (1 - p)^u, u uniform
// (Kemp 1981).
int64_t DrawLogSeries(double p, SeededRandom& random) {
  const double failure = -std::expm1(std::log1p(-p) * UnitUniform(random));
  return 1 + static_cast<int64_t>(std::log(UnitUniform(random)) / std::log(failure));
}

// A Poisson number of logarithmic variables.
int64_t DrawNegativeBinomial(double shape, double p, SeededRandom& random) {
  int64_t sum = 0;
  for (int left = DrawPoisson(-shape * std::log1p(-p), random); left > 0; --left) {
    sum += DrawLogSeries(p, random);
  }
  return sum;
}

}  // namespace

int64_t DrawLaplaceShares(double shape, double p, SeededRandom& random) {
  const int64_t up = DrawNegativeBinomial(shape, p, random);
  return up - DrawNegativeBinomial(shape, p, random);
}

}  // namespace perdura::bench
