#ifndef PERDURA_TESTS_SIMULATION_INVARIANTS_H_
#define PERDURA_TESTS_SIMULATION_INVARIANTS_H_

#include <string>
#include <vector>

#include "perdura/v1/evidence.pb.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

// What a federation of UniqueCells must never do, judged on what a simulated one did. Each line of
// a result is one violation; none is the only good result. I1 (records) is judged on real stores
// by tests/fault, I8 by neighbours_test.

// An answer opens as a stranger would open it (signatures, commit, sums); I7: every cell is 0 or 1
// and as many are 1 as there are contributors; I2: each contributor and the aggregator has the
// attempt in its ledger.
std::vector<std::string> JudgeAnswer(const v1::Answer& answer, SimulatedFederation& sim);

// I2: whoever uploaded has the attempt in its ledger. I4: what was sent again for a round is the
// same bytes. I5: no two commits of one round were signed by a quorum, and no steward signed two.
std::vector<std::string> JudgeTraffic(SimulatedFederation& sim);

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_INVARIANTS_H_
