#include "registry-node/derive/table_builder.h"

#include "base/logging.h"

namespace perdura::registry_node {
namespace {

void NoteDefect(absl::string_view kind) { base::LogWarning("table.defect", {{"kind", kind}}); }

}  // namespace

void TableBuilder::Place(const Pseudonym& pseudonym, std::span<const int> cells) {
  if (!placed_.insert(pseudonym).second) return NoteDefect("second_placement");
  absl::flat_hash_set<int> counted;
  for (const int cell : cells) {
    if (cell < 0 || static_cast<size_t>(cell) >= counts_.size()) {
      NoteDefect("no_such_cell");
    } else if (static_cast<int>(counted.size()) == cap_ || !counted.insert(cell).second) {
      NoteDefect("beyond_cap");
    } else {
      ++counts_[static_cast<size_t>(cell)];
    }
  }
}

}  // namespace perdura::registry_node
