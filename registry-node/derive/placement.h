#ifndef PERDURA_REGISTRY_NODE_DERIVE_PLACEMENT_H_
#define PERDURA_REGISTRY_NODE_DERIVE_PLACEMENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"
#include "registry-node/derive/patient_history.h"
#include "registry-node/derive/table_question.h"

namespace perdura::registry_node {

// Where one patient stands in a question. The pointers are into the patient's history.
struct Placement {
  int group = 0;  // from 0, in the plan's order
  const PatientHistory* patient = nullptr;
  const EpisodeHistory* index = nullptr;
  // By the question's rule set; nothing where the table needs none.
  std::optional<Derived> derived;
};

// The patient's index episode, if the patient is in the cohort. The index episode is the first
// known by K with day 0 <= C; where its product, an attribute or its group is not the plan's, or
// its product is beyond the first M of the patient's list, the patient is outside. A later episode
// does not stand in for it. Consent is as of `today`. A function of this patient's facts, product
// list and the question alone.
std::optional<Placement> PlacementOf(const PatientHistory& patient, const TableQuestion& question,
                                     int64_t today);

// The category of `attribute` that the episode falls into; kUnknownCategory if in none.
std::string CategoryOf(const v1::Attribute& attribute, const PatientHistory& patient,
                       const EpisodeHistory& episode);

// The number of `attribute`; nothing where it is unknown or a code.
std::optional<int64_t> NumberOf(const v1::Attribute& attribute, const PatientHistory& patient,
                                const EpisodeHistory& episode);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_PLACEMENT_H_
