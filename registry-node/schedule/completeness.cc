#include "registry-node/schedule/completeness.h"

namespace perdura::registry_node {
namespace {

double PercentOf(int64_t part, int64_t whole) {
  return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Completeness::Percent() const { return PercentOf(done, expected); }

double Completeness::TimelyPercent() const { return PercentOf(in_time, done); }

Completeness CompletenessOf(std::span<const SlotOutcome> slots) {
  Completeness sum;
  for (const SlotOutcome& slot : slots) {
    const bool done = slot.state == SlotState::kDone || slot.state == SlotState::kDoneOutOfWindow;
    const bool missing = slot.state == SlotState::kDue || slot.state == SlotState::kOverdue ||
                         slot.state == SlotState::kLost;
    sum.expected += done || missing ? 1 : 0;
    sum.done += done ? 1 : 0;
    sum.in_time += done && slot.in_time ? 1 : 0;
  }
  return sum;
}

}  // namespace perdura::registry_node
