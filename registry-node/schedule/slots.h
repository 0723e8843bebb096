#ifndef PERDURA_REGISTRY_NODE_SCHEDULE_SLOTS_H_
#define PERDURA_REGISTRY_NODE_SCHEDULE_SLOTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"

// The follow-up schedule: which contacts an episode owes, and when.
//
// Sources: the 15-year schedule for integrating vectors and the standard schedule are those of the
// CIBMTR; so are the windows of d100, m6 and y1. The windows of d28, m3 and later years, and the
// slots of AAV products before the fifth year, are assumed.
namespace perdura::registry_node {

// Days since 1970-01-01.
struct SlotWindow {
  int64_t target = 0;
  int64_t from = 0;  // first day of the window
  int64_t to = 0;    // last day of the window
  int64_t due = 0;   // last day before it is overdue: 15 days after the window
  bool operator==(const SlotWindow&) const = default;
};

// What decides which slots an episode owes.
struct FollowUpPlan {
  std::string scheme;  // integrating | aav | standard
  std::string track;   // 15-year | standard | 100-day-only | no-follow-up
  v1::ProductClass product_class = v1::PRODUCT_CLASS_UNSPECIFIED;
};

// Names of all slots that the scheme knows for this class of product, in order of time: "d28",
// "d100", "m6", "y1", ... What the track leaves out is among them.
std::vector<std::string> SlotsOf(const FollowUpPlan& plan);

// Whether the track asks for `slot`: 15-year for all; standard for d28 to y6 and every second year
// after it; 100-day-only up to d100; no-follow-up for none.
bool TrackRequires(absl::string_view track, absl::string_view slot);

// The window of `slot` of an episode with this day 0. Years run to the same calendar day, from
// 29 February to 1 March. nullopt for what is no slot.
std::optional<SlotWindow> WindowOf(absl::string_view slot, int64_t day0);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_SCHEDULE_SLOTS_H_
