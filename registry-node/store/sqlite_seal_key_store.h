#ifndef PERDURA_REGISTRY_NODE_STORE_SQLITE_SEAL_KEY_STORE_H_
#define PERDURA_REGISTRY_NODE_STORE_SQLITE_SEAL_KEY_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "registry-node/keys/seal_key_store.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// SealKeyStore over rounds.db (keys) and registry.db (numbers seen). Takes their locks; both must
// outlive it.
class SqliteSealKeyStore final : public SealKeyStore {
 public:
  SqliteSealKeyStore(SharedDatabase& registry, SharedDatabase& rounds)
      : registry_(registry), rounds_(rounds) {}

  absl::Status Save(const SealKeyRecord& record) override;
  absl::StatusOr<std::optional<SealKeyRecord>> Newest() override;
  absl::StatusOr<std::optional<SealKeyRecord>> Find(absl::string_view id) override;
  absl::Status MarkNamed(absl::string_view id, int64_t until) override;
  absl::StatusOr<std::vector<SealKeyLife>> Lives() override;
  absl::Status Wipe(const std::vector<uint64_t>& numbers) override;
  absl::StatusOr<SealKeySeen> Seen(absl::string_view steward) override;
  absl::Status Remember(absl::string_view steward, const SealKeySeen& seen) override;

 private:
  SharedDatabase& registry_;
  SharedDatabase& rounds_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_SQLITE_SEAL_KEY_STORE_H_
