#ifndef PERDURA_REGISTRY_NODE_KEYS_SENDER_H_
#define PERDURA_REGISTRY_NODE_KEYS_SENDER_H_

#include <string>

#include "base/random_source.h"
#include "crypto/sign.h"
#include "registry-node/keys/pair_secrets.h"

namespace perdura::registry_node {

// Who sends: a member of the charter, its signing key, its source of fresh bytes, and what it
// shares with others (nullptr: nothing, enough under `hpke_mode` BASE). All must outlive their
// users.
struct Sender {
  std::string member;
  const crypto::SigningKey& key;
  base::RandomSource& random;
  const PairSecrets* secrets = nullptr;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_KEYS_SENDER_H_
