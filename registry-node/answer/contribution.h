#ifndef PERDURA_REGISTRY_NODE_ANSWER_CONTRIBUTION_H_
#define PERDURA_REGISTRY_NODE_ANSWER_CONTRIBUTION_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/field64.h"
#include "crypto/hpke.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/keys/sender.h"
#include "registry-node/log/log_proofs.h"

namespace perdura::registry_node {

// Under `hpke_mode` PSK of the round's charter: the sender holds a secret with every steward. The
// mode is the charter's, no message can lower it. Returns FailedPrecondition `no_secret` naming the
// steward.
absl::Status CheckSecrets(const CheckedManifest& checked, const Sender& sender);

// Splits `rows` (the layout's rows: a node's strategy rows, or a dealer's noise) among the stewards
// and seals each share to its steward: the signed header (M3) and the s envelopes `enc || ct`. One
// code path for both roles, so all contributions of a manifest have one size.
//
// The wire vector has one element more, uniform, which only the diagnosis of bad shares uses
// (crypto/degree_check.h).
// Polynomials come from a draw key bound to (manifest, role, member), so no two manifests share a
// stream. `rows` is wiped. `stamp`: own checkpoint after the debit or `dealt`; empty under
// `witness: none`. Returns InvalidArgument unless there is one value for each row, and
// `no_secret` as CheckSecrets; FailedPrecondition `bad_seal_key` where a key takes no seal.
absl::StatusOr<v1::PostRequest> MakeContribution(const CheckedManifest& checked,
                                                 v1::ContributionRole role, const Sender& sender,
                                                 crypto::FieldVector rows, const LogStamp& stamp);

// HPKE info of a share: a share moved to another round, role, sender or steward does not open.
std::string ShareInfo(absl::string_view manifest_hash, v1::ContributionRole role,
                      absl::string_view member, int steward_index);

// SC2: opens the share of steward `steward_index`; `secrets` are those that this steward shares,
// nullptr for none. Returns InvalidArgument `bad_envelope`, one message for every cause: wrong
// length, context, key, mode, a wrong or missing secret, or an element >= p. The result has one
// element for each row and then the uniform one.
absl::StatusOr<crypto::FieldVector> OpenShare(const CheckedManifest& checked,
                                              v1::ContributionRole role, absl::string_view member,
                                              int steward_index, const crypto::KemKeyPair& key,
                                              const PairSecrets* secrets, absl::string_view share);

// Size of every share envelope of a manifest: 32 + 8 (rows + 1) + 16.
size_t ShareSize(const CheckedManifest& checked);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_CONTRIBUTION_H_
