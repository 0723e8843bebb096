#ifndef PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_
#define PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "query/layout.h"
#include "registry-node/derive/placement.h"

namespace perdura::registry_node {

// Counts patients into cells. This is where "one patient, one cell" is enforced, whatever the
// derivation says: the first placement of a pseudonym counts, a second one and a cell outside the
// table count nothing and leave a note, without numbers, in the local log. It never fails: an
// absence after the debit would depend on data.
//
// Privacy: one pseudonym changes one count by at most 1. Thread-compatible.
class TableBuilder final {
 public:
  // `cells`: size of the table, > 0.
  explicit TableBuilder(int cells) : counts_(static_cast<size_t>(cells), 0) {}

  void Place(const Pseudonym& pseudonym, int cell);

  std::vector<int64_t> Counts() && { return std::move(counts_); }

 private:
  std::vector<int64_t> counts_;
  absl::flat_hash_set<Pseudonym> placed_;
};

// The cell of a placement. An exit after the last knot is censored in the last bin. `not_evaluable`
// takes exit <= entry, and every delayed entry: a table without an entry axis cannot show who came
// late, and to count them from day 0 would add time in which nobody could die.
int CellOfPlacement(const Placement& placement, const query::Layout& layout);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_
