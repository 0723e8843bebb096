#ifndef PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_
#define PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::aggregator {

// The tables of aggregator.db that only the aggregator has: messages, outbox, releases, free
// answers, seal-keys. SqliteRoundStore migrates to them beside the tables of every party. Steps
// that were ever on main never change (tests/support/old_databases).
extern const absl::string_view kRoundSchema;
// Its later steps: the generation of the log that has a reserved entry; the key of its patients.
extern const absl::string_view kGenerationSchema;
extern const absl::string_view kSiblingSchema;

// Gives the entries of a migrated file their keys, which follow from their plans. A crash before it
// is done leaves the rest to the next start. Errors of the database.
absl::Status FillOverlapKeys(base::Database& database);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_
