#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_STORE_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_STORE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "registry-node/store/fact_rows.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// One line of the import log, written in the transaction of its facts.
struct ImportEntry {
  std::string id;             // 32 hex characters
  std::string source_system;  // name of the system that the record numbers belong to
  std::string files_hash;     // SHA-256 over names and contents, 32 bytes
  int64_t added = 0;
  int64_t changed = 0;
  int64_t same = 0;
};

// The append-only, bitemporal facts of registry.db: when it happened is in the row, when this node
// learned it is `recorded_at`.
//
// recorded_at, microseconds UTC, is the same for all rows of one Append and
//   max(clock, newest stored + 1, K of the newest debited cut + 1),
// so it never runs backwards when the clock does, and no row enters a cut that was answered.
// Nothing is updated or deleted: triggers abort it, on every connection (trap DB5). Thread-safe:
// each call holds the mutex of the shared database for one transaction.
class FactStore final {
 public:
  struct Options {
    // registry.db with the steps of registry_schema.h applied. Must outlive the store.
    SharedDatabase& database;
    const base::Clock& clock;
    // K in microseconds UTC of the newest cut that this node was debited for, 0 if none. Called
    // inside the transaction, with the mutex of `database` held: it must not lock it again. Must be
    // set.
    std::function<absl::StatusOr<int64_t>()> newest_debited_cut_micros;
  };

  explicit FactStore(Options options);

  // Appends every version of `batch`, the products that are new to a patient, and the log line, in
  // one transaction; durable when it returns
  // OK, without a trace otherwise. `actor`: staff account or import id. Returns the recorded_at
  // that the rows carry. AlreadyExists where a version exists, FailedPrecondition where versions
  // are not dense or a column breaks its constraint.
  absl::StatusOr<int64_t> AppendImport(const FactBatch& batch, const ImportEntry& entry);
  absl::StatusOr<int64_t> Append(const FactBatch& batch, absl::string_view actor);

  // As known at K: for each record the highest version with recorded_at < K. Retracted records are
  // absent. Consents are as of now, whatever K: a
  // withdrawal takes a patient out of every later contribution. Product lists are as known at K.
  // One transaction, so all tables show one moment. Order: arrival of the first version.
  absl::StatusOr<FactSet> KnownAt(int64_t known_at_micros);

  // The newest version of every record of every table, retracted ones included and marked.
  absl::StatusOr<FactSet> Newest();

  // Checks what triggers cannot: that the triggers of every fact table are there, that versions are
  // dense and recorded_at never runs back, that every product of an episode is in its patient's
  // list. Returns DataLoss naming the table. For start-up.
  absl::Status Verify();

 private:
  absl::StatusOr<int64_t> AppendLocked(const FactBatch& batch, absl::string_view actor,
                                       const ImportEntry* entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(options_.database.mutex);
  absl::StatusOr<int64_t> NextRecordedAt() ABSL_EXCLUSIVE_LOCKS_REQUIRED(options_.database.mutex);
  absl::StatusOr<int64_t> NewestRecordedAt() ABSL_EXCLUSIVE_LOCKS_REQUIRED(options_.database.mutex);

  Options options_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_STORE_H_
