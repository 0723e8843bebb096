#ifndef PERDURA_FEDERATION_LOG_SIGNED_NOTE_H_
#define PERDURA_FEDERATION_LOG_SIGNED_NOTE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/log/note_key.h"

namespace perdura::federation::log {

// One signature of a note. It says nothing until it is verified under a key that the reader trusts.
struct NoteSignature {
  std::string name;    // of the key
  std::string key_id;  // 4 bytes
  std::string bytes;   // 64 for a log's signature, 8 + 64 for a cosignature
  bool operator==(const NoteSignature&) const = default;
};

// A text with signatures below it:
//
//   <text, one or more lines>
//   <empty line>
//   <em dash> <key name> <base64(key id || signature)>
//   ...
//
// Source: c2sp.org/signed-note. We are stricter than that document: at most 16 KiB and 64
// signatures, key names as IsNoteKeyName() wants them, no two signatures of one key, no control or
// bidi characters.
struct SignedNote {
  std::string text;  // ends with LF
  std::vector<NoteSignature> signatures;
};

std::string PrintNote(const SignedNote& note);

// Returns InvalidArgument `malformed` unless PrintNote gives these bytes again.
absl::StatusOr<SignedNote> ParseNote(absl::string_view bytes);

// A signature line with its LF, as a witness answers it.
std::string PrintSignatureLine(const NoteSignature& signature);
// Returns InvalidArgument `malformed` unless PrintSignatureLine gives these bytes again.
absl::StatusOr<NoteSignature> ParseSignatureLine(absl::string_view line);

// The signature whose name and id are those of `key`, not verified; nullptr if there is none.
const NoteSignature* FindSignature(const SignedNote& note, const NoteKey& key);

// Adds a signature, in place of an older one of the same key.
void PutSignature(SignedNote& note, NoteSignature signature);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_SIGNED_NOTE_H_
