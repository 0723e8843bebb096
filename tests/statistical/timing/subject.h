#ifndef PERDURA_TESTS_STATISTICAL_TIMING_SUBJECT_H_
#define PERDURA_TESTS_STATISTICAL_TIMING_SUBJECT_H_

#include <functional>
#include <vector>

namespace perdura::timing {

// One piece of code on two classes of secret input.
struct Subject {
  const char* name;
  // A control: code that depends on its secret and must be found out.
  bool leaks = false;
  // Puts an input of the second class, or else of the first, where `run` reads it. Does the same
  // work for both, and both go through the same memory.
  std::function<void(bool second)> prepare;
  std::function<void()> run;
};

// The product's code that handles shares, noise and keys.
std::vector<Subject> ProductSubjects();

// An early exit in a comparison, and a division by the modulus.
std::vector<Subject> LeakingSubjects();

}  // namespace perdura::timing

#endif  // PERDURA_TESTS_STATISTICAL_TIMING_SUBJECT_H_
