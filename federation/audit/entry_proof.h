#ifndef PERDURA_FEDERATION_AUDIT_ENTRY_PROOF_H_
#define PERDURA_FEDERATION_AUDIT_ENTRY_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/audit/log_copy.h"

namespace perdura::federation {

// What a party's copied log proves to somebody who has no more than the verifier keys. All proofs
// end in a signed checkpoint of the copy: of those that cover what is to be shown the one with the
// most cosignatures, the newest of equals.

struct EntryProof {
  std::string entry;    // the line, without LF: the leaf of the tree
  std::string receipt;  // .tlog-proof
  uint64_t size = 0;    // of the checkpoint
  int cosignatures = 0;
};
// Returns NotFound where no checkpoint of the copy covers entry `seq`.
absl::StatusOr<EntryProof> ProveEntry(LogCopy& copy, uint64_t seq);

// Numbers of the entries that name a manifest, ascending. Returns NotFound if there is none.
absl::StatusOr<std::vector<uint64_t>> EntriesOfManifest(LogCopy& copy,
                                                        absl::string_view manifest_hash);

// That the first `from` entries are a prefix of a later checkpoint, as text:
//
//   perdura-log-growth/1
//   from <size> <base64 of the root>
//   <base64 of a hash of the consistency proof (RFC 6962, 2.1.2)>, one line each
//   <empty line>
//   <the later checkpoint's note, cosignatures included>
//
// The reader compares the root with the one that it holds itself. Returns InvalidArgument for size
// 0, NotFound where no checkpoint of the copy is as large as `from`.
absl::StatusOr<std::string> ProveGrowth(LogCopy& copy, uint64_t from);

// The verifier keys of the log, then of the stewards in the charter in force, one a line in the
// form of NoteKey::ToText(). Returns NotFound for a log without a key.
absl::StatusOr<std::string> VerifierKeys(const LogCopy& copy);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_ENTRY_PROOF_H_
