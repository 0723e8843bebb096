#ifndef PERDURA_TESTS_SIMULATION_UNIQUE_CELLS_H_
#define PERDURA_TESTS_SIMULATION_UNIQUE_CELLS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "federation/charter.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/round.pb.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

// Releases that can be read exactly: each node holds one patient, in a cell that no other node has,
// and a charge so large that the noise is far below one patient. A double count then shows as a 2,
// a leak as a stray 1 (I7). Not private. Tests only.

// One function for each member with the node role, in the charter's order; at most 16 nodes.
std::map<std::string, CellTable::Function> UniqueCells(const v1::Charter& charter);

// The `number`-th question of a run, on grid g8, about overall survival where it is even and
// disease-free survival where it is odd; each has a charge, so a plan, of its own. The budget must
// be at least 2^57 units.
std::string ExactPlan(const federation::Charter& charter, int number);

// Cells of the one group of a release of ExactPlan, without `not_evaluable`.
std::vector<int64_t> CellsOf(const v1::Release& release, const federation::Charter& charter);

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_UNIQUE_CELLS_H_
