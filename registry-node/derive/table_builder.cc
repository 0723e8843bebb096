#include "registry-node/derive/table_builder.h"

#include <optional>

#include "base/logging.h"
#include "privacy/grid.h"

namespace perdura::registry_node {

void TableBuilder::Place(const Pseudonym& pseudonym, int cell) {
  if (!placed_.insert(pseudonym).second) {
    base::LogWarning("table.defect", {{"kind", "second_cell"}});
    return;
  }
  if (cell < 0 || static_cast<size_t>(cell) >= counts_.size()) {
    base::LogWarning("table.defect", {{"kind", "no_such_cell"}});
    return;
  }
  ++counts_[static_cast<size_t>(cell)];
}

int CellOfPlacement(const Placement& placement, const query::Layout& layout) {
  const Derived& derived = placement.derived;
  const bool sound = derived.exit >= 0 && derived.cause >= 0 && derived.cause <= layout.causes();
  if (!derived.evaluable || derived.entry > 0 || !sound) {
    return layout.NotEvaluableCell(placement.group);
  }
  const std::optional<int> bin = layout.grid().BinOf(derived.exit);
  if (!bin.has_value()) return layout.CellOf(placement.group, layout.bins() - 1, 0);
  return layout.CellOf(placement.group, *bin, derived.cause);
}

}  // namespace perdura::registry_node
