#ifndef PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_
#define PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_

#include "absl/status/status.h"
#include "base/sqlite/database.h"

namespace perdura::registry_node {

// A step that has been in the program is never edited: files of that day have run it. What is to
// change is a further step. Files of every earlier version are brought to the newest.

// Number of the newest step of registry.db.
inline constexpr int kRegistrySteps = 6;

// registry.db: the fact tables (registry_schema.h), then ledger, charters, log and signed commits.
absl::Status MigrateRegistry(base::Database& database);

// rounds.db: seal keys, uploads, deals, partial sums. In no backup.
absl::Status MigrateRounds(base::Database& database);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_
