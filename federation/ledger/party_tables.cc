#include "federation/ledger/party_tables.h"

#include "base/status_macros.h"

namespace perdura::federation {

const absl::string_view kPartySchema = R"sql(
-- Accepted charters; (version, hash) never goes down.
CREATE TABLE charter (
  version INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  envelope BLOB NOT NULL                                    -- as it came
) STRICT;
CREATE TRIGGER charter_stays BEFORE DELETE ON charter BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER charter_fixed BEFORE UPDATE ON charter BEGIN SELECT RAISE(ABORT, 'append-only'); END;
)sql";

absl::Status CharterTable::Add(uint64_t version, absl::string_view hash,
                               absl::string_view envelope) {
  return database_.Execute("INSERT INTO charter (version, hash, envelope) VALUES (?1, ?2, ?3)",
                           {static_cast<int64_t>(version), base::Blob{hash}, base::Blob{envelope}});
}

absl::StatusOr<std::vector<std::string>> CharterTable::Envelopes() {
  PERDURA_ASSIGN_OR_RETURN(base::Statement rows,
                           database_.Prepare("SELECT envelope FROM charter ORDER BY version"));
  std::vector<std::string> envelopes;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return envelopes;
    PERDURA_ASSIGN_OR_RETURN(std::string envelope, rows.BlobAt(0));
    envelopes.push_back(std::move(envelope));
  }
}

const absl::string_view kRebaseSchema = R"sql(
-- Accepted rebases: whose log has gone on in which generation.
CREATE TABLE rebase (
  party TEXT NOT NULL,
  generation INTEGER NOT NULL CHECK (generation > 1),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,                                   -- as it came
  PRIMARY KEY (party, generation)
) STRICT;
CREATE TRIGGER rebase_stays BEFORE DELETE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER rebase_fixed BEFORE UPDATE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
)sql";

absl::Status RebaseTable::Add(absl::string_view party, uint64_t generation, absl::string_view id,
                              absl::string_view envelope) {
  return database_.Execute(
      "INSERT INTO rebase (party, generation, id, envelope) VALUES (?1, ?2, ?3, ?4)",
      {party, static_cast<int64_t>(generation), base::Blob{id}, base::Blob{envelope}});
}

absl::StatusOr<std::map<std::string, RebaseTable::Row>> RebaseTable::Newest() {
  PERDURA_ASSIGN_OR_RETURN(
      base::Statement rows,
      database_.Prepare("SELECT party, generation, id, envelope FROM rebase ORDER BY generation"));
  std::map<std::string, Row> newest;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return newest;
    PERDURA_ASSIGN_OR_RETURN(const std::string party, rows.TextAt(0));
    PERDURA_ASSIGN_OR_RETURN(const int64_t generation, rows.Int64At(1));
    Row& row = newest[party];
    row.generation = static_cast<uint64_t>(generation);
    PERDURA_ASSIGN_OR_RETURN(row.id, rows.BlobAt(2));
    PERDURA_ASSIGN_OR_RETURN(row.envelope, rows.BlobAt(3));
  }
}

}  // namespace perdura::federation
