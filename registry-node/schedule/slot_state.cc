#include "registry-node/schedule/slot_state.h"

#include <algorithm>

#include "base/check.h"

namespace perdura::registry_node {
namespace {

bool HasContactIn(const FollowUp& follow_up, const SlotWindow& window) {
  return std::any_of(follow_up.contacts.begin(), follow_up.contacts.end(),
                     [&](const FollowUp::Contact& contact) {
                       return window.from <= contact.day && contact.day <= window.to;
                     });
}

bool HasContactFor(const FollowUp& follow_up, absl::string_view slot) {
  return std::any_of(follow_up.contacts.begin(), follow_up.contacts.end(),
                     [&](const FollowUp::Contact& contact) { return contact.slot == slot; });
}

bool IsRequired(const FollowUp& follow_up, absl::string_view slot, const SlotWindow& window) {
  if (!TrackRequires(follow_up.plan.track, slot)) return false;
  const bool withdrew = follow_up.withdrawn.has_value() && *follow_up.withdrawn < window.to;
  return !withdrew || HasContactIn(follow_up, window);
}

bool DiedIn(const FollowUp& follow_up, const SlotWindow& window) {
  return follow_up.death.has_value() && window.from <= *follow_up.death &&
         *follow_up.death <= window.to;
}

// A later contact undoes the declaration.
bool IsLost(const FollowUp& follow_up, absl::string_view slot, int64_t today) {
  const std::optional<FollowUp::Loss>& loss = follow_up.loss;
  if (!loss.has_value() || !loss->has_reason || loss->day > today) return false;
  const auto tries = std::count(follow_up.tries.begin(), follow_up.tries.end(), slot);
  return tries >= kTriesBeforeLost &&
         std::none_of(follow_up.contacts.begin(), follow_up.contacts.end(),
                      [&](const FollowUp::Contact& contact) { return contact.day > loss->day; });
}

}  // namespace

absl::string_view NameOf(SlotState state) {
  switch (state) {
    case SlotState::kNotRequired:
      return "not_required";
    case SlotState::kDone:
      return "done";
    case SlotState::kClosedDeath:
      return "closed_death";
    case SlotState::kRestarted:
      return "restarted";
    case SlotState::kDoneOutOfWindow:
      return "done_out_of_window";
    case SlotState::kLost:
      return "lost";
    case SlotState::kNotYet:
      return "not_yet";
    case SlotState::kOpen:
      return "open";
    case SlotState::kDue:
      return "due";
    case SlotState::kOverdue:
      return "overdue";
  }
  return "";
}

SlotState StateOf(const FollowUp& follow_up, absl::string_view slot, int64_t today) {
  const std::optional<SlotWindow> found = WindowOf(slot, follow_up.day0);
  PERDURA_CHECK(found.has_value());
  const SlotWindow& window = *found;
  if (!IsRequired(follow_up, slot, window)) return SlotState::kNotRequired;
  if (HasContactIn(follow_up, window) || DiedIn(follow_up, window)) return SlotState::kDone;
  if (follow_up.death.has_value() && *follow_up.death < window.from) return SlotState::kClosedDeath;
  if (follow_up.next_episode.has_value() && *follow_up.next_episode < window.target) {
    return SlotState::kRestarted;
  }
  if (HasContactFor(follow_up, slot)) return SlotState::kDoneOutOfWindow;
  if (IsLost(follow_up, slot, today)) return SlotState::kLost;
  if (today < window.from) return SlotState::kNotYet;
  if (today <= window.to) return SlotState::kOpen;
  return today <= window.due ? SlotState::kDue : SlotState::kOverdue;
}

}  // namespace perdura::registry_node
