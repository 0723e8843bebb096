// Does the discrete Gaussian sampler fit its exact mass function? Chi-square over about 200 cells
// for each variance.
//
//   sampler_chi_square [--draws N] [--seed S]      default 10,000,000 draws in all, by command
//   100,000,000
//
// False alarms: a right sampler fails one of the six fits with a chance of 6 x 10^-4 on a fresh
// seed; the seed is fixed, so a pass repeats. What a pass does not prove: deviations below about
// 10^-3 of a cell at 10^7 draws (a bias of a tenth in P(0) at variance 9 is found, one of a
// thousandth is not), dependence between draws, and the quality of the production source of bytes.
// Broken samplers run beside it and must fail, or the test could not find them.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "privacy/discrete_gaussian.h"
#include "privacy/exact_sampler.h"
#include "privacy/noise.h"
#include "tests/statistical/chi_square.h"
#include "tests/support/command_line.h"
#include "tests/support/seeded_random.h"

namespace perdura::statistical {
namespace {

using privacy::DiscreteGaussian;
using test_support::SeededRandom;

constexpr double kSmallestPValue = 1e-4;
constexpr double kLeastExpected = 20;
constexpr uint64_t kVariances[] = {9, 10, 100, 676099, 7472037, uint64_t{1} << 50};
constexpr uint64_t kControlDraws = 500000;

using Sampler = std::function<int64_t()>;

// Not differentially private. Tests only: the four ways in which samplers have been wrong.
struct Control {
  const char* name;
  uint64_t variance;
  std::function<int64_t(SeededRandom&)> draw;
};

int64_t Right(uint64_t variance, SeededRandom& random) {
  return DiscreteGaussian::Create(variance)->Draw(random);
}

// Algorithm 2 without its refusal of "minus zero": zero comes up twice as often in the proposal, as
// in the bug that the refusal is there for.
int64_t ZeroCountedTwice(uint64_t variance, SeededRandom& random) {
  privacy::ExactSampler<privacy::Uint128Arithmetic> exact(random);
  const uint64_t scale = privacy::IntegerSquareRoot(variance) + 1;
  while (true) {
    // A Laplace magnitude by the geometric law exp(-1 / scale), the sign drawn last and never
    // refused.
    uint64_t magnitude = 0;
    while (exact.BernoulliExp(1, scale)) ++magnitude;
    const bool negative = random.Below(2) == 1;
    const uint64_t scaled = magnitude * scale;
    const uint64_t excess = scaled < variance ? variance - scaled : scaled - variance;
    if (!exact.BernoulliExp(privacy::Uint128{excess} * excess,
                            privacy::Uint128{2} * variance * scale * scale)) {
      continue;
    }
    return negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
  }
}

// Rounds towards zero after drawing at twice the scale.
int64_t Truncated(uint64_t variance, SeededRandom& random) {
  return Right(4 * variance, random) / 2;
}

// A sign that is not fair.
int64_t Lopsided(uint64_t variance, SeededRandom& random) {
  const int64_t z = Right(variance, random);
  return random.Below(50) == 0 && z < 0 ? -z : z;
}

bool Fits(const char* name, uint64_t variance, uint64_t draws, const Sampler& draw) {
  const Cells cells = GaussianCells(variance, draws, kLeastExpected);
  const double p = FitPValue(cells, draws, draw);
  std::printf("%-20s variance %-17llu draws %-10llu cells %-4zu p %.6f\n", name,
              static_cast<unsigned long long>(variance), static_cast<unsigned long long>(draws),
              cells.probabilities.size(), p);
  return p > kSmallestPValue;
}

bool SamplerFits(uint64_t draws, uint64_t seed) {
  bool fits = true;
  const uint64_t each = draws / std::size(kVariances);
  for (const uint64_t variance : kVariances) {
    const DiscreteGaussian noise = *DiscreteGaussian::Create(variance);
    SeededRandom random(seed + variance);
    fits &= Fits("sampler", variance, each, [&] { return noise.Draw(random); });
  }
  return fits;
}

bool ControlsFail(uint64_t seed) {
  const Control controls[] = {
      {"half the variance", 676099, [](SeededRandom& r) { return Right(676099 / 2, r); }},
      {"zero counted twice", 9, [](SeededRandom& r) { return ZeroCountedTwice(9, r); }},
      {"truncated", 9, [](SeededRandom& r) { return Truncated(9, r); }},
      {"lopsided", 100, [](SeededRandom& r) { return Lopsided(100, r); }},
  };
  bool fail = true;
  for (const Control& control : controls) {
    SeededRandom random(seed);
    fail &=
        !Fits(control.name, control.variance, kControlDraws, [&] { return control.draw(random); });
  }
  return fail;
}

int Run(int argc, char** argv) {
  const uint64_t draws = test_support::NumberOption(argc, argv, "--draws", 10000000);
  const uint64_t seed = test_support::NumberOption(argc, argv, "--seed", 20240607);
  if (draws < 60000) {
    std::fprintf(stderr, "sampler_chi_square: --draws must be at least 60000\n");
    return 2;
  }
  const bool sampler_fits = SamplerFits(draws, seed);
  const bool controls_fail = ControlsFail(seed);
  if (!sampler_fits) std::printf("FAILED: the sampler does not fit\n");
  if (!controls_fail) std::printf("FAILED: a broken sampler was not found\n");
  return sampler_fits && controls_fail ? 0 : 1;
}

}  // namespace
}  // namespace perdura::statistical

int main(int argc, char** argv) { return perdura::statistical::Run(argc, argv); }
