#ifndef PERDURA_REGISTRY_NODE_STORE_PRODUCT_LIST_H_
#define PERDURA_REGISTRY_NODE_STORE_PRODUCT_LIST_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/sqlite/database.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// The products that a patient was ever recorded with, table patient_product of registry.db, for
// good: budgets hang on products, and a patient may ever count for the first M of its list only.
//
// A product enters with the first episode that is recorded with it, in the order of recording;
// those of one append in order of infusion. So a list as known at K is the beginning of every later
// one. Ordering a list by day of infusion throughout would not do: an early infusion that is
// recorded late would push out a product that the patient has counted for, and it would count for
// M + 1. A correction of a product code adds an entry and frees none; a retraction changes nothing.
//
//   recorded                      list        M = 2 counts for
//   A infused day 5               A           A
//   corrected to B                A B         B (A was possible before)
//   corrected to C                A B C       nothing

// Adds what is new in `episodes`, appended at `recorded_at` in the caller's transaction.
absl::Status AddProducts(base::Database& db, const std::vector<NewVersion<EpisodeFact>>& episodes,
                         int64_t recorded_at);

// The lists as known before `known_at_micros`.
absl::StatusOr<ProductLists> ProductsBefore(base::Database& db, int64_t known_at_micros);

// Returns DataLoss unless the table's triggers are there and every product of an asserted episode
// is in its patient's list.
absl::Status VerifyProducts(base::Database& db);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_PRODUCT_LIST_H_
