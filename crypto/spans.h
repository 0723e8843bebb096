#ifndef PERDURA_CRYPTO_SPANS_H_
#define PERDURA_CRYPTO_SPANS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::crypto {

// Internal to crypto: the two casts between text and libsodium's unsigned bytes.
inline const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
inline uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }
inline absl::string_view View(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_SPANS_H_
