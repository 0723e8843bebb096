#ifndef PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_
#define PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"

namespace perdura::registry_node {

// application_id of registry.db: "PRRG".
inline constexpr int32_t kRegistryApplicationId = 0x50525247;

// Steps of registry.db: facts and import log; the product list of each patient, filled from the
// facts that are there; responses, measures, transgene, coverage, contracts, contact tries.
// MigrateRegistry (round_schema.h) runs them together with those of ledger and rounds.
extern const absl::string_view kFactSchema;
extern const absl::string_view kProductListSchema;
extern const absl::string_view kFollowUpSchema;

// These steps alone: a store of facts without a ledger beside it.
std::span<const base::Migration> FactMigrations();

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_REGISTRY_SCHEMA_H_
