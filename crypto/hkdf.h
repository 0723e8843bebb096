#ifndef PERDURA_CRYPTO_HKDF_H_
#define PERDURA_CRYPTO_HKDF_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace perdura::crypto {

// HKDF with HMAC-SHA-256 (RFC 5869). Keys are written into memory of the caller, who keeps it in a
// WipedArray or SecretBytes. Inputs are given in parts that are read one after the other, so that
// labelled inputs (RFC 9180) need no copy of a secret. Thread-safe.

inline constexpr size_t kHkdfMaxOutput = 255 * 32;

using HkdfParts = std::initializer_list<absl::string_view>;

// Pseudorandom key from input key material. An empty salt stands for 32 zero bytes.
void HkdfExtract(absl::string_view salt, HkdfParts input_key, std::span<uint8_t, 32> key);

// Fills `out`. Returns InvalidArgument if it is longer than kHkdfMaxOutput.
absl::Status HkdfExpand(std::span<const uint8_t, 32> key, HkdfParts info, std::span<uint8_t> out);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_HKDF_H_
