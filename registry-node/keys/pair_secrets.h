#ifndef PERDURA_REGISTRY_NODE_KEYS_PAIR_SECRETS_H_
#define PERDURA_REGISTRY_NODE_KEYS_PAIR_SECRETS_H_

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "crypto/hpke.h"
#include "crypto/secret_bytes.h"

namespace perdura::registry_node {

// The secrets that a member shares in pairs, for a charter with `hpke_mode` PSK: what node `node`
// seals to steward `steward` opens only with the secret of that pair, so that a later break of
// X25519 opens nothing that was recorded. A dealer is the node of its pairs, also towards itself.
// Fixed once filled, then thread-safe. Move-only.
class PairSecrets final {
 public:
  // The secret's public name in RFC 9180: text("perdura/v1/psk", node, steward).
  static std::string IdOf(absl::string_view node, absl::string_view steward);

  // Returns InvalidArgument unless `secret` has 32 bytes and both are names, AlreadyExists for a
  // second secret of a pair.
  absl::Status Add(absl::string_view node, absl::string_view steward, crypto::SecretBytes secret);

  // nullptr if there is none. Valid as long as this object.
  const crypto::HpkePsk* Find(absl::string_view node, absl::string_view steward) const;

 private:
  // By IdOf.
  std::map<std::string, crypto::HpkePsk> secrets_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_KEYS_PAIR_SECRETS_H_
