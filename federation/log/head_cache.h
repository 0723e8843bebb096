#ifndef PERDURA_FEDERATION_LOG_HEAD_CACHE_H_
#define PERDURA_FEDERATION_LOG_HEAD_CACHE_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "federation/log/head_store.h"

namespace perdura::federation::log {

// A HeadStore that remembers what it has read: every poll reports the held heads. Writes go
// through. The only writer of `store`, which must outlive it. Thread-compatible.
class HeadCache final : public HeadStore {
 public:
  explicit HeadCache(HeadStore& store) : store_(store) {}

  absl::StatusOr<std::optional<HeldHead>> Find(absl::string_view origin) override;
  absl::Status Replace(uint64_t held_size, const SignedCheckpoint& head) override;
  absl::Status KeepFork(const HeldHead& held, const SignedCheckpoint& other) override;

 private:
  HeadStore& store_;
  std::map<std::string, std::optional<HeldHead>, std::less<>> known_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_HEAD_CACHE_H_
