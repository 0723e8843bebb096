#include "federation/log/signed_note.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::federation::log {
namespace {

constexpr size_t kMaxNoteBytes = 16 << 10;
constexpr size_t kMaxSignatures = 64;
constexpr size_t kNoteKeyIdBytes = 4;
constexpr absl::string_view kEmDash = "\xe2\x80\x94 ";

absl::Status MalformedNote(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("signed note: ", what));
}

bool SameKey(const NoteSignature& a, const NoteSignature& b) {
  return a.name == b.name && a.key_id == b.key_id;
}

bool AllLinesAreText(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  return std::all_of(lines.begin(), lines.end(), [](absl::string_view line) {
    return base::IsStrictUtf8(line, kMaxNoteBytes);
  });
}

absl::StatusOr<std::vector<NoteSignature>> ParseSignatures(absl::string_view block) {
  std::vector<NoteSignature> signatures;
  while (!block.empty()) {
    const size_t end = block.find('\n');
    if (end == absl::string_view::npos) return MalformedNote("no line feed at the end");
    PERDURA_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(block.substr(0, end + 1)));
    const bool repeated =
        std::any_of(signatures.begin(), signatures.end(),
                    [&](const NoteSignature& other) { return SameKey(other, signature); });
    if (repeated) return MalformedNote("two signatures of one key");
    signatures.push_back(std::move(signature));
    block.remove_prefix(end + 1);
  }
  if (signatures.empty() || signatures.size() > kMaxSignatures) {
    return MalformedNote("needs 1 to 64 signatures");
  }
  return signatures;
}

}  // namespace

std::string PrintNote(const SignedNote& note) {
  std::string bytes = absl::StrCat(note.text, "\n");
  for (const NoteSignature& signature : note.signatures) bytes += PrintSignatureLine(signature);
  return bytes;
}

absl::StatusOr<SignedNote> ParseNote(absl::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) return MalformedNote("more than 16 KiB");
  if (!AllLinesAreText(bytes)) return MalformedNote("not plain UTF-8");
  // The text may hold empty lines: the last one ends it.
  const size_t gap = bytes.rfind("\n\n");
  if (gap == absl::string_view::npos) return MalformedNote("no empty line below the text");
  SignedNote note{.text = std::string(bytes.substr(0, gap + 1)), .signatures = {}};
  PERDURA_ASSIGN_OR_RETURN(note.signatures, ParseSignatures(bytes.substr(gap + 2)));
  return note;
}

std::string PrintSignatureLine(const NoteSignature& signature) {
  return absl::StrCat(kEmDash, signature.name, " ",
                      base::Base64Encode(absl::StrCat(signature.key_id, signature.bytes)), "\n");
}

absl::StatusOr<NoteSignature> ParseSignatureLine(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, kEmDash) || !absl::ConsumeSuffix(&line, "\n")) {
    return MalformedNote("a signature line is an em dash, a space, and ends with a line feed");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  if (!IsNoteKeyName(parts.first)) return MalformedNote("a key name that is none of ours");
  const auto decoded = base::Base64Decode(parts.second);
  if (!decoded.ok() || decoded->size() <= kNoteKeyIdBytes) {
    return MalformedNote("a signature is base64 of 4 bytes of key id and what follows");
  }
  return NoteSignature{.name = std::string(parts.first),
                       .key_id = decoded->substr(0, kNoteKeyIdBytes),
                       .bytes = decoded->substr(kNoteKeyIdBytes)};
}

const NoteSignature* FindSignature(const SignedNote& note, const NoteKey& key) {
  const auto found = std::find_if(
      note.signatures.begin(), note.signatures.end(), [&](const NoteSignature& signature) {
        return signature.name == key.name() && signature.key_id == key.id();
      });
  return found == note.signatures.end() ? nullptr : &*found;
}

void PutSignature(SignedNote& note, NoteSignature signature) {
  std::erase_if(note.signatures,
                [&](const NoteSignature& other) { return SameKey(other, signature); });
  note.signatures.push_back(std::move(signature));
}

}  // namespace perdura::federation::log
