#ifndef PERDURA_FEDERATION_LOG_COSIGNING_H_
#define PERDURA_FEDERATION_LOG_COSIGNING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/log/merkle_log.h"
#include "federation/log/note_key.h"
#include "federation/log/witness.h"

namespace perdura::federation::log {

// What a witness says to a request: a signature line, or a refusal with the note that it holds.
struct WitnessAnswer {
  std::string cosignature;
  std::string reason;
  std::string held_note;  // empty: it holds nothing, or did not say
};

// The log's side of witness.h: gathers cosignatures on one checkpoint of an own log after another.
//
//   Begin(head)                 the checkpoint to be cosigned from now on
//   RequestTo(i) -> witness i   from the size that it is known to hold, 0 at first
//   OnAnswer(i, answer)         keeps the cosignature, or learns the size and asks again from there
//   count() >= needed           the caller's rule
//
// Thread-compatible, under the lock of the log's database; `log` must outlive it.
class Cosigning final {
 public:
  Cosigning(MerkleLog& log, std::vector<NoteKey> witnesses);

  // Cosignatures that the note already has are counted. Returns Unauthenticated `bad_signature` if
  // one of them does not verify.
  absl::Status Begin(const SignedCheckpoint& head);

  // What to send to a witness; nothing before Begin(), or once it has cosigned. Returns the log's
  // errors.
  absl::StatusOr<std::optional<WitnessRequest>> RequestTo(size_t witness);

  // True where the witness is worth asking again at once: what it holds is known now. Answers that
  // fit nothing are ignored. Returns FailedPrecondition `restored` if it holds a note of this log
  // that is ahead of this log or off its path; the log's errors.
  absl::StatusOr<bool> OnAnswer(size_t witness, const WitnessAnswer& answer);

  // The size that this log's newest note has at a witness, which said so by other ways.
  void SetHeld(size_t witness, uint64_t size) { states_[witness].held = size; }

  size_t witnesses() const { return states_.size(); }
  // Cosignatures on the checkpoint of the last Begin().
  int count() const;
  // Size of that checkpoint; 0 before Begin().
  uint64_t size() const { return head_.checkpoint.size; }

 private:
  struct State {
    NoteKey key;
    uint64_t held = 0;
    bool has_signed = false;
  };
  absl::Status TakeCosignature(State& state, const std::string& line);
  absl::StatusOr<bool> TakeHeldNote(State& state, const std::string& note);

  MerkleLog& log_;
  std::vector<State> states_;
  SignedCheckpoint head_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_COSIGNING_H_
