#ifndef PERDURA_REGISTRY_NODE_STORE_SQLITE_STEWARD_STORE_H_
#define PERDURA_REGISTRY_NODE_STORE_SQLITE_STEWARD_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "registry-node/log/party_log.h"
#include "registry-node/steward/steward_store.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// StewardStore over registry.db (deals made, commits, own log) and rounds.db (bytes). Takes
// their locks; all must outlive it.
class SqliteStewardStore final : public StewardStore {
 public:
  SqliteStewardStore(SharedDatabase& registry, SharedDatabase& rounds, PartyLog& log)
      : registry_(registry), rounds_(rounds), log_(log) {}

  absl::StatusOr<std::optional<DealRecord>> FindDeal(const federation::AttemptId& id) override;
  absl::Status LogDeal(const federation::AttemptId& id, absl::string_view manifest_hash,
                       int64_t at_micros) override;
  absl::Status RememberDeal(const federation::AttemptId& id,
                            absl::string_view manifest_hash) override;
  absl::Status SaveDeal(absl::string_view manifest_hash, absl::string_view post) override;
  absl::StatusOr<std::optional<CommitRecord>> FindCommit(const federation::AttemptId& id) override;
  absl::StatusOr<std::optional<CommitRecord>> FindCommitOf(
      absl::string_view manifest_hash) override;
  absl::StatusOr<std::vector<std::vector<std::string>>> CommittedSets(
      absl::string_view overlap_key) override;
  absl::Status SaveCommit(const CommitRecord& record, int64_t at_micros) override;
  absl::StatusOr<std::optional<SumRecord>> FindPartialSum(absl::string_view manifest_hash) override;
  absl::Status SavePartialSum(absl::string_view manifest_hash, absl::string_view commit_id,
                              const SumRecord& record, int64_t at_micros) override;

 private:
  SharedDatabase& registry_;
  SharedDatabase& rounds_;
  PartyLog& log_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_SQLITE_STEWARD_STORE_H_
