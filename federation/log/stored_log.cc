#include "federation/log/stored_log.h"

#include "base/sqlite/one_row.h"
#include "base/status_macros.h"
#include "crypto/merkle.h"
#include "federation/log/receipt.h"

namespace perdura::federation::log {
namespace {

using base::Statement;

int64_t Bound(uint64_t number) { return static_cast<int64_t>(number); }

}  // namespace

absl::StatusOr<std::string> StoredLog::EntryAt(uint64_t seq) const {
  PERDURA_ASSIGN_OR_RETURN(
      const Statement row,
      base::OneRow(*database_, "SELECT line FROM log_entry WHERE log = ?1 AND seq = ?2",
                   {id_, Bound(seq)}, "log: no such entry"));
  return row.TextAt(0);
}

absl::StatusOr<std::string> StoredLog::NoteAt(uint64_t size) const {
  PERDURA_ASSIGN_OR_RETURN(
      const Statement row,
      base::OneRow(*database_, "SELECT note FROM log_checkpoint WHERE log = ?1 AND size = ?2",
                   {id_, Bound(size)}, "log: no signed checkpoint of this size"));
  return row.TextAt(0);
}

absl::StatusOr<std::vector<uint64_t>> StoredLog::SignedSizes(int limit) const {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_->Prepare(
          "SELECT size FROM log_checkpoint WHERE log = ?1 ORDER BY size DESC LIMIT ?2"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({id_, limit}));
  std::vector<uint64_t> sizes;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return sizes;
    PERDURA_ASSIGN_OR_RETURN(const int64_t size, rows.Int64At(0));
    sizes.push_back(static_cast<uint64_t>(size));
  }
}

absl::StatusOr<std::string> StoredLog::ReceiptOf(uint64_t seq, uint64_t size) {
  Receipt receipt{.index = seq, .proof = {}, .note = ""};
  PERDURA_ASSIGN_OR_RETURN(receipt.note, NoteAt(size));
  PERDURA_ASSIGN_OR_RETURN(receipt.proof, crypto::InclusionProof(seq, size, *this));
  return PrintReceipt(receipt);
}

absl::StatusOr<crypto::Digest> StoredLog::SubtreeHash(int level, uint64_t index) {
  if (level == 0) {
    PERDURA_ASSIGN_OR_RETURN(const std::string line, EntryAt(index));
    return crypto::LeafHash(line);
  }
  const uint64_t last = ((index + 1) << level) - 1;
  PERDURA_ASSIGN_OR_RETURN(
      const Statement row,
      base::OneRow(*database_,
                   "SELECT hash FROM log_subtree WHERE log = ?1 AND last = ?2 AND level = ?3",
                   {id_, Bound(last), level}, "log: no such subtree"));
  return row.BlobAt(0);
}

}  // namespace perdura::federation::log
