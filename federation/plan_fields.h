#ifndef PERDURA_FEDERATION_PLAN_FIELDS_H_
#define PERDURA_FEDERATION_PLAN_FIELDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace perdura::federation {

// What can be read off a plan's canonical text without its meaning: "perdura-plan/1" and then
// key=value, one space between (protocols.md 1). Whether a text is canonical and its names are the
// charter's only query::Plan::Parse() says. A field that is missing reads as empty.

// "cut= endpoint= scope= products= cohort=" with their values: two rounds with the same key read
// the same patients (KC7), and are siblings (M8), whatever charge, grid or groups. Empty for a
// canary round, which reads no patients: it overlaps with nothing and has no siblings.
std::string OverlapKeyOfPlan(absl::string_view text);

// The products that it charges, in the order of the text: none in a canary round.
std::vector<std::string> ProductsOfPlan(absl::string_view text);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_PLAN_FIELDS_H_
