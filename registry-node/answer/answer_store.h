#ifndef PERDURA_REGISTRY_NODE_ANSWER_ANSWER_STORE_H_
#define PERDURA_REGISTRY_NODE_ANSWER_ANSWER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/ledger/charge_ledger.h"

namespace perdura::registry_node {

// States of an attempt at a node:
//   debited -> packed -> receipted
//   debited, packed -> lost: it ended, could not be packed, or its bytes are gone with rounds.db
inline constexpr absl::string_view kDebited = "debited";
inline constexpr absl::string_view kPacked = "packed";
inline constexpr absl::string_view kReceipted = "receipted";
inline constexpr absl::string_view kLost = "lost";

// What a node must keep of the questions it answers. Everything is durable when a call returns.
// Thread-compatible.
class AnswerStore {
 public:
  virtual ~AnswerStore() = default;

  virtual absl::StatusOr<std::optional<federation::AttemptRecord>> Find(
      const federation::AttemptId& id) = 0;
  virtual absl::StatusOr<std::optional<federation::AttemptRecord>> FindByManifest(
      absl::string_view manifest_hash) = 0;

  // NC20, NC23, NC24: attempt, lines and log entry in one transaction. Errors of
  // ChargeLedger::Write.
  virtual absl::StatusOr<federation::Reservation> Debit(const federation::Debit& debit) = 0;

  // Keeps the sealed upload, then marks the attempt packed; a retry sends these bytes and never
  // others.
  virtual absl::Status SaveUpload(const federation::Reservation& reservation,
                                  absl::string_view post) = 0;
  // The stored bytes; nullopt if there are none.
  virtual absl::StatusOr<std::optional<std::string>> FindUpload(
      absl::string_view manifest_hash) = 0;

  // The upload has reached the aggregator: state receipted and the log entry `sent`, in one
  // transaction. No second entry where it is receipted already.
  virtual absl::Status MarkSent(absl::string_view manifest_hash, absl::string_view contribution_id,
                                int64_t at_micros) = 0;
  virtual absl::Status SetState(absl::string_view manifest_hash, absl::string_view state,
                                absl::string_view reason) = 0;
  // Attempts in state debited or packed, oldest first.
  virtual absl::StatusOr<std::vector<federation::AttemptRecord>> Unfinished() = 0;
  // A charge that stands, for going on after a restart in state debited.
  virtual absl::StatusOr<federation::Reservation> Resume(absl::string_view manifest_hash) = 0;

  virtual absl::Status LogRefusal(absl::string_view manifest_hash, absl::string_view reason,
                                  int64_t at_micros) = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_ANSWER_STORE_H_
