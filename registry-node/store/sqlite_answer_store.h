#ifndef PERDURA_REGISTRY_NODE_STORE_SQLITE_ANSWER_STORE_H_
#define PERDURA_REGISTRY_NODE_STORE_SQLITE_ANSWER_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "registry-node/answer/answer_store.h"
#include "registry-node/log/party_log.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// AnswerStore over registry.db (ledger, own log) and rounds.db (upload bytes). Takes their locks;
// all must outlive it.
class SqliteAnswerStore final : public AnswerStore {
 public:
  SqliteAnswerStore(SharedDatabase& registry, SharedDatabase& rounds, PartyLog& log)
      : registry_(registry), rounds_(rounds), log_(log) {}

  absl::StatusOr<std::optional<federation::AttemptRecord>> Find(
      const federation::AttemptId& id) override;
  absl::StatusOr<std::optional<federation::AttemptRecord>> FindByManifest(
      absl::string_view manifest_hash) override;
  absl::StatusOr<federation::Reservation> Debit(const federation::Debit& debit) override;
  absl::Status SaveUpload(const federation::Reservation& reservation,
                          absl::string_view post) override;
  absl::StatusOr<std::optional<std::string>> FindUpload(absl::string_view manifest_hash) override;
  absl::Status MarkSent(absl::string_view manifest_hash, absl::string_view contribution_id,
                        int64_t at_micros) override;
  absl::Status SetState(absl::string_view manifest_hash, absl::string_view state,
                        absl::string_view reason) override;
  absl::StatusOr<std::vector<federation::AttemptRecord>> Unfinished() override;
  absl::StatusOr<federation::Reservation> Resume(absl::string_view manifest_hash) override;
  absl::Status LogRefusal(absl::string_view manifest_hash, absl::string_view reason,
                          int64_t at_micros) override;

 private:
  SharedDatabase& registry_;
  SharedDatabase& rounds_;
  PartyLog& log_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_SQLITE_ANSWER_STORE_H_
