#include "federation/audit/newest_checkpoints.h"

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

absl::Status AddOne(const std::string& note, const Charter& charter, NewestCheckpoints& newest) {
  PERDURA_ASSIGN_OR_RETURN(const log::SignedNote parsed, log::ParseNote(note));
  PERDURA_ASSIGN_OR_RETURN(const log::Checkpoint claimed, log::ParseCheckpoint(parsed.text));
  PERDURA_ASSIGN_OR_RETURN(const log::LogOrigin origin, log::LogOrigin::Parse(claimed.origin));
  const auto key = LogKeyOf(charter, origin);
  if (!key.ok()) return absl::OkStatus();
  auto seen = log::OpenCheckpoint(note, *key);
  if (!seen.ok()) return absl::OkStatus();
  const auto known = newest.find(origin.party);
  if (known == newest.end()) {
    newest.emplace(origin.party, *std::move(seen));
    return absl::OkStatus();
  }
  const log::Checkpoint& held = known->second.checkpoint;
  if (held.origin == claimed.origin && held.size == claimed.size && held.root != claimed.root) {
    return base::Refuse(
        absl::StatusCode::kDataLoss, "ledger_fork",
        absl::StrCat(claimed.origin, " has signed two histories of ", claimed.size, " entries"));
  }
  PERDURA_ASSIGN_OR_RETURN(const log::LogOrigin held_origin, log::LogOrigin::Parse(held.origin));
  if (std::tie(origin.generation, claimed.size) > std::tie(held_origin.generation, held.size)) {
    known->second = *std::move(seen);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddNewestCheckpoints(LogCopy& copy, NewestCheckpoints& newest) {
  const Charter& charter = *copy.chain().current();
  if (!copy.checkpoints().empty()) {
    PERDURA_RETURN_IF_ERROR(
        AddOne(PrintNote(copy.checkpoints().front().head.note), charter, newest));
  }
  PERDURA_ASSIGN_OR_RETURN(base::Statement rows,
                           copy.database().Prepare("SELECT note FROM held_head"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const std::string note, rows.TextAt(0));
    PERDURA_RETURN_IF_ERROR(AddOne(note, charter, newest));
  }
}

}  // namespace perdura::federation
