#include "aggregator/ledger/round_schema.h"

#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "federation/plan_fields.h"

namespace perdura::aggregator {

const absl::string_view kRoundSchema = R"sql(
-- What a round received and decided, in order.
CREATE TABLE round_message (
  seq INTEGER PRIMARY KEY,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  kind INTEGER NOT NULL,                                    -- MessageKind
  sender TEXT NOT NULL,                                     -- member, or empty for own decisions
  bytes BLOB NOT NULL,
  UNIQUE (manifest_hash, kind, sender)
) STRICT;
-- Where the log has the charge of an attempt.
CREATE TABLE reserved_entry (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  seq INTEGER NOT NULL                                      -- in log_entry
) STRICT, WITHOUT ROWID;
-- Items that wait for members. Numbers never repeat.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  manifest_hash BLOB NOT NULL,
  item BLOB NOT NULL                                        -- serialised, without its number
) STRICT;
CREATE INDEX outbox_by_recipient ON outbox (recipient, number);
CREATE INDEX outbox_by_round ON outbox (manifest_hash);
-- Noised tables, for good. The bundle is what every answer repeats.
CREATE TABLE release (
  id BLOB PRIMARY KEY CHECK (length(id) = 32),              -- SHA-256 of the release payload
  seq INTEGER NOT NULL UNIQUE,
  manifest_hash BLOB NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  plan_hash BLOB NOT NULL,
  overlap_key TEXT NOT NULL,
  contributors TEXT NOT NULL,                               -- members, sorted, comma-separated
  bundle BLOB NOT NULL,
  answered_at INTEGER NOT NULL                              -- microseconds
) STRICT;
CREATE INDEX release_by_plan ON release (plan_hash, seq);
CREATE INDEX release_by_overlap ON release (overlap_key);
CREATE TRIGGER release_stays BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER release_fixed BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- Questions that a stored release answered.
CREATE TABLE free_answer (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL CHECK (length(question) = 16),
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  ask_hash BLOB NOT NULL CHECK (length(ask_hash) = 32),
  release_id BLOB NOT NULL REFERENCES release (id),
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
CREATE TRIGGER free_answer_stays BEFORE DELETE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER free_answer_fixed BEFORE UPDATE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- Seal-keys of the stewards, as they came.
CREATE TABLE seal_key (
  member TEXT NOT NULL,
  number INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
  envelope BLOB NOT NULL,
  PRIMARY KEY (member, number)
) STRICT;
)sql";

// Generations of the own log came later.
const absl::string_view kGenerationSchema = R"sql(
ALTER TABLE reserved_entry ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;  -- of the log that has the entry
)sql";

// Releases list the attempts of the same patients. Some files of the versions before have the key
// already, so the table is made anew from what all files have; the key follows (FillOverlapKeys).
const absl::string_view kSiblingSchema = R"sql(
-- Where the log has the charge of an attempt.
CREATE TABLE new_reserved_entry (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  seq INTEGER NOT NULL,                                     -- in log_entry
  overlap_key TEXT NOT NULL,                                -- cut, endpoint, scope, products, cohort
  generation INTEGER NOT NULL                               -- of the log that has the entry
) STRICT, WITHOUT ROWID;
INSERT INTO new_reserved_entry (manifest_hash, seq, overlap_key, generation)
SELECT manifest_hash, seq, '', generation FROM reserved_entry;
DROP TABLE reserved_entry;
ALTER TABLE new_reserved_entry RENAME TO reserved_entry;
CREATE INDEX reserved_entry_by_overlap ON reserved_entry (overlap_key, seq);
DROP INDEX IF EXISTS release_by_plan;  -- no query uses it
)sql";

absl::Status FillOverlapKeys(base::Database& database) {
  std::vector<std::pair<std::string, std::string>> plans;  // by manifest hash
  {
    PERDURA_ASSIGN_OR_RETURN(base::Statement rows,
                             database.Prepare("SELECT manifest_hash, plan FROM reserved_entry"
                                              " JOIN attempt USING (manifest_hash)"
                                              " WHERE overlap_key = ''"));
    for (;;) {
      PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) break;
      auto& [manifest_hash, plan] = plans.emplace_back();
      PERDURA_ASSIGN_OR_RETURN(manifest_hash, rows.BlobAt(0));
      PERDURA_ASSIGN_OR_RETURN(plan, rows.TextAt(1));
    }
  }
  for (const auto& [manifest_hash, plan] : plans) {
    const std::string key = federation::OverlapKeyOfPlan(plan);
    if (key.empty()) continue;  // a canary round has none
    PERDURA_RETURN_IF_ERROR(
        database.Execute("UPDATE reserved_entry SET overlap_key = ?2 WHERE manifest_hash = ?1",
                         {base::Blob{manifest_hash}, key}));
  }
  return absl::OkStatus();
}

}  // namespace perdura::aggregator
