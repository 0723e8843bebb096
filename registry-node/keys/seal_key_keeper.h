#ifndef PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_KEEPER_H_
#define PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_KEEPER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/hpke.h"
#include "federation/charter_chain.h"
#include "registry-node/keys/seal_key_store.h"
#include "registry-node/keys/sender.h"
#include "registry-node/relay/outbox.h"

namespace perdura::registry_node {

// A steward's own seal-keys, from their making to their end.
//
//   day      0          7         14                      35
//   key n    |-- named --|-- kept --| wiped                | n would end here
//   key n+1              |-- named by rounds --| ...         made, saved, then posted
//
// The next key is made every week, so that rounds never lack one though its steward stays away for
// four. The private half of n is wiped 7 days after the last round that names it and after n + 1
// was made, at the latest 7 days after its own end: a thief of this machine opens two weeks of
// recorded traffic, six where the steward was away. A new key is also made where the newest is not
// valid on this clock (the clock was set back) or not here (rounds.db was lost): its number goes
// on from the largest ever known.
// A crash between saving and posting posts the same key again. Thread-compatible; all references
// must outlive it.
class SealKeyKeeper final {
 public:
  struct Options {
    Sender sender;
    const federation::CharterChain& chain;
    SealKeyStore& store;
  };
  explicit SealKeyKeeper(Options options) : options_(std::move(options)) {}

  // Of this member's log, from 1. A rebased steward may have lost the count of its numbers: those
  // of generation g are above (g - 1) 2^32.
  void SetGeneration(uint64_t generation) { least_ = (generation - 1) << 32; }

  // Wipes what is over, makes the next key when it is time, and returns the newest to be posted;
  // nothing to post for a member that is no steward of the charter in force. To be called at the
  // start and every hour. An error means that storage failed.
  absl::StatusOr<std::vector<Outgoing>> Tend(absl::Time now);

  // A round names a key of this steward with this number that is not here: makes one with a larger
  // number where there is none yet. Returns what Tend does.
  absl::StatusOr<std::vector<Outgoing>> OnLost(uint64_t number, absl::Time now);

  // A round that ends at `until` names this key: it is kept until after that. False if it is not
  // here.
  absl::StatusOr<bool> KeepFor(absl::string_view id, absl::Time until);
  // The pair of a key, nullopt if it is not here.
  absl::StatusOr<std::optional<crypto::KemKeyPair>> Find(absl::string_view id);

  SealKeyStore& store() { return options_.store; }

 private:
  absl::Status WipeOld(absl::Time now);
  absl::StatusOr<SealKeyRecord> MakeNext(const federation::Charter& charter, absl::Time now);

  Options options_;
  uint64_t least_ = 0;  // numbers are above it
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_KEEPER_H_
