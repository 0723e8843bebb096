#ifndef PERDURA_CLI_CHARTER_PARTY_CARD_H_
#define PERDURA_CLI_CHARTER_PARTY_CARD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::cli {

// What a party hands to the authority before it is written into a charter: its id and public keys.
// Public, not signed: the authority checks it with the party over another way. Keys that a party
// does not have are empty.
struct PartyCard {
  std::string id;
  // Ed25519 public key, 32 bytes.
  std::string sign_key;
  // SHA-256 of the subject public key info of its TLS certificate, 32 bytes.
  std::string tls_pin;
  // Ed25519 public keys: of its own log (aggregator and members), for cosignatures (members, each
  // may become a steward).
  std::string log_key = {};
  std::string cosign_key = {};
};

// text("perdura/party/v1", id, hex sign key, hex TLS pin, hex log key, hex cosign key).
std::string PrintPartyCard(const PartyCard& card);

// Returns InvalidArgument `malformed` naming the line that is wrong.
absl::StatusOr<PartyCard> ParsePartyCard(absl::string_view text);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_PARTY_CARD_H_
