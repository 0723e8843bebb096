#include "registry-node/steward/share_intake.h"

#include <string>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "federation/contribution_proofs.h"
#include "federation/envelope.h"
#include "registry-node/answer/contribution.h"

namespace perdura::registry_node {
namespace {

absl::Status BadShareHeader(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_header", what);
}

bool HasRole(const federation::Charter& charter, const v1::Contribution& header) {
  switch (header.role()) {
    case v1::CONTRIBUTION_ROLE_NODE:
      return charter.MemberHasRole(header.member(), v1::MEMBER_ROLE_NODE);
    case v1::CONTRIBUTION_ROLE_DEALER:
      return charter.MemberHasRole(header.member(), v1::MEMBER_ROLE_STEWARD) &&
             charter.StewardIndex(header.member()) != 0;
    default:
      return false;
  }
}

}  // namespace

absl::Status CheckSender(const CheckedManifest& checked, const v1::RelayedContribution& relayed,
                         const v1::Contribution& header) {
  const federation::Charter& charter = *checked.opened.under.charter;
  const v1::Member* member = charter.FindMember(header.member());
  if (member == nullptr || !HasRole(charter, header)) {
    return BadShareHeader("the sender has no such role in the charter");
  }
  const std::vector<std::string> keys = {member->sign_key()};
  if (!federation::VerifySigners(relayed.header(), federation::MessageType::kContribution, keys, 1)
           .ok()) {
    return BadShareHeader("not signed by its member");
  }
  return absl::OkStatus();
}

absl::Status CheckHeader(const CheckedManifest& checked, int steward_index,
                         const v1::RelayedContribution& relayed, const v1::Contribution& header) {
  const federation::Charter& charter = *checked.opened.under.charter;
  if (header.charter_hash() != charter.hash()) return BadShareHeader("charter_hash differs");
  if (header.share_hashes_size() != charter.quorum().s ||
      header.share_hashes(steward_index - 1) != crypto::Sha256(relayed.share()) ||
      relayed.share().size() != ShareSize(checked)) {
    return BadShareHeader("share hash, number or length differs");
  }
  return federation::CheckContributionProofs(relayed.log_proofs(), charter.quorum().s);
}

absl::StatusOr<crypto::FieldVector> OpenOwnShare(const CheckedManifest& checked, int steward_index,
                                                 const v1::RelayedContribution& relayed,
                                                 const v1::Contribution& header,
                                                 SealKeyKeeper& seal_keys,
                                                 const PairSecrets* secrets) {
  PERDURA_ASSIGN_OR_RETURN(const auto pair,
                           seal_keys.Find(checked.opened.manifest.seal_key_ids(steward_index - 1)));
  if (!pair.has_value()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_envelope", "the seal-key is gone");
  }
  return OpenShare(checked, header.role(), header.member(), steward_index, *pair, secrets,
                   relayed.share());
}

}  // namespace perdura::registry_node
