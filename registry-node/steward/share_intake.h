#ifndef PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_
#define PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/field64.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/keys/pair_secrets.h"
#include "registry-node/keys/seal_key_keeper.h"

namespace perdura::registry_node {

// SC1, before anything of a contribution is remembered: its header names a role, and a member with
// that role under the round's charter has signed it. Returns InvalidArgument `bad_header`.
absl::Status CheckSender(const CheckedManifest& checked, const v1::RelayedContribution& relayed,
                         const v1::Contribution& header);

// SC1, the rest for the steward with this index: the header is of this charter, and the share fits
// its hash and length. Returns InvalidArgument `bad_header`, `malformed` for unbounded proofs.
absl::Status CheckHeader(const CheckedManifest& checked, int steward_index,
                         const v1::RelayedContribution& relayed, const v1::Contribution& header);

// SC2: opens this steward's share with the seal-key that the manifest names; `secrets` are those
// that it shares with senders, nullptr for none. Returns InvalidArgument `bad_envelope`, also if
// the key is gone.
absl::StatusOr<crypto::FieldVector> OpenOwnShare(const CheckedManifest& checked, int steward_index,
                                                 const v1::RelayedContribution& relayed,
                                                 const v1::Contribution& header,
                                                 SealKeyKeeper& seal_keys,
                                                 const PairSecrets* secrets);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_SHARE_INTAKE_H_
