#ifndef PERDURA_FEDERATION_LEDGER_REBASE_INSTALL_H_
#define PERDURA_FEDERATION_LEDGER_REBASE_INSTALL_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "federation/charter.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/log/entry.h"
#include "federation/log/merkle_log.h"
#include "federation/rebase.h"

namespace perdura::federation {

// As whom the amounts of a rebase stand that belong to no known question: one attempt of this
// analyst, whose question id is the start of the rebase's id.
inline constexpr absl::string_view kRebaseAnalyst = "rebase";

// A rebase of this party and how its ledger writes charges.
struct RebaseInstall {
  const OpenedRebase& rebase;
  // KnownAttempts as debits; KnownDebits() reads them.
  std::vector<Debit> known;
  // No record may be stamped before it any more: which cuts were answered nobody may know.
  int64_t cut_known_at = 0;
  // Kind of the log's charge entries, and state of the attempts.
  absl::string_view entry_kind;
  absl::string_view state;
  int64_t at_micros = 0;
  // Where set: called for each known question that was charged, with the number of its entry.
  std::function<absl::Status(const Debit& debit, uint64_t seq)> on_charged = {};
};

// The attempts of a file that CheckInstallable() has accepted. Returns InvalidArgument `malformed`
// for one that cannot be read.
absl::StatusOr<std::vector<Debit>> KnownDebits(const v1::RebaseFile& file);

// K of the newest data cut whose K has passed, microseconds; 0 if there is none.
int64_t NewestCutKnownAt(const Charter& charter, int64_t now_micros);

// Charges a party for what its ledger has lost, in the caller's transaction: each known question
// that it does not have, answered or not, then the assumed amounts, whatever the caps say; an entry
// for each charge, `rebase`, and `start` last, whose nonce tells two copies of this database apart.
// `log` is of the rebase's generation. Nothing here lowers a charge.
absl::Status InstallRebase(const base::Transaction& transaction, base::Database& database,
                           log::MerkleLog& log, const RebaseInstall& install,
                           const log::Entry& start);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_REBASE_INSTALL_H_
