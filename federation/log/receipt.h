#ifndef PERDURA_FEDERATION_LOG_RECEIPT_H_
#define PERDURA_FEDERATION_LOG_RECEIPT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/merkle_proof.h"
#include "federation/log/checkpoint.h"
#include "federation/log/cosignature.h"

namespace perdura::federation::log {

// That an entry is in a log, for readers who were not there (`.tlog-proof`):
//
//   c2sp.org/tlog-proof@v1
//   index <number of the entry>
//   <base64 of a hash of the inclusion proof>, one line each, at most 64
//   <empty line>
//   <the checkpoint's note, cosignatures included>
//
// Source: c2sp.org/tlog-proof. The optional `extra` line is refused: nothing signs it.
struct Receipt {
  uint64_t index = 0;
  crypto::MerkleProof proof;
  std::string note;
};

std::string PrintReceipt(const Receipt& receipt);
// The note is not read here. Returns InvalidArgument `malformed` unless PrintReceipt gives these
// bytes again.
absl::StatusOr<Receipt> ParseReceipt(absl::string_view bytes);

// What a receipt proves once it is verified. The caller judges how many cosigners are enough, and
// their times.
struct VerifiedReceipt {
  Checkpoint checkpoint;
  uint64_t index = 0;
  std::vector<Cosignature> cosignatures;
};

// Verifies that `entry` is in the log of `log_key`. Returns InvalidArgument `malformed` or
// `bad_proof`, Unauthenticated `bad_signature` (of the log, or of one of `cosigners`).
absl::StatusOr<VerifiedReceipt> VerifyReceipt(absl::string_view bytes, absl::string_view entry,
                                              const NoteKey& log_key,
                                              std::span<const NoteKey> cosigners);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_RECEIPT_H_
