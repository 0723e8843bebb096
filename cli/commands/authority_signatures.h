#ifndef PERDURA_CLI_COMMANDS_AUTHORITY_SIGNATURES_H_
#define PERDURA_CLI_COMMANDS_AUTHORITY_SIGNATURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::cli {

// Whose signatures count under a charter or a rebase: `threshold` of these Ed25519 public keys.
struct AuthorityKeys {
  std::vector<std::string> keys;
  int threshold = 0;
};

// The keys that `charter` names: for a rebase under it, and for the charter that follows.
AuthorityKeys AuthorityOf(const v1::Charter& charter);

// Adds a signature by each secret key file to `envelope`, in place of one that the key has already
// made. Returns what to print of `path`, the file that has the envelope. Returns PermissionDenied
// naming the file of a key that is none of `authority`, and the errors of ReadKeyFile(); then
// `envelope` is not to be used.
absl::StatusOr<std::string> SignWithKeyFiles(const std::vector<std::string>& key_files,
                                             const AuthorityKeys& authority,
                                             const std::string& path, v1::Envelope& envelope);

// Whose signatures `envelope` has and how many are needed, in one line without its end: "2 of 2
// needed signatures, by authority key 1 (16 hex digits), authority key 3 (...)". Each is verified;
// those that count for nothing are named so.
std::string ShowSignatures(const v1::Envelope& envelope, const AuthorityKeys& authority);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_AUTHORITY_SIGNATURES_H_
