#include "registry-node/derive/table_cells.h"

#include <algorithm>
#include <optional>

#include "privacy/grid.h"
#include "privacy/table_strategy.h"

namespace perdura::registry_node {
namespace {

// Of status@1, in the charter's order.
enum Status { kEventFree, kRelapse, kDeathInRemission, kMissing, kNotYetDue };

int EventCell(const Placement& placement, const query::Layout& layout) {
  const Derived& derived = *placement.derived;
  const bool sound = derived.exit >= 0 && derived.cause >= 0 && derived.cause <= layout.causes();
  const bool late = derived.entry > 0;
  if (!derived.evaluable || !sound || (late && layout.shape().entry == nullptr)) {
    return layout.NotEvaluableCell(placement.group);
  }
  int entry = 0;
  if (late) {
    const std::optional<int> bin = layout.grid().BinOf(derived.entry);
    // Who came after the last knot was never at risk on this grid.
    if (!bin.has_value()) return layout.NotEvaluableCell(placement.group);
    entry = *bin + 1;
  }
  const std::optional<int> bin = layout.grid().BinOf(derived.exit);
  if (!bin.has_value()) return layout.CellOf(placement.group, layout.bins() - 1, 0, entry);
  return layout.CellOf(placement.group, *bin, derived.cause, entry);
}

Status StatusAt(const Derived& derived, int64_t landmark_day, int64_t last_day) {
  if (last_day < landmark_day) return kNotYetDue;
  if (derived.cause != 0 && derived.exit <= landmark_day) {
    return derived.cause == 1 ? kRelapse : kDeathInRemission;
  }
  return derived.exit >= landmark_day ? kEventFree : kMissing;
}

int StatusCell(const Placement& placement, const TableQuestion& question,
               const query::Layout& layout) {
  const Derived& derived = *placement.derived;
  if (derived.entry > 0) return layout.NotEvaluableCell(placement.group);
  const int64_t landmark =
      privacy::LastDayOfMonth(static_cast<int>(question.endpoint.category().landmark_months()));
  const int64_t last_day = question.cutoff_day - placement.index->episode->day0;
  return layout.CellInGroup(placement.group, StatusAt(derived, landmark, last_day));
}

bool Happened(const EpisodeHistory& episode, const std::string& type, int64_t first_day,
              int64_t last_day) {
  return std::any_of(episode.events.begin(), episode.events.end(), [&](const EventFact* event) {
    const int64_t onset = event->onset.Placed();
    return event->type == type && onset >= first_day && onset <= last_day;
  });
}

std::vector<int> FlagCells(const Placement& placement, const TableQuestion& question,
                           const query::Layout& layout) {
  const v1::FlagTable& table = question.endpoint.flags();
  const int64_t day0 = placement.index->episode->day0;
  const int64_t last_day = std::min(
      question.cutoff_day, day0 + privacy::LastDayOfMonth(static_cast<int>(table.window_months())));
  const std::vector<std::string>& names = layout.shape().names;
  std::vector<int> cells;
  for (size_t i = 0; i < names.size(); ++i) {
    if (static_cast<int>(cells.size()) == layout.shape().cap) break;
    if (names[i] == query::kAllFlag || Happened(*placement.index, names[i], day0 + 1, last_day)) {
      cells.push_back(layout.CellInGroup(placement.group, static_cast<int>(i)));
    }
  }
  return cells;
}

int MomentCellOf(const Placement& placement, const TableQuestion& question,
                 const query::Layout& layout) {
  const std::optional<int64_t> value =
      NumberOf(*question.measured, *placement.patient, *placement.index);
  if (!value.has_value()) return layout.NotEvaluableCell(placement.group);
  const v1::MomentTable& table = question.endpoint.moment();
  return layout.CellInGroup(placement.group,
                            privacy::MomentCell(*value, table.low(), table.high()));
}

}  // namespace

std::vector<int> CellsOf(const Placement& placement, const TableQuestion& question,
                         const query::Layout& layout) {
  switch (layout.shape().kind) {
    case v1::TABLE_CATEGORY:
      return {StatusCell(placement, question, layout)};
    case v1::TABLE_FLAGS:
      return FlagCells(placement, question, layout);
    case v1::TABLE_MOMENT:
      return {MomentCellOf(placement, question, layout)};
    default:
      return {EventCell(placement, layout)};
  }
}

}  // namespace perdura::registry_node
