#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_VALUE_STORE_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_VALUE_STORE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry-node/steward/steward_store.h"

namespace perdura::explorer {

// A steward's store whose contents are a value: a rollback is an assignment. Tests only: nothing is
// durable.
class ValueStore final : public registry_node::StewardStore {
 public:
  struct Contents {
    std::map<federation::AttemptId, registry_node::DealRecord> deals;
    std::map<federation::AttemptId, registry_node::CommitRecord> commits;
    std::map<std::string, registry_node::SumRecord> sums;
  };
  // The process dies in the next SaveCommit: the caller sees an error.
  enum class Crash { kNone, kBeforeCommit, kAfterCommit };

  Contents contents;
  Crash crash = Crash::kNone;
  // A broken store, which the explorer must find: commits are acknowledged and lost.
  bool loses_commits = false;

  absl::StatusOr<std::optional<registry_node::DealRecord>> FindDeal(
      const federation::AttemptId& id) override;
  absl::Status LogDeal(const federation::AttemptId& id, absl::string_view manifest_hash,
                       int64_t at_micros) override;
  absl::Status RememberDeal(const federation::AttemptId& id,
                            absl::string_view manifest_hash) override;
  absl::Status SaveDeal(absl::string_view manifest_hash, absl::string_view post) override;
  absl::StatusOr<std::optional<registry_node::CommitRecord>> FindCommit(
      const federation::AttemptId& id) override;
  absl::StatusOr<std::optional<registry_node::CommitRecord>> FindCommitOf(
      absl::string_view manifest_hash) override;
  absl::StatusOr<std::vector<std::vector<std::string>>> CommittedSets(
      absl::string_view overlap_key) override;
  absl::Status SaveCommit(const registry_node::CommitRecord& record, int64_t at_micros) override;
  absl::StatusOr<std::optional<registry_node::SumRecord>> FindPartialSum(
      absl::string_view manifest_hash) override;
  absl::Status SavePartialSum(absl::string_view manifest_hash, absl::string_view commit_id,
                              const registry_node::SumRecord& record, int64_t at_micros) override;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_VALUE_STORE_H_
