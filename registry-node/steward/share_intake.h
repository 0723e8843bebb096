#ifndef PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_
#define PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/field64.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/steward/steward_store.h"

namespace perdura::registry_node {

// SC1 for the steward with this index: the header is signed by a member with that role under the
// round's charter, and the share fits its hash and length. Returns InvalidArgument `bad_header`.
absl::Status CheckHeader(const CheckedManifest& checked, int steward_index,
                         const v1::RelayedContribution& relayed, const v1::Contribution& header);

// SC2: opens this steward's share with the seal-key that the manifest names. Returns
// InvalidArgument `bad_envelope`, NotFound without a reason word if the key is gone.
absl::StatusOr<crypto::FieldVector> OpenOwnShare(const CheckedManifest& checked, int steward_index,
                                                 const v1::RelayedContribution& relayed,
                                                 const v1::Contribution& header,
                                                 StewardStore& store);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_
