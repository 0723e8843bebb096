#include "federation/charter_checkpoints.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

absl::Status BadCheckpoints(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "bad_committee",
                      absl::StrCat("charter: checkpoints: ", what));
}

bool SameStewards(const v1::Committee& a, const v1::Committee& b) {
  return std::equal(a.stewards().begin(), a.stewards().end(), b.stewards().begin(),
                    b.stewards().end());
}

absl::StatusOr<log::SignedCheckpoint> ReadCheckpoint(const std::string& text) {
  log::SignedCheckpoint read;
  PERDURA_ASSIGN_OR_RETURN(read.note, log::ParseNote(text));
  PERDURA_ASSIGN_OR_RETURN(read.checkpoint, log::ParseCheckpoint(read.note.text));
  return read;
}

// Whose it is, once it is shown to be of that party's log.
absl::StatusOr<std::string> SignerOf(const std::string& text, const Charter& before) {
  const auto read = ReadCheckpoint(text);
  if (!read.ok()) return BadCheckpoints("one is no signed note of a log");
  PERDURA_ASSIGN_OR_RETURN(log::LogOrigin origin, log::LogOrigin::Parse(read->checkpoint.origin));
  const auto key = LogKeyOf(before, origin);
  if (!key.ok()) {
    return BadCheckpoints(
        absl::StrCat(read->checkpoint.origin, " is no log of the charter before"));
  }
  if (!log::OpenCheckpoint(text, *key).ok()) {
    return BadCheckpoints(
        absl::StrCat("that of ", origin.party, " is not signed by its log in the charter before"));
  }
  return std::move(origin.party);
}

std::vector<std::string> PartiesInBoth(const Charter& before, const Charter& after) {
  std::vector<std::string> parties;
  const auto add = [&](const std::string& party) {
    if (LogKeyOf(before, party, {}).ok()) parties.push_back(party);
  };
  add(after.proto().aggregator().id());
  for (const v1::Member& member : after.proto().members()) add(member.id());
  return parties;
}

}  // namespace

absl::Status CheckCheckpoints(const Charter& before, const Charter& after) {
  std::set<std::string> brought;
  for (const std::string& text : after.proto().checkpoints()) {
    PERDURA_ASSIGN_OR_RETURN(const std::string party, SignerOf(text, before));
    if (!brought.insert(party).second) {
      return BadCheckpoints(absl::StrCat("two of ", party));
    }
  }
  if (!before.requires_witness() || !after.requires_witness() ||
      SameStewards(before.proto().committee(), after.proto().committee())) {
    return absl::OkStatus();
  }
  for (const std::string& party : PartiesInBoth(before, after)) {
    if (brought.contains(party)) continue;
    return BadCheckpoints(absl::StrCat("the committee changes, and that of ", party,
                                       " is missing; see `perdura charter checkpoints`"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<log::SignedCheckpoint>> CheckpointsOf(const Charter& charter) {
  std::vector<log::SignedCheckpoint> checkpoints;
  for (const std::string& text : charter.proto().checkpoints()) {
    PERDURA_ASSIGN_OR_RETURN(checkpoints.emplace_back(), ReadCheckpoint(text));
  }
  return checkpoints;
}

}  // namespace perdura::federation
