#ifndef PERDURA_REGISTRY_NODE_SCHEDULE_COMPLETENESS_H_
#define PERDURA_REGISTRY_NODE_SCHEDULE_COMPLETENESS_H_

#include <cstdint>
#include <span>

#include "registry-node/schedule/slot_state.h"

namespace perdura::registry_node {

// How well a set of slots was followed. For the centre's own staff: exact, never leaves the node.
struct Completeness {
  int64_t expected = 0;  // done + done_out_of_window + due + overdue + lost: the lost stay in
  int64_t done = 0;      // done + done_out_of_window
  int64_t in_time = 0;   // done by the due day

  // In percent, 0 to 100; 100 where nothing was expected, as nothing is missing.
  double Percent() const;
  // Share of the done that were done in time.
  double TimelyPercent() const;
};

// One slot of one episode.
struct SlotOutcome {
  SlotState state = SlotState::kNotYet;
  bool in_time = false;  // of a done slot: its contact lies at or before the due day
};

Completeness CompletenessOf(std::span<const SlotOutcome> slots);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_SCHEDULE_COMPLETENESS_H_
