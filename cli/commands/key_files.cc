#include "cli/commands/key_files.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/status_macros.h"
#include "cli/user_file.h"
#include "crypto/system_random.h"
#include "crypto/wiped.h"
#include "federation/envelope.h"

namespace perdura::cli {
namespace {

constexpr size_t kKeyFileLimit = 200;

// 32 bytes from 64 hex digits and an optional line end.
absl::StatusOr<std::string> ReadHexFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string text, ReadUserFile(path, kKeyFileLimit));
  auto bytes = base::HexDecode(absl::StripSuffix(text, "\n"));
  crypto::WipeString(text);
  if (!bytes.ok() || bytes->size() != crypto::kSeedSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": 64 lower-case hex digits are required"));
  }
  return bytes;
}

absl::Status WriteNewSecret(const std::string& path, const crypto::SecretBytes& secret) {
  PERDURA_ASSIGN_OR_RETURN(const bool exists, base::FileExists(path));
  if (exists) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, ": a key is there already; choose another file"));
  }
  std::string text = absl::StrCat(base::HexEncode(secret.view()), "\n");
  const absl::Status written = base::WriteFileAtomic(path, text, 0600);
  crypto::WipeString(text);
  return written;
}

}  // namespace

absl::Status MakeSecretFile(const std::string& path) {
  crypto::SystemRandom random;
  return WriteNewSecret(path, crypto::SecretBytes::Random(crypto::kSeedSize, random));
}

absl::StatusOr<crypto::SigningKey> MakeKeyFile(const std::string& path) {
  crypto::SystemRandom random;
  const crypto::SecretBytes seed = crypto::SecretBytes::Random(crypto::kSeedSize, random);
  PERDURA_ASSIGN_OR_RETURN(crypto::SigningKey key, crypto::SigningKey::FromSeed(seed));
  PERDURA_RETURN_IF_ERROR(WriteNewSecret(path, seed));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(
      absl::StrCat(path, ".pub"), absl::StrCat(base::HexEncode(key.public_key()), "\n"), 0644));
  return key;
}

absl::StatusOr<crypto::SigningKey> ReadKeyFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string bytes, ReadHexFile(path));
  return crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(bytes));
}

absl::StatusOr<std::string> ReadPublicKeyFile(const std::string& path) { return ReadHexFile(path); }

absl::StatusOr<std::string> SignWithKeyFiles(const std::vector<std::string>& keys,
                                             const std::string& path, v1::Envelope& envelope) {
  for (const std::string& key_path : keys) {
    PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, ReadKeyFile(key_path));
    federation::AddSignature(envelope, key, base::HexEncode(key.public_key()).substr(0, 16));
  }
  return absl::StrCat("signed with ", keys.size(), " keys; ", path, " has ",
                      envelope.signatures_size(), " signatures\n");
}

}  // namespace perdura::cli
