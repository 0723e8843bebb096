#ifndef PERDURA_CLI_COMMANDS_CHARTER_H_
#define PERDURA_CLI_COMMANDS_CHARTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::cli {

// `perdura charter ...`. Each returns what to print, or an error that says what to do next. A
// charter file is a serialised signed envelope; one that was built and not yet signed has no
// signatures.

absl::StatusOr<std::string> CharterKeygen(const std::string& out);

struct CharterPinOptions {
  std::string federation;
  int threshold = 0;
  // Public key files.
  std::vector<std::string> keys;
  std::string out;
};
absl::StatusOr<std::string> CharterPin(const CharterPinOptions& options);

struct CharterBuildOptions {
  std::string draft;
  std::string pin;
  std::vector<std::string> cards;
  // Signed charter that this one follows; empty for version 1.
  std::string previous;
  // File of `perdura charter checkpoints`; needed where the committee changes.
  std::string checkpoints;
  // RFC 3339, whole seconds; empty: now.
  std::string known_at;
  std::string out;
};
absl::StatusOr<std::string> CharterBuild(const CharterBuildOptions& options);

// Adds the signatures of the keys to the file (SignWithKeyFiles). `authority_file`: whose keys have
// to sign, the charter before or for version 1 the pin; empty where they are the charter's own.
absl::StatusOr<std::string> CharterSign(const std::string& file,
                                        const std::vector<std::string>& keys,
                                        const std::string& authority_file);
// Protobuf text, and as a comment who has signed.
absl::StatusOr<std::string> CharterShow(const std::string& file, const std::string& authority_file);
absl::StatusOr<std::string> CharterDiff(const std::string& before, const std::string& after);

struct PartyInitOptions {
  std::string id;
  // "member", "aggregator" or "analyst": which keys it needs.
  std::string role = "member";
  // PEM file whose key is pinned; or, if empty, the hex SHA-256 of the certificate's subject public
  // key info.
  std::string tls_cert;
  std::string tls_pin;
  std::string dir;
};
// Makes the keys and the public card of a party: sign.key; for a member and the aggregator also
// log.key, and for a member cosign.key.
absl::StatusOr<std::string> PartyInit(const PartyInitOptions& options);

struct PartyPskOptions {
  // The sending member of the pair, node or dealer, and the steward that opens.
  std::string id;
  std::string steward;
  // Gets NODE@STEWARD.psk.
  std::string dir;
};
// Makes the secret that a node shares with a steward under `hpke_mode` PSK, and says how to hand it
// over.
absl::StatusOr<std::string> PartyPsk(const PartyPskOptions& options);

// Checks a `.release` file offline (OpenReleaseFile) and prints each check, and its siblings with
// their listed end states.
absl::StatusOr<std::string> VerifyRelease(const std::string& file, const std::string& pin);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_CHARTER_H_
