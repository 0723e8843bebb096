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

}  // namespace perdura::federation
