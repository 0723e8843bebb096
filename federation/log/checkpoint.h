#ifndef PERDURA_FEDERATION_LOG_CHECKPOINT_H_
#define PERDURA_FEDERATION_LOG_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "federation/log/note_key.h"
#include "federation/log/signed_note.h"

namespace perdura::federation::log {

// Which log: `<federation>/<party>/<generation>`. The first two are IsName(); the generation starts
// at 1 and grows by one with each rebase.
struct LogOrigin {
  std::string federation;
  std::string party;
  uint64_t generation = 1;

  std::string ToText() const;
  // Returns InvalidArgument `malformed` unless ToText() gives this text again.
  static absl::StatusOr<LogOrigin> Parse(absl::string_view text);
};

// Largest size of a log that anybody believes in; every store and every program can hold it.
inline constexpr uint64_t kMaxLogSize = uint64_t{1} << 53;

// The state of a log: how many entries, in [1, kMaxLogSize], and the root of their tree. A log
// starts with its first entry, so nobody signs an empty one.
struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  crypto::Digest root;
  bool operator==(const Checkpoint&) const = default;
};

// The text of a checkpoint's note, three lines: origin, size, base64 of the root. No extension
// lines. Source: c2sp.org/tlog-checkpoint.
std::string PrintCheckpoint(const Checkpoint& checkpoint);
// Returns InvalidArgument `malformed` unless PrintCheckpoint gives this text again, the size is in
// its bounds and the origin one of ours.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// A checkpoint and the note that says it.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  SignedNote note;
};

// Signs as the log itself: key type 0x01 under the origin's name. Only MerkleLog does that, after
// its commit: two signed notes of one size and different roots are a fork.
SignedCheckpoint SignCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key);

// Reads a note of the log whose key this is: the key's name is the origin. Returns InvalidArgument
// `malformed`; Unauthenticated `bad_signature` if the note is another log's, or not signed by it.
// Other signatures are kept unread.
absl::StatusOr<SignedCheckpoint> OpenCheckpoint(absl::string_view note, const NoteKey& log_key);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_CHECKPOINT_H_
