#include "federation/log/checkpoint.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::federation::log {
namespace {

absl::Status MalformedCheckpoint(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("checkpoint: ", what));
}

absl::Status NotSigned(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kUnauthenticated, "bad_signature",
                      absl::StrCat("checkpoint: ", why));
}

}  // namespace

std::string LogOrigin::ToText() const {
  return absl::StrCat(federation, "/", party, "/", generation);
}

absl::StatusOr<LogOrigin> LogOrigin::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() != 3 || !base::IsName(parts[0]) || !base::IsName(parts[1])) {
    return MalformedCheckpoint("the origin is <federation>/<party>/<generation>");
  }
  const auto generation = base::ParseDecimal(parts[2]);
  if (!generation.ok() || *generation == 0) {
    return MalformedCheckpoint("the generation of the origin is an integer from 1");
  }
  return LogOrigin{.federation = std::string(parts[0]),
                   .party = std::string(parts[1]),
                   .generation = *generation};
}

std::string PrintCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      base::Base64Encode(checkpoint.root), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 4 || !lines[3].empty()) return MalformedCheckpoint("needs three lines");
  PERDURA_RETURN_IF_ERROR(LogOrigin::Parse(lines[0]).status());
  const auto size = base::ParseDecimal(lines[1]);
  if (!size.ok() || *size == 0 || *size > kMaxLogSize) {
    return MalformedCheckpoint("the size is an integer from 1 to 2^53");
  }
  const auto root = base::Base64Decode(lines[2]);
  if (!root.ok() || root->size() != crypto::kDigestSize) {
    return MalformedCheckpoint("the root is base64 of 32 bytes");
  }
  return Checkpoint{.origin = std::string(lines[0]), .size = *size, .root = *root};
}

SignedCheckpoint SignCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key) {
  const auto key =
      NoteKey::Create(checkpoint.origin, NoteKeyType::kCheckpoint, log_key.public_key());
  PERDURA_CHECK(key.ok());
  SignedCheckpoint made{.checkpoint = checkpoint,
                        .note = {.text = PrintCheckpoint(checkpoint), .signatures = {}}};
  made.note.signatures.push_back(
      {.name = key->name(), .key_id = key->id(), .bytes = log_key.Sign(made.note.text)});
  return made;
}

absl::StatusOr<SignedCheckpoint> OpenCheckpoint(absl::string_view note, const NoteKey& log_key) {
  SignedCheckpoint opened;
  PERDURA_ASSIGN_OR_RETURN(opened.note, ParseNote(note));
  PERDURA_ASSIGN_OR_RETURN(opened.checkpoint, ParseCheckpoint(opened.note.text));
  if (opened.checkpoint.origin != log_key.name()) return NotSigned("it is another log's");
  const NoteSignature* const signature = FindSignature(opened.note, log_key);
  if (signature == nullptr) return NotSigned("the log itself has not signed it");
  if (!crypto::Verify(log_key.public_key(), opened.note.text, signature->bytes)) {
    return NotSigned("the signature of the log is wrong");
  }
  return opened;
}

}  // namespace perdura::federation::log
