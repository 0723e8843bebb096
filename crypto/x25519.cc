#include "crypto/x25519.h"

#include <sodium.h>

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

}  // namespace perdura::crypto
