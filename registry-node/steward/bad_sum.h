#ifndef PERDURA_REGISTRY_NODE_STEWARD_BAD_SUM_H_
#define PERDURA_REGISTRY_NODE_STEWARD_BAD_SUM_H_

#include "absl/status/status.h"
#include "federation/charter.h"
#include "perdura/v1/relay.pb.h"
#include "perdura/v1/round.pb.h"

namespace perdura::registry_node {

// Whether a request proves `bad_sum`, the only reason for a steward to publish its check values:
// more than t partial sums of the commit that `own` (this steward's) is of, signed by distinct
// stewards of `charter`, that lie on no polynomial of degree < t. Believes nothing else that the
// aggregator says.
//
// Returns InvalidArgument `malformed` for sums of another commit, a repeated steward or another
// length, Unauthenticated `bad_signature`, FailedPrecondition `sums_agree`.
absl::Status CheckBadSum(const v1::DiagnosisRequest& request, const v1::PartialSum& own,
                         const federation::Charter& charter);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_BAD_SUM_H_
