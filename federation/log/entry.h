#ifndef PERDURA_FEDERATION_LOG_ENTRY_H_
#define PERDURA_FEDERATION_LOG_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/canonical_json.h"

namespace perdura::federation::log {

inline constexpr size_t kMaxEntryBytes = 4096;

// One event in the log of a party: an entry is what the party must not be able to deny later.
// Ids, hashes, words and charges only: never an identity, a token, a count of patients, a share or
// a key. Detail that may have to be erased stays in a table, with SHA-256(salt || detail) here.
//
// As bytes it is one line of canonical JSON (base/canonical_json.h) without LF, at most
// kMaxEntryBytes: the leaf of the tree. Members `seq`, `time`, `kind`, `actor`, and those of the
// kind:
//   reserved, debited   manifest, question, attempt, charge
//   refused, burnt      manifest, reason
//   sent                manifest, contribution
//   dealt               manifest
//   committed, summed   manifest, commit
//   diagnosed           manifest, commit, outcome, suspects
//   released            manifest, commit, release
//   charter             charter, version        rebase     rebase
//   start               nonce, config, program  restored   size, root
//   records, export, backup   detail            approval   manifest, outcome
//   login               outcome                 link       batch
//   dkg, reshare        key, certificate        oprf       key, site, size
// `restored` is entry 0 of a generation and names the newest checkpoint known of the one before.
// No other kind, no other member, none missing: what an old program does not know it refuses.
struct Entry {
  uint64_t seq = 0;   // number in the log, from 0; the log sets it
  uint64_t time = 0;  // microseconds since 1970, own clock
  std::string kind;
  std::string actor;             // IsName(): who caused it, an analyst, a member, an operator
  base::CanonicalObject fields;  // the members of the kind; hashes and nonces in hex

  bool operator==(const Entry&) const = default;
};

// Returns InvalidArgument `malformed`, naming the member, for what the table does not allow.
absl::StatusOr<std::string> PrintEntry(const Entry& entry);

// Returns InvalidArgument `malformed` unless PrintEntry gives these bytes again.
absl::StatusOr<Entry> ParseEntry(absl::string_view line);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_ENTRY_H_
