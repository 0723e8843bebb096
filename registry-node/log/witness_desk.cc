#include "registry-node/log/witness_desk.h"

#include <utility>

#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "federation/log/witness.h"
#include "federation/witnesses.h"

namespace perdura::registry_node {
namespace {

namespace log = federation::log;

// Whose log a note claims to be of, and its size; empty and 0 if it cannot be read.
std::pair<std::string, uint64_t> ClaimOf(const std::string& note) {
  const auto parsed = log::ParseNote(note);
  if (!parsed.ok()) return {};
  const auto checkpoint = log::ParseCheckpoint(parsed->text);
  if (!checkpoint.ok()) return {};
  const auto origin = log::LogOrigin::Parse(checkpoint->origin);
  if (!origin.ok()) return {};
  return {origin->party, checkpoint->size};
}

}  // namespace

absl::StatusOr<v1::WitnessAnswer> WitnessDesk::Answer(const v1::WitnessRequest& request,
                                                      const federation::Charter& charter,
                                                      absl::Time now) {
  absl::MutexLock lock(&log_.mutex());
  PERDURA_ASSIGN_OR_RETURN(log::Witness witness,
                           log::Witness::Create({.store = log_.heads(),
                                                 .name = federation::WitnessName(
                                                     charter.proto().federation(), log_.member()),
                                                 .key = key_}));
  const log::WitnessRequest asked{.note = request.note(),
                                  .old_size = request.old_size(),
                                  .proof = {request.proof().begin(), request.proof().end()}};
  v1::WitnessAnswer answer;
  const auto [party, size] = ClaimOf(asked.note);
  answer.set_party(party);
  const auto line =
      witness.AddCheckpoint(asked, federation::LogKeysOf(charter, log_.generations()), now);
  if (line.ok()) {
    answer.set_cosignature(*line);
    heads_.Remember(party, size, request.earlier());
    return answer;
  }
  if (base::IsStorageFailure(line.status())) return line.status();
  const std::string reason = base::ReasonOf(base::AsRefusal(line.status()));
  if (absl::IsDataLoss(line.status())) {
    base::LogError("witness.ledger_fork", {{"party", answer.party()}});
  }
  answer.set_reason(reason);
  answer.set_held_note(log::HeldNoteOf(line.status()));
  return answer;
}

}  // namespace perdura::registry_node
