#ifndef PERDURA_CRYPTO_SIGN_H_
#define PERDURA_CRYPTO_SIGN_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/random_source.h"
#include "crypto/secret_bytes.h"

namespace perdura::crypto {

inline constexpr size_t kSeedSize = 32;
inline constexpr size_t kVerifyKeySize = 32;
inline constexpr size_t kSignatureSize = 64;

// An Ed25519 key (RFC 8032). The public half is always derived from the seed, never taken from
// elsewhere. To store a new key, keep the seed: SecretBytes::Random(kSeedSize, random), save it,
// then FromSeed(). Move-only. Thread-safe once made.
class SigningKey final {
 public:
  // Returns InvalidArgument unless the seed has 32 bytes.
  static absl::StatusOr<SigningKey> FromSeed(const SecretBytes& seed);
  static SigningKey Generate(base::RandomSource& random);

  // 32 bytes.
  const std::string& public_key() const { return public_key_; }

  // 64 bytes, deterministic.
  std::string Sign(absl::string_view message) const;

 private:
  SigningKey(SecretBytes secret, std::string public_key)
      : secret_(std::move(secret)), public_key_(std::move(public_key)) {}
  SecretBytes secret_;  // seed || public key, libsodium's form
  std::string public_key_;
};

// True where `signature` is one of `message` under `public_key`. False, never an error, for
// anything else, wrong lengths included. Thread-safe.
bool Verify(absl::string_view public_key, absl::string_view message, absl::string_view signature);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_SIGN_H_
