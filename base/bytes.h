#ifndef PERDURA_BASE_BYTES_H_
#define PERDURA_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

// Lower-case hex of `bytes`.
std::string HexEncode(absl::string_view bytes);

// The bytes of a lower-case hex text. Returns InvalidArgument for odd length, upper case or any
// other character, so each byte string has exactly one text.
absl::StatusOr<std::string> HexDecode(absl::string_view hex);

// RFC 4648 section 4: standard alphabet, with padding, no white space.
std::string Base64Encode(absl::string_view bytes);

// Returns InvalidArgument unless `text` is exactly what Base64Encode gives (no stray bits in the
// last character, no missing padding).
absl::StatusOr<std::string> Base64Decode(absl::string_view text);

// The integer that `text` prints: ASCII digits without leading zeros, "0" for zero, below 2^64.
// Returns InvalidArgument for anything else.
absl::StatusOr<uint64_t> ParseDecimal(absl::string_view text);

// True where `text` has at most `max_bytes` bytes, is well-formed UTF-8 (no overlong form, no
// surrogate) and holds no control character (C0 with NUL, tab and LF, DEL, C1), no bidi control and
// no line or paragraph separator (trap G5).
bool IsStrictUtf8(absl::string_view text, size_t max_bytes);

// True for [a-z0-9._-]{1,40}: members, products, analysts, words.
bool IsName(absl::string_view text);

// True for name@n with IsName(name) and n decimal, 1 to 9 digits without leading zero ("os@3").
bool IsVersionedName(absl::string_view text);

}  // namespace perdura::base

#endif  // PERDURA_BASE_BYTES_H_
