#ifndef PERDURA_REGISTRY_NODE_LOG_WITNESS_DESK_H_
#define PERDURA_REGISTRY_NODE_LOG_WITNESS_DESK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/sign.h"
#include "federation/charter.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/log/member_heads.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// A steward answers the witness requests of other parties, from its start on: what it cosigns and
// refuses is federation/log/witness.h. Its memory is the heads that it holds anyway.
// Thread-compatible; both must outlive it.
class WitnessDesk final {
 public:
  WitnessDesk(PartyLog& log, MemberHeads& heads, const crypto::SigningKey& key)
      : log_(log), heads_(heads), key_(key) {}

  // The answer to send, with a reason word where nothing is cosigned. Returns storage failures
  // only.
  absl::StatusOr<v1::WitnessAnswer> Answer(const v1::WitnessRequest& request,
                                           const federation::Charter& charter, absl::Time now);

 private:
  PartyLog& log_;
  MemberHeads& heads_;
  const crypto::SigningKey& key_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_WITNESS_DESK_H_
