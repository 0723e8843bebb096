#include "federation/senders.h"

#include <algorithm>

namespace perdura::federation {

std::vector<ContributionSource> SendersOf(const v1::Commit& commit) {
  std::vector<ContributionSource> senders;
  for (const v1::CommitEntry& entry : commit.contributors()) {
    senders.emplace_back(v1::CONTRIBUTION_ROLE_NODE, entry.member());
  }
  for (const v1::CommitEntry& entry : commit.dealers()) {
    senders.emplace_back(v1::CONTRIBUTION_ROLE_DEALER, entry.member());
  }
  std::sort(senders.begin(), senders.end());
  return senders;
}

}  // namespace perdura::federation
