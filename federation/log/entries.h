#ifndef PERDURA_FEDERATION_LOG_ENTRIES_H_
#define PERDURA_FEDERATION_LOG_ENTRIES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/canonical_json.h"
#include "base/random_source.h"
#include "federation/log/checkpoint.h"
#include "federation/log/entry.h"

namespace perdura::federation::log {

// The entries that parties write (table in entry.h); a charge has its own, ledger/charge_entry.h.
// Times are microseconds since 1970; hashes are raw bytes and stand in the entry as hex.

// An event of a round: refused, sent, dealt, committed, summed, diagnosed, released,
// burnt. `more`: the
// members of the kind beside `manifest`.
Entry RoundEntry(absl::string_view kind, absl::string_view actor, int64_t at_micros,
                 absl::string_view manifest_hash, base::CanonicalObject more);

Entry CharterEntry(absl::string_view actor, int64_t at_micros, absl::string_view charter_hash,
                   uint64_t version);

// Start of a process: the fresh nonce tells two copies of one database apart. `config_hash`:
// SHA-256 of its settings. `program`: IsName().
Entry StartEntry(absl::string_view actor, int64_t at_micros, absl::string_view program,
                 absl::string_view config_hash, base::RandomSource& random);

// Entry 0 of a generation after a rollback or fork: the newest checkpoint known of the one before.
Entry RestoredEntry(absl::string_view actor, int64_t at_micros, const Checkpoint& before);

// `rebase_id`: SHA-256 of the signed payload.
Entry RebaseEntry(absl::string_view actor, int64_t at_micros, absl::string_view rebase_id);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_ENTRIES_H_
