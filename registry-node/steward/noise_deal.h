#ifndef PERDURA_REGISTRY_NODE_STEWARD_NOISE_DEAL_H_
#define PERDURA_REGISTRY_NODE_STEWARD_NOISE_DEAL_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/contribution.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/log/party_log.h"
#include "registry-node/steward/steward_store.h"

namespace perdura::registry_node {

// Who deals: all must outlive the call.
struct Dealer {
  const Sender& sender;
  StewardStore& store;
  PartyLog& log;
};

// Draws the noise of one dealer for a manifest that was dealt by nobody here, splits and seals it,
// and returns the stored message, which leaves at deal_at.
//
// Privacy: noise is drawn from a key bound to (manifest, dealer), before any share of the round is
// opened. The attempt is durable, with the log entry `dealt`, before the deal exists, so a crash
// never leads to a second one. Errors of MakeContribution, after which this attempt has no deal;
// the storage's.
absl::StatusOr<v1::PostRequest> DealNoise(const Dealer& dealer, const CheckedManifest& checked,
                                          const v1::Announcement& announcement, absl::Time now);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STEWARD_NOISE_DEAL_H_
