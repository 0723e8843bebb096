#ifndef PERDURA_REGISTRY_NODE_LOG_ANNOUNCEMENT_LOG_H_
#define PERDURA_REGISTRY_NODE_LOG_ANNOUNCEMENT_LOG_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/charter_chain.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// What the logs say of an announced manifest, under `witness: required`:
//
//   NC6  the newest checkpoint of this party's own log that the aggregator has seen:
//   FailedPrecondition
//        `restored` where this database is behind or beside it
//   NC7  the aggregator's checkpoint extends the one that is held: Unavailable `stale_head`,
//   `bad_proof` (this
//        item only), DataLoss `ledger_fork`; held from then on
//   NC8  the entry is in that checkpoint, which >= Q stewards of the round's charter have cosigned,
//        dated before that charter ceased to be in force: FailedPrecondition `unlogged`, also
//        unless there is one log size for each steward
//
// Across a switch of charters a round keeps the checkpoint of when it was logged. It may lie behind
// the head that is held, which has grown since: then `consistency_proof` leads from it to that
// head, so that its charge is in the history that is held here, and it is as good as a newer one. A
// party that has not heard of the new charter meets such a round too.
//
// What the entry must say, federation::CheckReserved() compares. Other errors are the storage's.
absl::Status CheckAnnouncementLog(const v1::Announcement& announcement,
                                  const federation::RoundCharter& under, PartyLog& log,
                                  absl::Time now);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_ANNOUNCEMENT_LOG_H_
