#include "crypto/x25519.h"

#include <sodium.h>

#include <array>

#include "crypto/spans.h"

namespace perdura::crypto {

static_assert(kX25519Size == crypto_scalarmult_BYTES);
static_assert(kX25519Size == crypto_scalarmult_SCALARBYTES);

absl::Status X25519(const SecretBytes& secret, absl::string_view public_key,
                    std::span<uint8_t, kX25519Size> out) {
  if (secret.size() != kX25519Size) return absl::InvalidArgumentError("secret needs 32 bytes");
  if (public_key.size() != kX25519Size) {
    return absl::InvalidArgumentError("public key needs 32 bytes");
  }
  if (crypto_scalarmult(out.data(), secret.span().data(), Bytes(public_key)) != 0) {
    return absl::InvalidArgumentError("public key of low order");
  }
  return absl::OkStatus();
}

// Every secret is a multiple of 8 once clamped, and 8 is the order of the group of those points:
// one trial tells for all.
bool IsUnusablePublicKey(absl::string_view public_key) {
  if (public_key.size() != kX25519Size) return true;
  const std::array<uint8_t, kX25519Size> trial = {8};
  std::array<uint8_t, kX25519Size> product;
  return crypto_scalarmult(product.data(), trial.data(), Bytes(public_key)) != 0;
}

}  // namespace perdura::crypto
