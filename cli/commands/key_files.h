#ifndef PERDURA_CLI_COMMANDS_KEY_FILES_H_
#define PERDURA_CLI_COMMANDS_KEY_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/sign.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::cli {

// A signing key on disk: 64 hex digits of the seed and a line end, mode 0600.

// Makes a new key at `path` and its public half, 64 hex digits, at `path`.pub. Returns
// AlreadyExists if `path` is there: keys are never overwritten.
absl::StatusOr<crypto::SigningKey> MakeKeyFile(const std::string& path);

// Returns InvalidArgument unless the file holds exactly one seed.
absl::StatusOr<crypto::SigningKey> ReadKeyFile(const std::string& path);

// A public half, 32 bytes.
absl::StatusOr<std::string> ReadPublicKeyFile(const std::string& path);

// Makes a file of 32 fresh secret bytes, 64 hex digits and LF, mode 0600. Returns AlreadyExists
// where the file is there.
absl::Status MakeSecretFile(const std::string& path);

// Adds a signature by each key file to `envelope`. Returns what to print of `path`, the file that
// has the envelope; errors of ReadKeyFile(), and then `envelope` is not to be used.
absl::StatusOr<std::string> SignWithKeyFiles(const std::vector<std::string>& keys,
                                             const std::string& path, v1::Envelope& envelope);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_KEY_FILES_H_
