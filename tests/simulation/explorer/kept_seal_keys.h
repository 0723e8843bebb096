#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_KEPT_SEAL_KEYS_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_KEPT_SEAL_KEYS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry-node/keys/seal_key_store.h"

namespace perdura::explorer {

// One seal-key that is made once and never wiped: schedules are short. Tests only: nothing is
// durable.
class KeptSealKeys final : public registry_node::SealKeyStore {
 public:
  absl::Status Save(const registry_node::SealKeyRecord& record) override {
    kept_.push_back(CopyOf(record));
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<registry_node::SealKeyRecord>> Newest() override {
    if (kept_.empty()) return std::nullopt;
    return CopyOf(kept_.back());
  }
  absl::StatusOr<std::optional<registry_node::SealKeyRecord>> Find(absl::string_view id) override {
    for (const registry_node::SealKeyRecord& record : kept_) {
      if (record.id == id) return CopyOf(record);
    }
    return std::nullopt;
  }
  absl::Status MarkNamed(absl::string_view, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<registry_node::SealKeyLife>> Lives() override {
    return std::vector<registry_node::SealKeyLife>();
  }
  absl::Status Wipe(const std::vector<uint64_t>&) override { return absl::OkStatus(); }
  absl::StatusOr<registry_node::SealKeySeen> Seen(absl::string_view steward) override {
    return seen_[std::string(steward)];
  }
  absl::Status Remember(absl::string_view steward,
                        const registry_node::SealKeySeen& seen) override {
    registry_node::SealKeySeen& kept = seen_[std::string(steward)];
    if (seen.number > kept.number) kept = seen;
    return absl::OkStatus();
  }

 private:
  static registry_node::SealKeyRecord CopyOf(const registry_node::SealKeyRecord& record) {
    return {.number = record.number,
            .id = record.id,
            .envelope = record.envelope,
            .private_key = record.private_key.Clone(),
            .not_before = record.not_before,
            .not_after = record.not_after};
  }
  std::vector<registry_node::SealKeyRecord> kept_;
  std::map<std::string, registry_node::SealKeySeen> seen_;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_KEPT_SEAL_KEYS_H_
