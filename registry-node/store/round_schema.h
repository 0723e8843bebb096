#ifndef PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_
#define PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::registry_node {

// Ledger, charters, log and signed commits: a migration of registry.db.
std::string RegistryRoundSchema();

// rounds.db: seal keys, uploads, deals, partial sums. In no backup.
absl::Status MigrateRounds(base::Database& database);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_ROUND_SCHEMA_H_
