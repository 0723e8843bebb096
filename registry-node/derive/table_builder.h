#ifndef PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_
#define PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// Counts patients into cells. This is where "one patient, one cell" (flag tables: at most `cap`
// different cells) is enforced, whatever the derivation says: the first placement of a pseudonym
// counts; a second one, a cell outside the table, a cell twice and cells beyond the cap count
// nothing and leave a note, without numbers, in the local log. It never fails: an absence after the
// debit would depend on data.
//
// Privacy: one pseudonym changes at most `cap` counts, each by 1. Thread-compatible.
class TableBuilder final {
 public:
  // `cells`: size of the table, > 0. `cap`: Layout::shape().cap.
  TableBuilder(int cells, int cap) : counts_(static_cast<size_t>(cells), 0), cap_(cap) {}

  void Place(const Pseudonym& pseudonym, std::span<const int> cells);

  std::vector<int64_t> Counts() && { return std::move(counts_); }

 private:
  std::vector<int64_t> counts_;
  int cap_;
  absl::flat_hash_set<Pseudonym> placed_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_TABLE_BUILDER_H_
