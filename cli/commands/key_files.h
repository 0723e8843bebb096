#ifndef PERDURA_CLI_COMMANDS_KEY_FILES_H_
#define PERDURA_CLI_COMMANDS_KEY_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/sign.h"

namespace perdura::cli {

// Key files, in the form of base/key_text.h; errors name the file and never what it holds. Secrets
// have mode 0600.

// Returns AlreadyExists if `path` is there: keys are never overwritten.
absl::Status CheckNewKeyFile(const std::string& path);

// Makes a new secret key at `path` and its public half at `path`.pub. Errors of CheckNewKeyFile.
absl::StatusOr<crypto::SigningKey> MakeKeyFile(const std::string& path);

// Returns InvalidArgument unless the file holds exactly one secret key.
absl::StatusOr<crypto::SigningKey> ReadKeyFile(const std::string& path);

// A public half, 32 bytes. Returns InvalidArgument for any other file, a secret key above all.
absl::StatusOr<std::string> ReadPublicKeyFile(const std::string& path);

// Makes a file with a fresh secret of a pair. Errors of CheckNewKeyFile.
absl::Status MakePairSecretFile(const std::string& path);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_KEY_FILES_H_
