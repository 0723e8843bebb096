#ifndef PERDURA_FEDERATION_LOG_NOTE_KEY_H_
#define PERDURA_FEDERATION_LOG_NOTE_KEY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::federation::log {

// What a key signs in a note; the byte goes into the key's id. Source: c2sp.org/signed-note.
enum class NoteKeyType : uint8_t {
  kCheckpoint = 0x01,   // the note's text: a log's own signature
  kCosignature = 0x04,  // time and text: a witness's (c2sp.org/tlog-cosignature)
};

// True for what may name a key in our notes: 1 to 128 printable ASCII characters, no space, no plus
// sign.
bool IsNoteKeyName(absl::string_view name);

// A public Ed25519 key under the name by which notes refer to it. Immutable value.
class NoteKey final {
 public:
  // Returns InvalidArgument unless IsNoteKeyName(name) and the key has 32 bytes.
  static absl::StatusOr<NoteKey> Create(absl::string_view name, NoteKeyType type,
                                        absl::string_view public_key);
  // Reads "<name>+<id in hex>+<base64(type byte || key)>", the verifier key that tools of other
  // logs take. Returns InvalidArgument unless ToText() gives this text again.
  static absl::StatusOr<NoteKey> Parse(absl::string_view text);

  const std::string& name() const { return name_; }
  NoteKeyType type() const { return type_; }
  const std::string& public_key() const { return public_key_; }
  // First 4 bytes of SHA-256(name || LF || type byte || key). A hint, not a commitment.
  const std::string& id() const { return id_; }
  std::string ToText() const;

 private:
  NoteKey(absl::string_view name, NoteKeyType type, absl::string_view public_key);

  std::string name_;
  NoteKeyType type_;
  std::string public_key_;
  std::string id_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_NOTE_KEY_H_
