#ifndef PERDURA_TESTS_SIMULATION_OBSERVED_RUN_H_
#define PERDURA_TESTS_SIMULATION_OBSERVED_RUN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

// Cells of each node, as counts by cell number.
using Counts = std::map<std::string, std::map<int, int64_t>>;

// What anybody outside a centre sees of a run, and every ledger.
struct Seen {
  std::vector<std::string> traffic;
  std::vector<std::string> answers;
  std::vector<std::string> logs;
  std::map<std::string, std::string> ledgers;
  // Of the last release.
  std::vector<int64_t> released;
};

std::map<std::string, CellTable::Function> TablesOf(const Counts& counts);

// The plan of a question about an endpoint on g8, as the researcher.
std::string PlanFor(const SimulatedFederation& sim, const char* endpoint);

// Four hospitals that hold `counts`, always the same seed: an answered question about overall
// survival, the same again, one over budget, and one that is refused for want of stewards.
Seen Watch(const Counts& counts);

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_OBSERVED_RUN_H_
