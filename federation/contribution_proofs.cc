#include "federation/contribution_proofs.h"

#include <algorithm>
#include <string>

#include "base/reason.h"
#include "crypto/hash.h"

namespace perdura::federation {
namespace {

// Of a tree with fewer than 2^63 leaves.
constexpr int kMostHashes = 63;

bool IsBounded(const v1::LogProof& proof) {
  return proof.hashes_size() <= kMostHashes &&
         std::all_of(proof.hashes().begin(), proof.hashes().end(),
                     [](const std::string& hash) { return hash.size() == crypto::kDigestSize; });
}

}  // namespace

absl::Status CheckContributionProofs(const google::protobuf::RepeatedPtrField<v1::LogProof>& proofs,
                                     int stewards) {
  if (proofs.size() <= kEarlierSizes + stewards &&
      std::all_of(proofs.begin(), proofs.end(), IsBounded)) {
    return absl::OkStatus();
  }
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      "log_proofs: at most 16 and one for each steward, of 63 hashes of 32 bytes");
}

}  // namespace perdura::federation
