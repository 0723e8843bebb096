#include "base/utf8.h"

#include <cstddef>
#include <cstdint>

namespace perdura::base {
namespace {

constexpr CodePoint kMalformed{0, 0};

// Length of the sequence that starts with `lead`, 0 for a byte that starts none.
int SequenceLength(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

CodePoint FirstCodePoint(absl::string_view text) {
  if (text.empty()) return kMalformed;
  const auto lead = static_cast<uint8_t>(text[0]);
  const int length = SequenceLength(lead);
  if (length == 0 || text.size() < static_cast<size_t>(length)) return kMalformed;
  if (length == 1) return {lead, 1};
  char32_t value = lead & (0x7Fu >> length);
  for (int i = 1; i < length; ++i) {
    const auto next = static_cast<uint8_t>(text[static_cast<size_t>(i)]);
    if ((next & 0xC0) != 0x80) return kMalformed;
    value = (value << 6) | (next & 0x3F);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return kMalformed;
  return {value, length};
}

bool IsControlOrBidi(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool bidi = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                    (c >= 0x2066 && c <= 0x2069);
  const bool separator = c == 0x2028 || c == 0x2029;
  return control || bidi || separator;
}

}  // namespace perdura::base
