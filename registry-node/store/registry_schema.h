#ifndef PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_
#define PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::registry_node {

// application_id of registry.db: "PRRG".
inline constexpr int32_t kRegistryApplicationId = 0x50525247;

// The fact tables, each append-only by trigger. Order of references.
inline constexpr absl::string_view kFactTables[] = {"patient",  "consent", "condition", "episode",
                                                    "infusion", "visit",   "event"};

// Schema of registry.db, for base::ApplyMigrations. 1 = facts and import log; 2 = ledger and
// rounds.
std::span<const base::Migration> RegistryMigrations();

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_
