#include "registry-node/steward/share_sum.h"

#include "base/planted_fault.h"
#include "crypto/degree_check.h"
#include "federation/senders.h"

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

std::vector<v1::CheckValue> CheckValuesOf(const HeldShares& shares, const v1::Commit& commit,
                                          absl::string_view commit_id) {
  const crypto::Field64 r = crypto::DegreePoint(commit_id);
  std::vector<v1::CheckValue> values;
  for (const ContributionSource& source : federation::SendersOf(commit)) {
    v1::CheckValue& value = values.emplace_back();
    value.set_role(source.first);
    value.set_member(source.second);
    const crypto::Field64 check = crypto::CheckValue(shares.at(source), r);
    value.set_value(crypto::EncodeFields({&check, 1}));
  }
  return values;
}

}  // namespace perdura::registry_node
