#include "federation/log/note_key.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace perdura::federation::log {
namespace {

constexpr size_t kMaxNameBytes = 128;
constexpr size_t kKeyIdBytes = 4;

// The type byte and the key, as the id and the verifier key hold them.
std::string TypedKey(NoteKeyType type, absl::string_view public_key) {
  return absl::StrCat(std::string(1, static_cast<char>(type)), public_key);
}

}  // namespace

bool IsNoteKeyName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '+';
         });
}

NoteKey::NoteKey(absl::string_view name, NoteKeyType type, absl::string_view public_key)
    : name_(name), type_(type), public_key_(public_key) {
  id_ = crypto::Sha256(absl::StrCat(name_, "\n", TypedKey(type_, public_key_)))
            .substr(0, kKeyIdBytes);
}

absl::StatusOr<NoteKey> NoteKey::Create(absl::string_view name, NoteKeyType type,
                                        absl::string_view public_key) {
  if (!IsNoteKeyName(name)) {
    return absl::InvalidArgumentError(
        "note key: the name must be 1 to 128 printable ASCII characters without space and plus");
  }
  if (public_key.size() != crypto::kVerifyKeySize) {
    return absl::InvalidArgumentError("note key: the key must have 32 bytes");
  }
  return NoteKey(name, type, public_key);
}

absl::StatusOr<NoteKey> NoteKey::Parse(absl::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError("not a verifier key of a note");
  // Base64 has plus signs of its own.
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return malformed;
  PERDURA_ASSIGN_OR_RETURN(const std::string typed_key, base::Base64Decode(parts[2]));
  for (const NoteKeyType type : {NoteKeyType::kCheckpoint, NoteKeyType::kCosignature}) {
    if (typed_key.empty() || typed_key[0] != static_cast<char>(type)) continue;
    PERDURA_ASSIGN_OR_RETURN(NoteKey key, Create(parts[0], type, typed_key.substr(1)));
    if (key.ToText() == text) return key;
  }
  return malformed;
}

std::string NoteKey::ToText() const {
  return absl::StrCat(name_, "+", base::HexEncode(id_), "+",
                      base::Base64Encode(TypedKey(type_, public_key_)));
}

}  // namespace perdura::federation::log
