// How much the time of an exact draw says about the number drawn (RT1 of the design). It does: both
// samplers reject and count, so a larger number takes longer. That is why a dealer draws before it
// opens any share and deals at a slot (answer_timing shows that the slot hides it); here the
// relation itself is measured, so that nobody takes the samplers for constant-time.
//
//   sampler_timing [--draws 200000] [--seed 1]
//
// Ends with 1 if the time does not tell large numbers from small ones: then the clock sees nothing,
// and what the other commands do not find proves nothing.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "crypto/draw.h"
#include "privacy/dealer_noise.h"
#include "tests/statistical/timing/stopwatch.h"
#include "tests/statistical/timing/two_classes.h"
#include "tests/support/command_line.h"
#include "tests/support/seeded_random.h"

namespace perdura::timing {
namespace {

struct Draws {
  std::vector<int64_t> numbers;
  std::vector<double> ticks;
};

Draws Measure(const privacy::DealerNoise& noise, uint64_t draws, uint64_t seed) {
  test_support::SeededRandom fresh(seed);
  crypto::DrawSource source = crypto::DrawSource::Create(fresh, std::string(32, 'm'), /*role=*/2,
                                                         "ohio", crypto::DrawUse::kNoise);
  Draws measured;
  for (uint64_t i = 0; i < draws; ++i) {
    const uint64_t start = Ticks();
    const int64_t number = noise.Draw(source);
    const uint64_t end = Ticks();
    measured.numbers.push_back(number);
    measured.ticks.push_back(static_cast<double>(end - start));
  }
  return measured;
}

template <typename Second>
double TOf(const Draws& draws, Second second) {
  TwoClasses classes;
  for (size_t i = 0; i < draws.numbers.size(); ++i) {
    classes.Add(second(draws.numbers[i]), draws.ticks[i]);
  }
  return LargestT(classes);
}

int64_t MedianSize(std::vector<int64_t> numbers) {
  for (int64_t& number : numbers) number = std::abs(number);
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

// Median time of the draws with |z| in [low, high).
double MedianTicks(const Draws& draws, int64_t low, int64_t high) {
  std::vector<double> ticks;
  for (size_t i = 0; i < draws.numbers.size(); ++i) {
    const int64_t size = std::abs(draws.numbers[i]);
    if (size >= low && size < high) ticks.push_back(draws.ticks[i]);
  }
  if (ticks.empty()) return 0;
  const auto middle = ticks.begin() + static_cast<std::ptrdiff_t>(ticks.size() / 2);
  std::nth_element(ticks.begin(), middle, ticks.end());
  return *middle;
}

bool JudgeLaw(const char* name, const privacy::DealerNoise& noise, uint64_t draws, uint64_t seed) {
  const Draws measured = Measure(noise, draws, seed);
  const int64_t median = MedianSize(measured.numbers);
  const double size = TOf(measured, [median](int64_t z) { return std::abs(z) > median; });
  std::printf("%-34s |z| above its median: |t| %7.1f   odd: %5.1f   negative: %5.1f\n", name, size,
              TOf(measured, [](int64_t z) { return z % 2 != 0; }),
              TOf(measured, [](int64_t z) { return z < 0; }));
  std::printf("%-34s median ticks by |z| / (median + 1):", "");
  for (const int64_t part : {0, 1, 2, 3}) {
    std::printf("  %lld-%lld: %.0f", static_cast<long long>(part), static_cast<long long>(part + 1),
                MedianTicks(measured, part * (median + 1), (part + 1) * (median + 1)));
  }
  std::printf("\n");
  return size >= kLeakT;
}

int Run(int argc, char** argv) {
  const uint64_t draws = test_support::NumberOption(argc, argv, "--draws", 200'000);
  const uint64_t seed = test_support::NumberOption(argc, argv, "--seed", 1);
  if (draws < 10'000) {
    std::fprintf(stderr, "sampler_timing: --draws must be at least 10000\n");
    return 2;
  }
  PinToOneCore();
  // The worked variance of privacy/noise.h, and epsilon 1 on one cell, of a (4, 2) committee.
  const auto gaussian = privacy::DealerNoise::FromParameter(privacy::NoiseLaw::kDiscreteGaussian,
                                                            676'099, 1, /*honest_dealers=*/2);
  const auto laplace = privacy::DealerNoise::FromParameter(
      privacy::NoiseLaw::kDiscreteLaplace, 1'580'030'169, uint64_t{1} << 32, /*honest_dealers=*/2);
  PERDURA_CHECK(gaussian.ok() && laplace.ok());
  const bool seen = JudgeLaw("discrete Gaussian, v = 676099", *gaussian, draws, seed);
  return JudgeLaw("discrete Laplace share, level 1", *laplace, draws, seed) && seen ? 0 : 1;
}

}  // namespace
}  // namespace perdura::timing

int main(int argc, char** argv) { return perdura::timing::Run(argc, argv); }
