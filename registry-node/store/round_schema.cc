#include "registry-node/store/round_schema.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/merkle_log.h"
#include "federation/log/sqlite_head_store.h"
#include "registry-node/store/registry_schema.h"

namespace perdura::registry_node {
namespace {

constexpr int32_t kRoundsApplicationId = 0x50445232;  // "PDR2"

constexpr absl::string_view kStewardSchema = R"sql(
-- Deals that were made: one for each attempt, for good. The bytes are in rounds.db.
CREATE TABLE deal (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL UNIQUE CHECK (length(manifest_hash) = 32),
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
-- Commits that this steward signed: one for each attempt, for good.
CREATE TABLE signed_commit (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL,
  commit_id BLOB NOT NULL CHECK (length(commit_id) = 32),
  overlap_key TEXT NOT NULL,                                -- cut, endpoint, scope, products, cohort
  contributors TEXT NOT NULL,                               -- members, sorted, comma-separated
  post BLOB NOT NULL,                                       -- the signed message as it was sent
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
CREATE INDEX signed_commit_by_overlap ON signed_commit (overlap_key);
-- Largest seal-key number seen of each steward.
CREATE TABLE seal_key_seen (steward TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
CREATE TRIGGER deal_stays BEFORE DELETE ON deal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER deal_fixed BEFORE UPDATE ON deal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER signed_commit_stays BEFORE DELETE ON signed_commit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER signed_commit_fixed BEFORE UPDATE ON signed_commit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
)sql";

constexpr absl::string_view kRoundsSchema = R"sql(
CREATE TABLE seal_key (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,
  private_key BLOB NOT NULL CHECK (length(private_key) = 32),
  not_after INTEGER NOT NULL                                -- microseconds
) STRICT;
-- Messages as they are sent, kept for retries. role: 1 upload of a node, 2 deal of a steward.
CREATE TABLE contribution (
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  role INTEGER NOT NULL CHECK (role IN (1, 2)),
  post BLOB NOT NULL,
  PRIMARY KEY (manifest_hash, role)
) STRICT;
CREATE TABLE partial_sum (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  post BLOB NOT NULL
) STRICT;
)sql";

// The check values of a sum, as they are sent after `bad_sum`.
constexpr absl::string_view kDiagnosisSchema =
    "ALTER TABLE partial_sum ADD COLUMN diagnosis BLOB NOT NULL DEFAULT x''";

// Seal-keys are renewed: a number has a moment, a key has a life. Some files of the versions before
// have these columns already, so both tables are made anew from what all files have. Unknown values
// fall on the careful side: no key older than the largest number is allowed, and a private half is
// kept as long as it may be.
constexpr absl::string_view kSeenSinceSchema = R"sql(
-- Largest seal-key number seen of each steward; of this one itself, the largest it ever made.
CREATE TABLE new_seal_key_seen (
  steward TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  since INTEGER NOT NULL      -- earliest opened_at of a manifest that named it, or 2^63 - 1
) STRICT;
INSERT INTO new_seal_key_seen (steward, number, since) SELECT steward, number, 0 FROM seal_key_seen;
DROP TABLE seal_key_seen;
ALTER TABLE new_seal_key_seen RENAME TO seal_key_seen;
)sql";
constexpr absl::string_view kSealKeyLifeSchema = R"sql(
-- Private halves of this steward's seal-keys: nowhere else, in no backup, wiped by the keeper.
CREATE TABLE new_seal_key (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,
  private_key BLOB NOT NULL CHECK (length(private_key) = 32),
  not_before INTEGER NOT NULL,                              -- microseconds
  not_after INTEGER NOT NULL,
  named_until INTEGER NOT NULL DEFAULT 0                    -- end of the last round that names it
) STRICT;
INSERT INTO new_seal_key (number, id, envelope, private_key, not_before, not_after, named_until)
SELECT number, id, envelope, private_key, 0, not_after, not_after FROM seal_key;
DROP TABLE seal_key;
ALTER TABLE new_seal_key RENAME TO seal_key;
)sql";

}  // namespace

absl::Status MigrateRegistry(base::Database& database) {
  const std::string rounds =
      absl::StrCat(federation::kPartySchema, federation::kChargeLedgerSchema,
                   federation::log::kLogSchema, federation::log::kHeadSchema, kStewardSchema);
  const std::string budgets = absl::StrCat(federation::kChargePurposeSchema, kProductListSchema);
  const std::array<base::Migration, kRegistrySteps> migrations = {
      base::Migration{1, kFactSchema},      base::Migration{2, rounds},
      base::Migration{3, budgets},          base::Migration{4, federation::kRebaseSchema},
      base::Migration{5, kSeenSinceSchema}, base::Migration{6, kFollowUpSchema}};
  return base::ApplyMigrations(database, kRegistryApplicationId, migrations);
}

absl::Status MigrateRounds(base::Database& database) {
  const std::array<base::Migration, 3> migrations = {base::Migration{1, kRoundsSchema},
                                                     base::Migration{2, kDiagnosisSchema},
                                                     base::Migration{3, kSealKeyLifeSchema}};
  return base::ApplyMigrations(database, kRoundsApplicationId, migrations);
}

}  // namespace perdura::registry_node
