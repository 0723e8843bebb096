#ifndef PERDURA_REGISTRY_NODE_STEWARD_STEWARD_POST_H_
#define PERDURA_REGISTRY_NODE_STEWARD_STEWARD_POST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/relay/outbox.h"

namespace perdura::registry_node {

// How long a steward's refusal, or a stored message that is asked for again, is worth delivering.
inline constexpr absl::Duration kStewardPostLife = absl::Minutes(10);

// A message of a steward: from `due` on, tried again after a short pause until `expires`.
Outgoing SendNow(OutgoingKind kind, std::string manifest_hash, absl::Time due, absl::Time expires,
                 v1::PostRequest post);

std::vector<Outgoing> One(Outgoing outgoing);

// A message as it was stored. Returns DataLoss where it cannot be read.
absl::StatusOr<v1::PostRequest> ParsePost(const std::string& bytes);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_STEWARD_POST_H_
