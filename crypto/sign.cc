#include "crypto/sign.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/spans.h"

namespace perdura::crypto {

absl::StatusOr<SigningKey> SigningKey::FromSeed(const SecretBytes& seed) {
  if (seed.size() != kSeedSize) return absl::InvalidArgumentError("seed must have 32 bytes");
  SecretBytes secret(crypto_sign_SECRETKEYBYTES);
  std::string public_key(kVerifyKeySize, '\0');
  PERDURA_CHECK(crypto_sign_seed_keypair(Bytes(public_key), secret.mutable_span().data(),
                                         seed.span().data()) == 0);
  return SigningKey(std::move(secret), std::move(public_key));
}

SigningKey SigningKey::Generate(base::RandomSource& random) {
  absl::StatusOr<SigningKey> key = FromSeed(SecretBytes::Random(kSeedSize, random));
  PERDURA_CHECK(key.ok());
  return *std::move(key);
}

std::string SigningKey::Sign(absl::string_view message) const {
  std::string signature(kSignatureSize, '\0');
  PERDURA_CHECK(crypto_sign_detached(Bytes(signature), nullptr, Bytes(message), message.size(),
                                     secret_.span().data()) == 0);
  return signature;
}

bool Verify(absl::string_view public_key, absl::string_view message, absl::string_view signature) {
  if (public_key.size() != kVerifyKeySize || signature.size() != kSignatureSize) return false;
  return crypto_sign_verify_detached(Bytes(signature), Bytes(message), message.size(),
                                     Bytes(public_key)) == 0;
}

}  // namespace perdura::crypto
