#ifndef PERDURA_REGISTRY_NODE_RECORDS_TYPE_RULES_H_
#define PERDURA_REGISTRY_NODE_RECORDS_TYPE_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// One broken rule, on one record of a patient. `shown` repeats a coded value or a date; it never
// identifies.
struct RuleFinding {
  RecordId record;
  std::string field;
  std::string rule;
  std::string shown;
  std::string hint;
  bool warning = false;  // accepted, and worth a look
};

// The type rules that look at more than one field, for every way in: DAY-FUTURE, DAY-ORDER,
// DEATH-ONE, DEATH-AFTER, GRADE, INF-SEQ, ENROL, VISIT-TILE, COV-ORDER, COV-OVERLAP, REF; as
// warnings RESP-AFTER-PD and HB-JUMP. `patient`: the live facts of one patient as they would be
// after the change. `latest_day`: LatestDay(now). Pure; order follows the tables.
std::vector<RuleFinding> CheckTypeRules(const FactSet& patient, int64_t latest_day);

// Gives each visit the reporting period from the day after the last contact to its own (the first
// starts on day 0), where a source names none. Only visits of one episode, in any order. Two
// contacts on one day leave the later record without a period (to < from): VISIT-TILE.
void AssignPeriods(int64_t day0, std::vector<VisitFact*> visits);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_TYPE_RULES_H_
