#ifndef PERDURA_REGISTRY_NODE_DERIVE_FACT_TABLE_SOURCE_H_
#define PERDURA_REGISTRY_NODE_DERIVE_FACT_TABLE_SOURCE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "registry-node/answer/table_source.h"
#include "registry-node/derive/table_question.h"
#include "registry-node/store/fact_store.h"

namespace perdura::registry_node {

// One patient of a table on the exact path.
struct ExactExit {
  int group = 0;
  // Days since infusion. An event on day 0 reads 0.5, as R's files have it; entry is 0 unless
  // delayed.
  double entry = 0;
  double exit = 0;
  int cause = 0;  // 0 censored
  bool evaluable = true;
};

// Tables from the facts of this node, as known at the cut.
//
// Thread-compatible. Both references must outlive it.
class FactTableSource final : public TableSource {
 public:
  FactTableSource(FactStore& facts, const base::Clock& clock) : facts_(facts), clock_(clock) {}

  // Whether this binary can derive the plan: rule set, switches and attributes are known to it. A
  // function of plan and charter alone, to be asked before the debit. Returns FailedPrecondition
  // `unsupported_endpoint`.
  static absl::Status CheckSupported(const query::Plan& plan, const federation::Charter& charter);

  absl::StatusOr<std::vector<int64_t>> Cells(const query::Plan& plan, const query::Layout& layout,
                                             const federation::Charter& charter,
                                             ExactTableAccess access) override;

  // The same patients one by one, in no order that means anything. For a centre's own eyes and for
  // tests.
  absl::StatusOr<std::vector<ExactExit>> Exits(const TableQuestion& question,
                                               ExactTableAccess access);

 private:
  FactStore& facts_;
  const base::Clock& clock_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_FACT_TABLE_SOURCE_H_
