#ifndef PERDURA_CRYPTO_HASH_H_
#define PERDURA_CRYPTO_HASH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::crypto {

// 32 raw bytes. A std::string, because ids travel in protobuf bytes and in SQL blobs.
using Digest = std::string;
inline constexpr size_t kDigestSize = 32;

// SHA-256. The id of every payload.
Digest Sha256(absl::string_view bytes);

// BLAKE2b with 32 bytes of output under a 32-byte key, written to `out`, which the caller wipes:
// the result is a key (draw keys).
void KeyedBlake2b256(std::span<const uint8_t, 32> key, absl::string_view message,
                     std::span<uint8_t, 32> out);

// In time that depends on the lengths only.
bool EqualConstantTime(absl::string_view a, absl::string_view b);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_HASH_H_
