#ifndef PERDURA_FEDERATION_LOG_COSIGNATURE_H_
#define PERDURA_FEDERATION_LOG_COSIGNATURE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crypto/sign.h"
#include "federation/log/note_key.h"
#include "federation/log/signed_note.h"

namespace perdura::federation::log {

// A cosignature says: at this time, this was the largest tree of that log that I had seen, and it
// extends all that I had seen before. Source: c2sp.org/tlog-cosignature, type 0x04. It does not
// cover the cosigner's name, hence one key has one name.

// What is signed: "cosignature/v1" LF "time <unix seconds>" LF, then the note's text.
std::string CosignedMessage(absl::string_view text, uint64_t unix_seconds);

// Signs `text` as `name` at `now`, in whole seconds, not before 1970. Witness does that after its
// store.
NoteSignature Cosign(absl::string_view text, absl::string_view name, const crypto::SigningKey& key,
                     absl::Time now);

// A verified one.
struct Cosignature {
  std::string cosigner;  // name of its key
  absl::Time at;
};

// The time of a signature by `cosigner` on `text`. Returns Unauthenticated `bad_signature` if it is
// by another key or does not verify.
absl::StatusOr<absl::Time> VerifyCosignature(absl::string_view text, const NoteSignature& signature,
                                             const NoteKey& cosigner);

// Those of `cosigners` that signed the note, in their order. Each public key counts once, whatever
// its names; signatures of unknown keys are skipped. Returns Unauthenticated `bad_signature` if one
// of a known key does not verify: such a note is refused whole.
absl::StatusOr<std::vector<Cosignature>> VerifiedCosignatures(const SignedNote& note,
                                                              std::span<const NoteKey> cosigners);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_COSIGNATURE_H_
