#include "cli/commands/key_files.h"

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/in_file.h"
#include "base/key_text.h"
#include "base/status_macros.h"
#include "cli/user_file.h"
#include "crypto/system_random.h"
#include "crypto/wiped.h"

namespace perdura::cli {
namespace {

using base::KeyKind;

absl::StatusOr<std::string> ReadKeyText(KeyKind kind, const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string text, ReadUserFile(path, base::kMaxKeyText));
  auto bytes = base::ParseKey(kind, text);
  crypto::WipeString(text);
  if (!bytes.ok()) return base::InFile(path, bytes.status());
  return bytes;
}

absl::Status WriteNewSecret(KeyKind kind, const std::string& path,
                            const crypto::SecretBytes& secret) {
  PERDURA_RETURN_IF_ERROR(CheckNewKeyFile(path));
  std::string text = base::PrintKey(kind, secret.view());
  const absl::Status written = WriteUserFile(path, text, 0600);
  crypto::WipeString(text);
  return written;
}

}  // namespace

absl::Status CheckNewKeyFile(const std::string& path) {
  const auto exists = base::FileExists(path);
  if (!exists.ok()) return base::InFile(path, exists.status());
  if (!*exists) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(path, ": a key is there already; choose another file"));
}

absl::Status MakePairSecretFile(const std::string& path) {
  crypto::SystemRandom random;
  return WriteNewSecret(KeyKind::kPairSecret, path,
                        crypto::SecretBytes::Random(crypto::kSeedSize, random));
}

absl::StatusOr<crypto::SigningKey> MakeKeyFile(const std::string& path) {
  crypto::SystemRandom random;
  const crypto::SecretBytes seed = crypto::SecretBytes::Random(crypto::kSeedSize, random);
  PERDURA_ASSIGN_OR_RETURN(crypto::SigningKey key, crypto::SigningKey::FromSeed(seed));
  PERDURA_RETURN_IF_ERROR(WriteNewSecret(KeyKind::kSecretKey, path, seed));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(absl::StrCat(path, ".pub"),
                                        base::PrintKey(KeyKind::kPublicKey, key.public_key())));
  return key;
}

absl::StatusOr<crypto::SigningKey> ReadKeyFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string bytes, ReadKeyText(KeyKind::kSecretKey, path));
  return crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(bytes));
}

absl::StatusOr<std::string> ReadPublicKeyFile(const std::string& path) {
  return ReadKeyText(KeyKind::kPublicKey, path);
}

}  // namespace perdura::cli
