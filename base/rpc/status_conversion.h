#ifndef PERDURA_BASE_RPC_STATUS_CONVERSION_H_
#define PERDURA_BASE_RPC_STATUS_CONVERSION_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace perdura::base {

// Total: every code of one side has exactly one on the other, and what is no known code becomes
// Unknown. A refusal carries text(reason, hint) in error_details; characters that a text may not
// hold become spaces.
// An Internal status without a reason word is our bug: it is logged under a random id, and the wire
// sees the id and no text.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The other way, for clients: a refusal gets its reason word back (base/reason.h). Details that do
// not read back are ignored.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_STATUS_CONVERSION_H_
