#ifndef PERDURA_QUERY_LINE_CAPS_H_
#define PERDURA_QUERY_LINE_CAPS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "federation/ledger/capped_line.h"
#include "perdura/v1/round.pb.h"

namespace perdura::query {

// What the charter allows on `lines` to the analyst and purpose of `ask`, as the ledgers of nodes
// and aggregator take it. Errors of PlannedCharges.
absl::StatusOr<std::vector<federation::CappedLine>> CapLines(
    const std::vector<federation::ChargeLine>& lines, const v1::Ask& ask,
    const federation::Charter& charter);

// Lowers the caps of `capped` to those of `other`, the same lines under another charter. Planned
// releases of either are set aside; one that both promise, once.
void LowerCaps(std::vector<federation::CappedLine>& capped,
               const std::vector<federation::CappedLine>& other);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_LINE_CAPS_H_
