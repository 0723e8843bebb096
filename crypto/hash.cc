#include "crypto/hash.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/spans.h"

namespace perdura::crypto {

Digest Sha256(absl::string_view bytes) {
  Digest digest(kDigestSize, '\0');
  PERDURA_CHECK(crypto_hash_sha256(Bytes(digest), Bytes(bytes), bytes.size()) == 0);
  return digest;
}

void KeyedBlake2b256(std::span<const uint8_t, 32> key, absl::string_view message,
                     std::span<uint8_t, 32> out) {
  PERDURA_CHECK(crypto_generichash(out.data(), out.size(), Bytes(message), message.size(),
                                   key.data(), key.size()) == 0);
}

bool EqualConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace perdura::crypto
