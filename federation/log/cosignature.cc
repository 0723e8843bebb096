#include "federation/log/cosignature.h"

#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::federation::log {
namespace {

constexpr size_t kTimeBytes = 8;

std::string BigEndian(uint64_t number) {
  std::string bytes(kTimeBytes, '\0');
  for (size_t i = kTimeBytes; i > 0; --i, number >>= 8) bytes[i - 1] = static_cast<char>(number);
  return bytes;
}

uint64_t FromBigEndian(absl::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

absl::Status BadCosignature(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kUnauthenticated, "bad_signature",
                      absl::StrCat("cosignature: ", why));
}

}  // namespace

std::string CosignedMessage(absl::string_view text, uint64_t unix_seconds) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n", text);
}

NoteSignature Cosign(absl::string_view text, absl::string_view name, const crypto::SigningKey& key,
                     absl::Time now) {
  const auto note_key = NoteKey::Create(name, NoteKeyType::kCosignature, key.public_key());
  PERDURA_CHECK(note_key.ok() && now >= absl::UnixEpoch());
  const auto seconds = static_cast<uint64_t>(absl::ToUnixSeconds(now));
  return {.name = note_key->name(),
          .key_id = note_key->id(),
          .bytes = absl::StrCat(BigEndian(seconds), key.Sign(CosignedMessage(text, seconds)))};
}

absl::StatusOr<absl::Time> VerifyCosignature(absl::string_view text, const NoteSignature& signature,
                                             const NoteKey& cosigner) {
  if (signature.name != cosigner.name() || signature.key_id != cosigner.id()) {
    return BadCosignature("by another key");
  }
  if (signature.bytes.size() != kTimeBytes + crypto::kSignatureSize) {
    return BadCosignature("not 8 bytes of time and 64 of signature");
  }
  const absl::string_view bytes = signature.bytes;
  const uint64_t seconds = FromBigEndian(bytes.substr(0, kTimeBytes));
  if (seconds > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
      !crypto::Verify(cosigner.public_key(), CosignedMessage(text, seconds),
                      bytes.substr(kTimeBytes))) {
    return BadCosignature("does not verify");
  }
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

absl::StatusOr<std::vector<Cosignature>> VerifiedCosignatures(const SignedNote& note,
                                                              std::span<const NoteKey> cosigners) {
  std::vector<Cosignature> verified;
  std::set<std::string> counted_keys;
  for (const NoteKey& cosigner : cosigners) {
    if (cosigner.type() != NoteKeyType::kCosignature) continue;
    const NoteSignature* const signature = FindSignature(note, cosigner);
    if (signature == nullptr) continue;
    PERDURA_ASSIGN_OR_RETURN(const absl::Time at,
                             VerifyCosignature(note.text, *signature, cosigner));
    if (!counted_keys.insert(cosigner.public_key()).second) continue;
    verified.push_back({.cosigner = cosigner.name(), .at = at});
  }
  return verified;
}

}  // namespace perdura::federation::log
