#include "federation/log/head_cache.h"

#include "base/status_macros.h"

namespace perdura::federation::log {

absl::StatusOr<std::optional<HeldHead>> HeadCache::Find(absl::string_view origin) {
  const auto found = known_.find(origin);
  if (found != known_.end()) return found->second;
  PERDURA_ASSIGN_OR_RETURN(const std::optional<HeldHead> held, store_.Find(origin));
  known_.emplace(std::string(origin), held);
  return held;
}

absl::Status HeadCache::Replace(uint64_t held_size, const SignedCheckpoint& head) {
  PERDURA_RETURN_IF_ERROR(store_.Replace(held_size, head));
  known_[head.checkpoint.origin] =
      HeldHead{.checkpoint = head.checkpoint, .note = PrintNote(head.note)};
  return absl::OkStatus();
}

absl::Status HeadCache::KeepFork(const HeldHead& held, const SignedCheckpoint& other) {
  PERDURA_RETURN_IF_ERROR(store_.KeepFork(held, other));
  known_.erase(held.checkpoint.origin);
  return absl::OkStatus();
}

}  // namespace perdura::federation::log
