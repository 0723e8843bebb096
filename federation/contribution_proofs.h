#ifndef PERDURA_FEDERATION_CONTRIBUTION_PROOFS_H_
#define PERDURA_FEDERATION_CONTRIBUTION_PROOFS_H_

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "perdura/v1/round.pb.h"

namespace perdura::federation {

// The proofs from earlier sizes of its sender's log that come with a contribution. They are not
// signed, so their number and size are bounded before anybody keeps them.

// Newest signed sizes that a sender proves from: rounds of one member that may overlap. Each
// steward may hold one more.
inline constexpr int kEarlierSizes = 16;

// At most kEarlierSizes + `stewards` proofs, each of at most 63 hashes of 32 bytes. Returns
// InvalidArgument `malformed`.
absl::Status CheckContributionProofs(const google::protobuf::RepeatedPtrField<v1::LogProof>& proofs,
                                     int stewards);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_CONTRIBUTION_PROOFS_H_
