#ifndef PERDURA_FEDERATION_LOG_STORED_LOG_H_
#define PERDURA_FEDERATION_LOG_STORED_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/sqlite/database.h"
#include "crypto/merkle_proof.h"

namespace perdura::federation::log {

// What the tables of kLogSchema hold of one log, read only: of a party's own log (MerkleLog) or of
// a copy of it. Nothing is verified here. Thread-compatible; `database` must outlive it.
class StoredLog final : public crypto::SubtreeSource {
 public:
  // `id`: of its row in table log.
  StoredLog(base::Database& database, int64_t id) : database_(&database), id_(id) {}

  // Returns NotFound beyond the end.
  absl::StatusOr<std::string> EntryAt(uint64_t seq) const;
  // The signed note of this size with its cosignatures. Returns NotFound if it was never signed.
  absl::StatusOr<std::string> NoteAt(uint64_t size) const;
  // Sizes of the newest signed ones, largest first, at most `limit`.
  absl::StatusOr<std::vector<uint64_t>> SignedSizes(int limit) const;
  // The `.tlog-proof` of entry `seq` under the signed checkpoint of `size` entries. Returns
  // NotFound if that was never signed, InvalidArgument unless seq < size.
  absl::StatusOr<std::string> ReceiptOf(uint64_t seq, uint64_t size);

  absl::StatusOr<crypto::Digest> SubtreeHash(int level, uint64_t index) override;

  int64_t id() const { return id_; }

 private:
  base::Database* database_;
  int64_t id_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_STORED_LOG_H_
