#ifndef PERDURA_FEDERATION_REBASE_H_
#define PERDURA_FEDERATION_REBASE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/charter_chain.h"
#include "federation/witnesses.h"
#include "perdura/v1/envelope.pb.h"
#include "perdura/v1/rebase.pb.h"

namespace perdura::federation {

// Largest `.rebase` file, bytes.
inline constexpr size_t kMaxRebaseFile = size_t{16} << 20;

// A rebase whose signatures and content hold.
struct OpenedRebase {
  v1::Rebase rebase;
  // SHA-256 of the payload.
  std::string id;
  // Serialised envelope, as it came.
  std::string envelope;
};

// Reads what the authority says of a party that was rolled back or forked. `held`: the generations
// accepted so far. The authority answers for the amounts; what is checked is that it said them:
//
//   signed by k distinct authority keys of the charter in force     Unauthenticated `bad_signature`
//   names a charter held, and a party with a log key in the one     FailedPrecondition
//   in force                                                        `charter_mismatch`
//   a later generation than the one held                            FailedPrecondition `rebase_old`
//   checkpoint, if any, signed by the log of the generation         InvalidArgument `malformed`
//   before; `known` sorted hashes; amounts in [1, 2^58]; texts
//   of 1 to 200 bytes
absl::StatusOr<OpenedRebase> OpenRebase(const v1::Envelope& envelope, const CharterChain& chain,
                                        const Generations& held);

// What OpenRebase demands of a rebase by itself: generation in [1, 10^6], texts, `known`, amounts.
// Returns InvalidArgument `malformed` naming the field.
absl::Status CheckRebaseContent(const v1::Rebase& rebase);

// What the party that is rebased checks beyond OpenRebase: that the draft was made under the
// charter in force, since an older one does not name the lines of a newer (FailedPrecondition
// `charter_mismatch`), and that the file brings exactly the attempts that its rebase lists
// (FailedPrecondition `known_missing`).
absl::Status CheckInstallable(const v1::Rebase& rebase, const v1::RebaseFile& file,
                              const Charter& in_force);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_REBASE_H_
