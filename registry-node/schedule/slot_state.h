#ifndef PERDURA_REGISTRY_NODE_SCHEDULE_SLOT_STATE_H_
#define PERDURA_REGISTRY_NODE_SCHEDULE_SLOT_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "registry-node/schedule/slots.h"

namespace perdura::registry_node {

enum class SlotState {
  kNotRequired,      // track or consent leaves it out
  kDone,             // a visit or the death in the window
  kClosedDeath,      // death before the window: one report closes all later slots
  kRestarted,        // a later episode began before the target
  kDoneOutOfWindow,  // a visit that was recorded for this slot lies outside
  kLost,             // declared lost, after enough contact tries
  kNotYet,           // before the window
  kOpen,             // in the window
  kDue,              // after it, in the days of grace
  kOverdue,
};
// "not_required", "done", ...: one word for people, files and the endpoint completeness@1.
absl::string_view NameOf(SlotState state);

// Tries in a slot after which a patient may be declared lost (assumed).
inline constexpr int kTriesBeforeLost = 3;

// What is known of one episode, all days since 1970-01-01, placed as derivations place them.
struct FollowUp {
  struct Contact {
    int64_t day = 0;
    std::string slot;  // that it was recorded for; empty if for none
  };
  struct Loss {
    int64_t day = 0;
    bool has_reason = false;
  };
  int64_t day0 = 0;
  FollowUpPlan plan;
  std::vector<Contact> contacts;
  std::optional<int64_t> death;
  std::optional<int64_t> withdrawn;     // consent to follow-up
  std::optional<int64_t> next_episode;  // day 0 of the patient's next one
  std::optional<Loss> loss;             // the last one declared
  std::vector<std::string> tries;       // slots of the contact tries
};

// The state of `slot` on day `today`; the first rule that holds wins, in the order of SlotState.
// `slot` must be one that WindowOf knows.
SlotState StateOf(const FollowUp& follow_up, absl::string_view slot, int64_t today);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_SCHEDULE_SLOT_STATE_H_
