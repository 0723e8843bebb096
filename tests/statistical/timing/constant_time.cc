// Whether code that handles secrets takes a time that tells them (X4, X28 of the design).
//
//   constant_time [--samples 20000] [--seed 1]         a million samples by command
//
// In the manner of dudect (Reparaz, Balasch, Verbauwhede 2017): inputs of two classes in random
// order, on one core, Welch's t of their times, as measured and cropped. A subject counts as
// leaking if |t| is above 4.5 three times in a row: chance and a busy machine do not repeat, a leak
// does. Two pieces of code that leak are measured too and must be found. A pass shows no leak that
// this many samples would show, on this processor and this compiler. Ends with 1 if a subject leaks
// or a control is not found.

#include <algorithm>
#include <cstdio>

#include "tests/statistical/timing/stopwatch.h"
#include "tests/statistical/timing/subject.h"
#include "tests/statistical/timing/two_classes.h"
#include "tests/support/command_line.h"
#include "tests/support/seeded_random.h"

namespace perdura::timing {
namespace {

constexpr int kTries = 3;

TwoClasses Measure(const Subject& subject, uint64_t samples, test_support::SeededRandom& dice) {
  TwoClasses times;
  const uint64_t warm_up = samples / 20;
  for (uint64_t i = 0; i < warm_up + samples; ++i) {
    const bool second = dice.Below(2) == 1;
    subject.prepare(second);
    const uint64_t start = Ticks();
    subject.run();
    const uint64_t end = Ticks();
    if (i >= warm_up) times.Add(second, static_cast<double>(end - start));
  }
  return times;
}

// Smallest |t| of up to three measurements; stops at the first that shows nothing.
double LeastT(const Subject& subject, uint64_t samples, test_support::SeededRandom& dice) {
  double least = LargestT(Measure(subject, samples, dice));
  for (int again = 1; again < kTries && least >= kLeakT; ++again) {
    least = std::min(least, LargestT(Measure(subject, samples, dice)));
  }
  return least;
}

int Run(int argc, char** argv) {
  const uint64_t samples = test_support::NumberOption(argc, argv, "--samples", 20'000);
  test_support::SeededRandom dice(test_support::NumberOption(argc, argv, "--seed", 1));
  if (samples < 1000) {
    std::fprintf(stderr, "constant_time: --samples must be at least 1000\n");
    return 2;
  }
  PinToOneCore();
  bool right = true;
  for (const auto& subjects : {ProductSubjects(), LeakingSubjects()}) {
    for (const Subject& subject : subjects) {
      const double t = LeastT(subject, samples, dice);
      const bool found = t >= kLeakT;
      right &= found == subject.leaks;
      std::printf("%-28s |t| %8.2f  %s%s\n", subject.name, t, found ? "leaks" : "no leak seen",
                  found == subject.leaks ? (found ? ", as planted" : "") : "  <- WRONG");
      std::fflush(stdout);
    }
  }
  return right ? 0 : 1;
}

}  // namespace
}  // namespace perdura::timing

int main(int argc, char** argv) { return perdura::timing::Run(argc, argv); }
