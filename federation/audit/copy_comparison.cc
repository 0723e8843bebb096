#include "federation/audit/copy_comparison.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/log/sqlite_head_store.h"

namespace perdura::federation {
namespace {

absl::Status CompareTwo(LogCopy& holder, LogCopy& copy, AuditReport& report) {
  const std::string origin = copy.origin().ToText();
  if (holder.origin().ToText() == origin) {
    if (holder.size() > copy.size() || holder.size() == 0) return absl::OkStatus();
    log::Checkpoint end{.origin = origin, .size = holder.size(), .root = ""};
    PERDURA_ASSIGN_OR_RETURN(end.root, crypto::RootAt(end.size, holder.log()));
    return CompareCheckpoint("another copy", end, copy, report);
  }
  PERDURA_ASSIGN_OR_RETURN(const auto held, log::SqliteHeadStore(holder.database()).Find(origin));
  if (!held.has_value()) return absl::OkStatus();
  if (held->forked) {
    report.Problem(absl::StrCat(holder.party(), " holds two signed checkpoints of ", origin,
                                " with one size and different roots"));
  }
  return CompareCheckpoint(holder.party(), held->checkpoint, copy, report);
}

}  // namespace

absl::Status CompareCheckpoint(const std::string& holder, const log::Checkpoint& shown,
                               LogCopy& copy, AuditReport& report) {
  const std::string what =
      absl::StrCat(holder, ": checkpoint of ", shown.size, " entries of ", copy.origin().ToText());
  if (shown.size > copy.size()) {
    report.Note(absl::StrCat(what, "; the copy has ", copy.size(),
                             ": it was taken earlier, or the log was rolled back"));
    return absl::OkStatus();
  }
  PERDURA_ASSIGN_OR_RETURN(const crypto::Digest root, crypto::RootAt(shown.size, copy.log()));
  if (root == shown.root) {
    report.Note(absl::StrCat(what, " lies on the copy"));
  } else {
    report.Problem(absl::StrCat(what, " is not on the copy: two histories"));
  }
  return absl::OkStatus();
}

absl::Status CompareCopies(const std::vector<std::unique_ptr<LogCopy>>& copies,
                           AuditReport& report) {
  for (const auto& holder : copies) {
    for (const auto& copy : copies) {
      if (holder == copy) continue;
      PERDURA_RETURN_IF_ERROR(CompareTwo(*holder, *copy, report));
    }
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
