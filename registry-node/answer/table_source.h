#ifndef PERDURA_REGISTRY_NODE_ANSWER_TABLE_SOURCE_H_
#define PERDURA_REGISTRY_NODE_ANSWER_TABLE_SOURCE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/layout.h"
#include "query/plan.h"
#include "registry-node/answer/exact_table_access.h"

namespace perdura::registry_node {

// Where the exact table of a plan comes from: this node's own patients.
class TableSource {
 public:
  virtual ~TableSource() = default;

  // Counts in the layout's cell order, size layout.cells(), each >= 0. `layout` must be the layout
  // of `plan` under `charter`.
  //
  // Privacy: not differentially private; the caller measures, adds nothing, shares secretly and
  // wipes. One patient of this node changes one cell by 1 and no other: enforced here, whatever the
  // derivation says. The status never depends on patient data: an error is a broken store, or a
  // plan that this binary cannot derive (the same for every node and patient).
  virtual absl::StatusOr<std::vector<int64_t>> Cells(const query::Plan& plan,
                                                     const query::Layout& layout,
                                                     const federation::Charter& charter,
                                                     ExactTableAccess access) = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_TABLE_SOURCE_H_
