#ifndef PERDURA_FEDERATION_LOG_STORED_TREE_H_
#define PERDURA_FEDERATION_LOG_STORED_TREE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "crypto/merkle_proof.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation::log {

// Internal to MerkleLog: is what the database holds still what was written?

// DataLoss `log_damaged`.
absl::Status LogDamaged(absl::string_view what);

// Recomputes the tree of log `id` (its row in table log) from its entries and compares it with
// every stored hash, with the stored size, root and frontier, and with the newest signed
// checkpoint. Returns LogDamaged naming the first difference.
absl::Status VerifyStoredTree(base::Database& database, int64_t id,
                              const std::optional<Checkpoint>& newest_signed);

// Returns LogDamaged unless `state` extends `signed_before`, shown from the hashes of `source`.
absl::Status CheckExtends(const Checkpoint& signed_before, const Checkpoint& state,
                          crypto::SubtreeSource& source);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_STORED_TREE_H_
