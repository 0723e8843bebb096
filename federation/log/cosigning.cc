#include "federation/log/cosigning.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/log/cosignature.h"
#include "federation/log/head_keeper.h"

namespace perdura::federation::log {

Cosigning::Cosigning(MerkleLog& log, std::vector<NoteKey> witnesses) : log_(log) {
  for (NoteKey& key : witnesses) states_.push_back({.key = std::move(key)});
}

absl::Status Cosigning::Begin(const SignedCheckpoint& head) {
  for (State& state : states_) {
    const std::vector<NoteKey> one = {state.key};
    PERDURA_ASSIGN_OR_RETURN(const auto found, VerifiedCosignatures(head.note, one));
    state.has_signed = !found.empty();
    if (state.has_signed) state.held = head.checkpoint.size;
  }
  head_ = head;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<WitnessRequest>> Cosigning::RequestTo(size_t witness) {
  const State& state = states_[witness];
  if (size() == 0 || state.has_signed || state.held > size()) return std::nullopt;
  WitnessRequest request{.note = PrintNote(head_.note), .old_size = state.held, .proof = {}};
  if (state.held > 0) {
    PERDURA_ASSIGN_OR_RETURN(request.proof, crypto::ConsistencyProof(state.held, size(), log_));
  }
  return request;
}

absl::StatusOr<bool> Cosigning::OnAnswer(size_t witness, const WitnessAnswer& answer) {
  State& state = states_[witness];
  if (size() == 0 || state.has_signed) return false;
  if (!answer.held_note.empty()) return TakeHeldNote(state, answer.held_note);
  if (answer.cosignature.empty()) return false;
  PERDURA_RETURN_IF_ERROR(TakeCosignature(state, answer.cosignature));
  return false;
}

absl::Status Cosigning::TakeCosignature(State& state, const std::string& line) {
  const auto signature = ParseSignatureLine(line);
  if (!signature.ok()) return absl::OkStatus();
  // An answer to an earlier checkpoint, or a lie: it does not verify on this one.
  if (!VerifyCosignature(head_.note.text, *signature, state.key).ok()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(log_.AddCosignature(size(), *signature, state.key));
  state.has_signed = true;
  state.held = size();
  return absl::OkStatus();
}

absl::StatusOr<bool> Cosigning::TakeHeldNote(State& state, const std::string& note) {
  const auto held = OpenCheckpoint(note, log_.note_key());
  if (!held.ok()) return false;  // only a note that this log has signed counts
  PERDURA_ASSIGN_OR_RETURN(const uint64_t own_size, log_.Size());
  PERDURA_RETURN_IF_ERROR(CheckOwnHead(held->checkpoint, own_size, log_));
  const bool is_news = held->checkpoint.size != state.held;
  state.held = held->checkpoint.size;
  return is_news;
}

int Cosigning::count() const {
  return static_cast<int>(std::count_if(states_.begin(), states_.end(),
                                        [](const State& state) { return state.has_signed; }));
}

}  // namespace perdura::federation::log
