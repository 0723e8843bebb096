#ifndef PERDURA_TESTS_STATISTICAL_AUDIT_BEHAVIOUR_H_
#define PERDURA_TESTS_STATISTICAL_AUDIT_BEHAVIOUR_H_

#include <string>
#include <vector>

namespace perdura::audit {

// Claims that need no statistics. Each result lists what is broken, in words.

// Neighbouring databases under the same seed: same traffic, answers, logs and ledgers, and tables
// that differ by one patient's rows.
std::vector<std::string> JudgeNeighbours();

// An aggregator that announces a round to a node twice gets the same bytes twice.
std::vector<std::string> JudgeRepeats();

// A burnt question on a budget for one: the next is refused.
std::vector<std::string> JudgeBurntCharge();

}  // namespace perdura::audit

#endif  // PERDURA_TESTS_STATISTICAL_AUDIT_BEHAVIOUR_H_
