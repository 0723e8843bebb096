#ifndef PERDURA_AGGREGATOR_CALLERS_H_
#define PERDURA_AGGREGATOR_CALLERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aggregator/rounds/round_desk.h"
#include "base/rpc/peer.h"
#include "federation/charter_chain.h"

namespace perdura::aggregator {

inline constexpr absl::string_view kMemberRole = "member";
inline constexpr absl::string_view kAnalystRole = "analyst";

// The id of the caller under the charter in force. Errors of base::Peer::IdInRole; without a
// charter nobody is known. An expired charter still names its members, so that they can fetch the
// next one.
absl::StatusOr<std::string> CallerId(const base::Peer& peer, absl::string_view role,
                                     const federation::CharterChain& chain, absl::Time now);

// The same for a member, which may also be one of the charter before as long as rounds under it are
// open: a round ends under the charter it began with.
absl::StatusOr<std::string> MemberId(const base::Peer& peer, const RoundDesk& desk, absl::Time now);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_CALLERS_H_
