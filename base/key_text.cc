#include "base/key_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"

namespace perdura::base {
namespace {

constexpr size_t kKeyBytes = 32;

absl::string_view TitleOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kSecretKey:
      return "perdura/secret-key/v1";
    case KeyKind::kPublicKey:
      return "perdura/public-key/v1";
    case KeyKind::kPairSecret:
      return "perdura/pair-secret/v1";
  }
  return "";
}

// Why the first line is not the one wanted. A file without a title may hold either half of a key,
// which nobody but its owner can tell.
absl::Status OtherTitle(KeyKind wanted, absl::string_view first_line) {
  for (const KeyKind kind : {KeyKind::kSecretKey, KeyKind::kPublicKey, KeyKind::kPairSecret}) {
    if (first_line != TitleOf(kind)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("this is a ", first_line, "; a ", TitleOf(wanted), " is wanted here"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the first line must be ", TitleOf(wanted),
      "; where this file holds such a key and no first line yet, write it above the digits"));
}

}  // namespace

std::string PrintKey(KeyKind kind, absl::string_view bytes) {
  return absl::StrCat(TitleOf(kind), "\n", HexEncode(bytes), "\n");
}

absl::StatusOr<std::string> ParseKey(KeyKind kind, absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines[0] != TitleOf(kind)) return OtherTitle(kind, lines[0]);
  if (lines.size() == 3 && lines[2].empty()) {
    auto bytes = HexDecode(lines[1]);
    if (bytes.ok() && bytes->size() == kKeyBytes) return bytes;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("after ", TitleOf(kind), " one line of 64 lower-case hex digits is wanted"));
}

}  // namespace perdura::base
