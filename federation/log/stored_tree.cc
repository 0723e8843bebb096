#include "federation/log/stored_tree.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/merkle.h"

namespace perdura::federation::log {
namespace {

using base::Statement;

absl::StatusOr<Statement> RowsOf(base::Database& database, absl::string_view sql, int64_t id) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database.Prepare(sql));
  PERDURA_RETURN_IF_ERROR(rows.Bind({id}));
  return rows;
}

// The next row of log_subtree, (last, level, hash), must be this one.
absl::Status CheckSubtreeRow(Statement& rows, int64_t last, const crypto::Subtree& subtree) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return LogDamaged("a hash of the tree is missing");
  PERDURA_ASSIGN_OR_RETURN(const int64_t stored_last, rows.Int64At(0));
  PERDURA_ASSIGN_OR_RETURN(const int64_t stored_level, rows.Int64At(1));
  PERDURA_ASSIGN_OR_RETURN(const std::string stored_hash, rows.BlobAt(2));
  if (stored_last != last || stored_level != subtree.level || stored_hash != subtree.hash) {
    return LogDamaged(absl::StrCat("a hash of the tree at entry ", last, " is another one"));
  }
  return absl::OkStatus();
}

// Appends the entry of the row (seq, line) to `tree`; its hashes must be those of `subtrees`.
absl::Status AppendRow(const Statement& row, Statement& subtrees, crypto::Frontier& tree) {
  PERDURA_ASSIGN_OR_RETURN(const int64_t seq, row.Int64At(0));
  PERDURA_ASSIGN_OR_RETURN(const std::string line, row.TextAt(1));
  if (static_cast<uint64_t>(seq) != tree.size()) {
    return LogDamaged(absl::StrCat("entry ", tree.size(), " is missing"));
  }
  for (const crypto::Subtree& subtree : tree.Append(crypto::LeafHash(line))) {
    if (subtree.level > 0) PERDURA_RETURN_IF_ERROR(CheckSubtreeRow(subtrees, seq, subtree));
  }
  return absl::OkStatus();
}

absl::Status CheckStoredState(base::Database& database, int64_t id, const crypto::Frontier& tree) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement row, RowsOf(database, "SELECT size, root, frontier FROM log WHERE id = ?1", id));
  PERDURA_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return LogDamaged("its state is missing");
  PERDURA_ASSIGN_OR_RETURN(const int64_t size, row.Int64At(0));
  PERDURA_ASSIGN_OR_RETURN(const std::string root, row.BlobAt(1));
  PERDURA_ASSIGN_OR_RETURN(const std::string frontier, row.BlobAt(2));
  if (static_cast<uint64_t>(size) != tree.size()) {
    return LogDamaged(absl::StrCat("it has ", tree.size(), " entries and had ", size));
  }
  if (root != tree.Root() || frontier != tree.Bytes()) {
    return LogDamaged("its entries do not give the stored root");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LogDamaged(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kDataLoss, "log_damaged", absl::StrCat("own log: ", what));
}

absl::Status VerifyStoredTree(base::Database& database, int64_t id,
                              const std::optional<Checkpoint>& newest_signed) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement entries,
      RowsOf(database, "SELECT seq, line FROM log_entry WHERE log = ?1 ORDER BY seq", id));
  PERDURA_ASSIGN_OR_RETURN(
      Statement subtrees,
      RowsOf(database,
             "SELECT last, level, hash FROM log_subtree WHERE log = ?1 ORDER BY last, level", id));
  crypto::Frontier tree;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, entries.Step());
    if (!more) break;
    PERDURA_RETURN_IF_ERROR(AppendRow(entries, subtrees, tree));
    if (newest_signed.has_value() && newest_signed->size == tree.size() &&
        newest_signed->root != tree.Root()) {
      return LogDamaged("its entries do not give the root of the newest signed checkpoint");
    }
  }
  PERDURA_ASSIGN_OR_RETURN(const bool too_many, subtrees.Step());
  if (too_many) return LogDamaged("it holds hashes beyond its entries");
  if (newest_signed.has_value() && newest_signed->size > tree.size()) {
    return LogDamaged("it is shorter than the newest signed checkpoint");
  }
  return CheckStoredState(database, id, tree);
}

absl::Status CheckExtends(const Checkpoint& signed_before, const Checkpoint& state,
                          crypto::SubtreeSource& source) {
  const auto proof = crypto::ConsistencyProof(signed_before.size, state.size, source);
  if (!proof.ok() || !crypto::VerifyConsistency(signed_before.size, signed_before.root, state.size,
                                                state.root, *proof)) {
    return LogDamaged("its state does not extend the newest signed checkpoint");
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation::log
