#include "registry-node/keys/pair_secrets.h"

#include "base/bytes.h"
#include "base/canonical_text.h"

namespace perdura::registry_node {
namespace {

constexpr size_t kPairSecretSize = 32;

}  // namespace

std::string PairSecrets::IdOf(absl::string_view node, absl::string_view steward) {
  return base::Text({"perdura/v1/psk", node, steward});
}

absl::Status PairSecrets::Add(absl::string_view node, absl::string_view steward,
                              crypto::SecretBytes secret) {
  if (!base::IsName(node) || !base::IsName(steward)) {
    return absl::InvalidArgumentError("a pair secret names a node and a steward");
  }
  if (secret.size() != kPairSecretSize) {
    return absl::InvalidArgumentError("a pair secret has 32 bytes");
  }
  const std::string id = IdOf(node, steward);
  if (!secrets_.try_emplace(id, crypto::HpkePsk{std::move(secret), id}).second) {
    return absl::AlreadyExistsError("two secrets for one pair");
  }
  return absl::OkStatus();
}

const crypto::HpkePsk* PairSecrets::Find(absl::string_view node, absl::string_view steward) const {
  const auto found = secrets_.find(IdOf(node, steward));
  return found == secrets_.end() ? nullptr : &found->second;
}

}  // namespace perdura::registry_node
