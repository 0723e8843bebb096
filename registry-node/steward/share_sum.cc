#include "registry-node/steward/share_sum.h"

#include "base/planted_fault.h"

namespace perdura::registry_node {

crypto::FieldVector SumShares(const HeldShares& shares, const v1::Commit& commit, size_t rows) {
  crypto::FieldVector sum(rows);
  const auto add = [&](v1::ContributionRole role, const v1::CommitEntry& entry) {
    const crypto::FieldVector& share = shares.at(ContributionSource(role, entry.member()));
    for (size_t row = 0; row < rows; ++row) sum[row] += share[row];
  };
  for (const v1::CommitEntry& entry : commit.contributors()) {
    add(v1::CONTRIBUTION_ROLE_NODE, entry);
  }
  for (const v1::CommitEntry& entry : commit.dealers()) {
    if (base::Planted(base::PlantedFault::kDealerLeftOut) && &entry == &commit.dealers(0)) continue;
    add(v1::CONTRIBUTION_ROLE_DEALER, entry);
  }
  return sum;
}

}  // namespace perdura::registry_node
