#ifndef PERDURA_CRYPTO_X25519_H_
#define PERDURA_CRYPTO_X25519_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "crypto/secret_bytes.h"

namespace perdura::crypto {

// Length of public keys, secrets and results.
inline constexpr size_t kX25519Size = 32;

// The shared value of RFC 7748, written to `out`, which the caller keeps in wiped memory and feeds
// to a key derivation. Returns InvalidArgument for wrong lengths and for a public key of low order,
// whose result would be all zero. Thread-safe. The building block of HPKE; nothing else should need
// this function.
absl::Status X25519(const SecretBytes& secret, absl::string_view public_key,
                    std::span<uint8_t, kX25519Size> out);

// True where X25519 refuses `public_key` whatever the secret: wrong length or low order. For keys
// that others publish, before anything is sealed to them.
bool IsUnusablePublicKey(absl::string_view public_key);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_X25519_H_
