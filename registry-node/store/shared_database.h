#ifndef PERDURA_REGISTRY_NODE_STORE_SHARED_DATABASE_H_
#define PERDURA_REGISTRY_NODE_STORE_SHARED_DATABASE_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/sqlite/database.h"

namespace perdura::registry_node {

// One file of the node, its only read-write connection (trap DB1) and the one lock that all stores
// over it share. Hold `mutex` for a whole transaction, and for as long as a Statement is on loan.
// Made in main(); every store keeps a reference, so it must outlive them.
struct SharedDatabase {
  // `opened` must not be null.
  explicit SharedDatabase(std::unique_ptr<base::Database> opened) : db(std::move(opened)) {}

  absl::Mutex mutex;
  const std::unique_ptr<base::Database> db ABSL_PT_GUARDED_BY(mutex);
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_SHARED_DATABASE_H_
