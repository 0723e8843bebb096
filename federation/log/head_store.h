#ifndef PERDURA_FEDERATION_LOG_HEAD_STORE_H_
#define PERDURA_FEDERATION_LOG_HEAD_STORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation::log {

// The newest checkpoint that a party has accepted of another's log.
struct HeldHead {
  Checkpoint checkpoint;
  std::string note;     // as it came
  bool forked = false;  // two notes that exclude each other are kept: refused until its rebase
};

// Where a party keeps the heads of other parties' logs, one for each origin. A steward's is also
// its memory as a witness, so that it never cosigns behind a head that it has seen elsewhere.
class HeadStore {
 public:
  virtual ~HeadStore() = default;

  virtual absl::StatusOr<std::optional<HeldHead>> Find(absl::string_view origin) = 0;

  // Compare and store: holds `head` from now on if the held size still is `held_size` (0: nothing
  // is held). Durable when it returns OK. Returns Aborted if another head was stored meanwhile.
  virtual absl::Status Replace(uint64_t held_size, const SignedCheckpoint& head) = 0;

  // Keeps two signed notes of one size and different roots as evidence and marks their log as
  // forked, for good. The first pair stays.
  virtual absl::Status KeepFork(const HeldHead& held, const SignedCheckpoint& other) = 0;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_HEAD_STORE_H_
