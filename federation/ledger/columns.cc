#include "federation/ledger/columns.h"

#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace perdura::federation {

absl::StatusOr<AttemptId> ReadAttemptId(const base::Statement& row) {
  AttemptId id;
  PERDURA_ASSIGN_OR_RETURN(id.analyst, row.TextAt(0));
  PERDURA_ASSIGN_OR_RETURN(id.question_id, row.BlobAt(1));
  PERDURA_ASSIGN_OR_RETURN(const int64_t attempt, row.Int64At(2));
  id.attempt = static_cast<uint32_t>(attempt);
  return id;
}

std::vector<std::string> SplitMembers(absl::string_view text) {
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

}  // namespace perdura::federation
