#ifndef PERDURA_FEDERATION_AUDIT_SIBLING_AUDIT_H_
#define PERDURA_FEDERATION_AUDIT_SIBLING_AUDIT_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "federation/audit/copy_comparison.h"
#include "federation/audit/log_copy.h"
#include "federation/bundle/bundle.h"

namespace perdura::federation {

// Compares the siblings that releases list (M8) with copies of logs, offline: was the released draw
// the best of several? `bundles`: opened; `copies`: of the aggregator and of stewards, any of them,
// better more. Each other attempt at the same patients (plan_fields.h) gets a line:
//
//   released, burnt:<reason>, open   what became of it, as far as the files show
//   WITHHELD   at least t stewards logged `summed`, so the draw can be computed, and no release of
//              it is here. No problem of the list by itself; the reader should ask why
//   later      not listed, and nothing shows that the aggregator had it before the release
//
// and these are problems:
//
//   hidden     not listed although the aggregator had it when it made the release. Shown by one of:
//              its entry `reserved` stands in front of the checkpoint in the release's own receipt;
//              a steward logged `dealt` for it before what it gave to the release, its signature
//              (`committed`) or its sum (`summed`): it deals only what the aggregator had logged,
//              so the order in this one log suffices); a steward logged `summed` for it earlier, by
//              more than the charter's skew, than the aggregator logged `released` for this one
//   false      the listed end state is not that of the aggregator's log at the entry `released`
//   two histories   the copy of the aggregator's log is not the one in the release's receipt
//
// What no copy shows cannot be found: with the logs of all stewards but f, an attempt that t
// stewards summed is in one of them. Releases under `witness: none` list nothing and are said to.
// Returns the errors of the copies.
absl::Status AuditSiblings(const std::vector<OpenedBundle>& bundles,
                           const std::vector<std::unique_ptr<LogCopy>>& copies,
                           AuditReport& report);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_SIBLING_AUDIT_H_
