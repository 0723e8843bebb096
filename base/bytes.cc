#include "base/bytes.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"

namespace perdura::base {
namespace {

// The value of a lower-case hex digit, or -1.
int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

bool IsNameCharacter(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string HexEncode(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

absl::StatusOr<std::string> HexDecode(absl::string_view hex) {
  if (hex.size() % 2 != 0) return absl::InvalidArgumentError("hex text has odd length");
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexValue(hex[i]);
    const int low = HexValue(hex[i + 1]);
    if (high < 0 || low < 0) return absl::InvalidArgumentError("not lower-case hex");
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

absl::StatusOr<std::string> Base64Decode(absl::string_view text) {
  // Abseil's decoder skips white space and takes missing padding: encode again and compare.
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) || absl::Base64Escape(bytes) != text) {
    return absl::InvalidArgumentError("not strict base64");
  }
  return bytes;
}

absl::StatusOr<uint64_t> ParseDecimal(absl::string_view text) {
  // Abseil's reader takes signs, white space and leading zeros: print again and compare.
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || absl::StrCat(number) != text) {
    return absl::InvalidArgumentError("not a decimal integer below 2^64");
  }
  return number;
}

bool IsStrictUtf8(absl::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) return false;
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.length == 0 || IsControlOrBidi(point.value)) return false;
    text.remove_prefix(static_cast<size_t>(point.length));
  }
  return true;
}

bool IsName(absl::string_view text) {
  if (text.empty() || text.size() > 40) return false;
  for (const char c : text) {
    if (!IsNameCharacter(c)) return false;
  }
  return true;
}

bool IsVersionedName(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == absl::string_view::npos || !IsName(text.substr(0, at))) return false;
  const absl::string_view version = text.substr(at + 1);
  if (version.empty() || version.size() > 9 || version[0] == '0') return false;
  for (const char c : version) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

}  // namespace perdura::base
