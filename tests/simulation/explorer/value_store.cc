#include "tests/simulation/explorer/value_store.h"

namespace perdura::explorer {
namespace {

using registry_node::CommitRecord;
using registry_node::DealRecord;
using registry_node::SumRecord;

template <typename Map, typename Key>
auto Find(const Map& map, const Key& key) -> std::optional<typename Map::mapped_type> {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::StatusOr<std::optional<DealRecord>> ValueStore::FindDeal(const federation::AttemptId& id) {
  return Find(contents.deals, id);
}

absl::Status ValueStore::LogDeal(const federation::AttemptId& id, absl::string_view manifest_hash,
                                 int64_t /*at_micros*/) {
  if (contents.deals.emplace(id, DealRecord{std::string(manifest_hash), ""}).second) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError("a second deal of an attempt");
}

absl::Status ValueStore::RememberDeal(const federation::AttemptId& id,
                                      absl::string_view manifest_hash) {
  contents.deals.emplace(id, DealRecord{std::string(manifest_hash), ""});
  return absl::OkStatus();
}

absl::Status ValueStore::SaveDeal(absl::string_view manifest_hash, absl::string_view post) {
  for (auto& [id, deal] : contents.deals) {
    if (deal.manifest_hash == manifest_hash) deal.post = std::string(post);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CommitRecord>> ValueStore::FindCommit(
    const federation::AttemptId& id) {
  return Find(contents.commits, id);
}

absl::StatusOr<std::optional<CommitRecord>> ValueStore::FindCommitOf(
    absl::string_view manifest_hash) {
  for (const auto& [id, record] : contents.commits) {
    if (record.manifest_hash == manifest_hash) return record;
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<std::vector<std::string>>> ValueStore::CommittedSets(
    absl::string_view overlap_key) {
  std::vector<std::vector<std::string>> sets;
  for (const auto& [id, record] : contents.commits) {
    if (record.overlap_key == overlap_key) sets.push_back(record.contributors);
  }
  return sets;
}

absl::Status ValueStore::SaveCommit(const CommitRecord& record, int64_t /*at_micros*/) {
  if (crash == Crash::kBeforeCommit) return absl::UnavailableError("crash before the commit");
  if (!loses_commits && !contents.commits.emplace(record.id, record).second) {
    return absl::AlreadyExistsError("a second commit of an attempt");
  }
  if (crash == Crash::kAfterCommit) return absl::UnavailableError("crash after the commit");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SumRecord>> ValueStore::FindPartialSum(
    absl::string_view manifest_hash) {
  return Find(contents.sums, std::string(manifest_hash));
}

absl::Status ValueStore::SavePartialSum(absl::string_view manifest_hash,
                                        absl::string_view /*commit_id*/, const SumRecord& record,
                                        int64_t /*at_micros*/) {
  contents.sums.emplace(std::string(manifest_hash), record);
  return absl::OkStatus();
}

}  // namespace perdura::explorer
