#ifndef PERDURA_TESTS_SIMULATION_RANDOM_RUN_H_
#define PERDURA_TESTS_SIMULATION_RANDOM_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace perdura::simulation {

// What happened in one seed.
struct RunResult {
  int answered = 0;
  int refused = 0;  // and burnt
  int crashes = 0;
  int absences = 0;
  std::vector<std::string> violations;
};

// One whole federation under one seed, with `witness: required` where it is even: a committee and a
// number of nodes, losses, doubles, delays and crashes at rates of its own, and a handful of
// operations: a new question, an old one resent, an old plan asked anew, a repeat, a member that
// goes away or comes back, a crash of the aggregator, hours that pass. Judged by invariants.h after
// each answer and at the end. The same seed gives the same run.
RunResult RunSeed(uint64_t seed);

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_RANDOM_RUN_H_
