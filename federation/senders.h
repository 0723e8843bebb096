#ifndef PERDURA_FEDERATION_SENDERS_H_
#define PERDURA_FEDERATION_SENDERS_H_

#include <string>
#include <utility>
#include <vector>

#include "perdura/v1/round.pb.h"

namespace perdura::federation {

// Who sent a contribution, and as what.
using ContributionSource = std::pair<v1::ContributionRole, std::string>;

// Contributors, then dealers of a commit, each sorted by member: the order of check values.
std::vector<ContributionSource> SendersOf(const v1::Commit& commit);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_SENDERS_H_
