#ifndef PERDURA_FEDERATION_CHARTER_CHECKPOINTS_H_
#define PERDURA_FEDERATION_CHARTER_CHECKPOINTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation {

// A changed committee comes with checkpoints (CH5): a new steward has seen nobody's log, and would
// take any first head, a rolled-back one too. From the checkpoints in its charter it starts with
// what the authority saw. An old one is fine: a log shows its growth from there.

// `after` follows `before`. Where both want a witness and the stewards differ, `after` brings one
// checkpoint of every party that has a log key in both; a party that is new has no log yet.
// Whatever it brings is signed by the log of a party in `before`, under the key there, of any
// generation, and at most one of each. Returns FailedPrecondition `bad_committee` naming the party.
absl::Status CheckCheckpoints(const Charter& before, const Charter& after);

// The checkpoints of an accepted charter: their signatures are CheckCheckpoints()'.
absl::StatusOr<std::vector<log::SignedCheckpoint>> CheckpointsOf(const Charter& charter);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_CHARTER_CHECKPOINTS_H_
