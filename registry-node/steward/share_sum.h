#ifndef PERDURA_REGISTRY_NODE_STEWARD_SHARE_SUM_H_
#define PERDURA_REGISTRY_NODE_STEWARD_SHARE_SUM_H_

#include <map>
#include <vector>

#include "absl/strings/string_view.h"
#include "crypto/field64.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/steward/steward_round.h"

namespace perdura::registry_node {

// This steward's opened shares of one round, by sender.
using HeldShares = std::map<ContributionSource, crypto::FieldVector>;

// Y_j: the sum over contributors and dealers of the commit, the first `rows` elements of each
// share. All of them must be in `shares` (KC3).
crypto::FieldVector SumShares(const HeldShares& shares, const v1::Commit& commit, size_t rows);

// What this steward publishes after `bad_sum`: a check value for every sender of the commit, sorted
// by role, then member. Privacy: crypto/degree_check.h.
std::vector<v1::CheckValue> CheckValuesOf(const HeldShares& shares, const v1::Commit& commit,
                                          absl::string_view commit_id);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_SHARE_SUM_H_
