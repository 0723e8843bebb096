#include "registry-node/steward/bad_sum.h"

#include <string>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/shamir.h"
#include "federation/envelope.h"

namespace perdura::registry_node {
namespace {

using federation::MessageType;

absl::Status MalformedRequest(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

absl::StatusOr<crypto::PartialSum> OpenSum(const v1::Envelope& envelope, const v1::PartialSum& own,
                                           const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const v1::PartialSum sum, federation::PeekPayload<v1::PartialSum>(
                                                         envelope, MessageType::kPartialSum));
  if (sum.charter_hash() != own.charter_hash() || sum.manifest_hash() != own.manifest_hash() ||
      sum.commit_id() != own.commit_id()) {
    return MalformedRequest("a partial sum of another commit than the one summed here");
  }
  if (sum.index() < 1 || sum.index() > charter.steward_keys().size() ||
      sum.sum().size() != own.sum().size()) {
    return MalformedRequest("a partial sum has no steward's index, or another length");
  }
  const std::vector<std::string> keys = {charter.steward_keys()[sum.index() - 1]};
  PERDURA_RETURN_IF_ERROR(
      federation::VerifySigners(envelope, MessageType::kPartialSum, keys, /*needed=*/1));
  auto values = crypto::DecodeFields(sum.sum());
  if (!values.ok()) return MalformedRequest("a partial sum holds an element at or above p");
  return crypto::PartialSum{static_cast<int>(sum.index()), *std::move(values)};
}

}  // namespace

absl::Status CheckBadSum(const v1::DiagnosisRequest& request, const v1::PartialSum& own,
                         const federation::Charter& charter) {
  std::vector<crypto::PartialSum> sums;
  for (const v1::Envelope& envelope : request.partial_sums()) {
    PERDURA_ASSIGN_OR_RETURN(sums.emplace_back(), OpenSum(envelope, own, charter));
  }
  const auto off = crypto::OffPolynomial(sums, charter.quorum().t);
  if (!off.ok()) return MalformedRequest("one partial sum of each of several stewards is required");
  if (!off->empty()) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "sums_agree",
                      "these partial sums lie on one polynomial: there is nothing to diagnose");
}

}  // namespace perdura::registry_node
