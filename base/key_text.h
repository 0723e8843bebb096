#ifndef PERDURA_BASE_KEY_TEXT_H_
#define PERDURA_BASE_KEY_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

// What the 32 bytes of a key file are. The first line of the file says it, so that a private half
// is never published as the public one, nor public bytes taken for a secret.
enum class KeyKind {
  kSecretKey,   // seed of an Ed25519 key
  kPublicKey,   // public half of an Ed25519 key
  kPairSecret,  // what a node and a steward share
};

// Longest key file, bytes.
inline constexpr size_t kMaxKeyText = 200;

// text("perdura/secret-key/v1", hex of `bytes`), or "public-key", "pair-secret". The caller wipes
// the text of a secret.
std::string PrintKey(KeyKind kind, absl::string_view bytes);

// The 32 bytes of a text of PrintKey(); the caller wipes those of a secret. Returns InvalidArgument
// for any other text, and says which kind is wanted, which one it is, and what to do; never what
// else the text holds.
absl::StatusOr<std::string> ParseKey(KeyKind kind, absl::string_view text);

}  // namespace perdura::base

#endif  // PERDURA_BASE_KEY_TEXT_H_
