#ifndef PERDURA_FEDERATION_LEDGER_REBASE_DRAFT_H_
#define PERDURA_FEDERATION_LEDGER_REBASE_DRAFT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/sqlite/database.h"
#include "perdura/v1/rebase.pb.h"

namespace perdura::federation {

// What the operator of a rolled-back party tells the authority.
struct RebaseDraftOptions {
  // Of other parties' ledgers (KnownAttemptsIn): for a node the aggregator's, for the aggregator
  // its nodes'.
  std::vector<v1::KnownAttempts> known;
  // The operator vouches that `known` has every question since the backup. Otherwise the rest of
  // every line is assumed to be spent, up to the largest cap that any charter held gave it.
  bool gap_is_known = false;
  std::string reason;
  std::string operator_name;
  // 0: the one that this database has begun, or the one after its newest.
  uint64_t generation = 0;
};

// The questions of a ledger, from a party's database: signed manifests with their charges, public
// to every member. Rebases in it are left out.
absl::StatusOr<v1::KnownAttempts> KnownAttemptsIn(base::Database& database);

// A draft, without signatures, for the party whose database this is: generation, newest known
// checkpoint, the attempts that its ledger does not have, and the amounts to assume. After it is
// installed, no line of the ledger is below what the party had spent, provided that the gap is
// known or assumed and that the charter in force at installation is the newest in this database
// (CheckInstallable). Returns FailedPrecondition if the database holds no charter, `rebase_old`
// where the generation is not above the one that is authorised, and the errors of
// CheckRebaseContent.
absl::StatusOr<v1::RebaseFile> DraftRebase(base::Database& database,
                                           const RebaseDraftOptions& options);

// The same on a copied file, read-only. Errors of Database::Open as well.
absl::StatusOr<v1::KnownAttempts> KnownAttemptsInFile(const std::string& path);
absl::StatusOr<v1::RebaseFile> DraftRebaseOfFile(const std::string& path,
                                                 const RebaseDraftOptions& options);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_REBASE_DRAFT_H_
