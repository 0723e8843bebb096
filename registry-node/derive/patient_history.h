#ifndef PERDURA_REGISTRY_NODE_DERIVE_PATIENT_HISTORY_H_
#define PERDURA_REGISTRY_NODE_DERIVE_PATIENT_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "registry-node/derive/rule_set.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// One episode with what hangs on it. Pointers into a FactSet, which must outlive it; `condition` is
// null where the row is missing.
struct EpisodeHistory {
  const EpisodeFact* episode = nullptr;
  const ConditionFact* condition = nullptr;
  std::vector<const VisitFact*> visits;
  std::vector<const EventFact*> events;
};

struct PatientHistory {
  const PatientFact* patient = nullptr;
  std::vector<const ConsentFact*> consents;
  std::vector<EpisodeHistory> episodes;  // by day 0, then order of arrival
  std::vector<std::string> products;     // in the order in which they count (product_list.h)
};

// Sorts the facts by patient, in order of arrival. Rows that hang on nothing (an episode without a
// patient, a visit without an episode) are left aside; two live rows of one pseudonym are one
// patient, the first.
std::vector<PatientHistory> HistoriesOf(const FactSet& facts);

// The facts of one of the patient's episodes for a rule set. The death and all proofs of life are
// the patient's: contacts with alive = true, events other than death, loss and withdrawal, and
// later infusions. Disease events and assessments are those of this episode and of later ones for
// the same condition: a later therapy does not end the follow-up (treatment policy).
EpisodeFacts FactsOf(const PatientHistory& patient, const EpisodeHistory& episode);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_PATIENT_HISTORY_H_
