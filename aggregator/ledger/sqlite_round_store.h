#ifndef PERDURA_AGGREGATOR_LEDGER_SQLITE_ROUND_STORE_H_
#define PERDURA_AGGREGATOR_LEDGER_SQLITE_ROUND_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/ledger/round_store.h"
#include "base/sqlite/database.h"
#include "crypto/sign.h"
#include "federation/log/sqlite_head_store.h"

namespace perdura::aggregator {

// RoundStore over one database, aggregator.db. Not thread-safe: the desk's lock guards it.
class SqliteRoundStore final : public RoundStore {
 public:
  struct Options {
    // These must outlive the store.
    base::Database& database;
    const crypto::SigningKey& log_key;
    // Of the aggregator's own log; the newest generation in the database is opened.
    federation::log::LogOrigin origin;
  };
  // Migrates the database and verifies the log in it. Errors of MerkleLog::Open.
  static absl::StatusOr<std::unique_ptr<SqliteRoundStore>> Create(const Options& options);

  absl::StatusOr<federation::Reservation> Reserve(const federation::Debit& debit,
                                                  const RoundUpdate& first) override;
  absl::Status CheckCaps(const federation::ChargeOrigin& origin,
                         const std::vector<federation::CappedLine>& lines) override;
  absl::Status Apply(absl::string_view manifest_hash, const RoundUpdate& update,
                     int64_t at_micros) override;
  absl::StatusOr<std::vector<StoredMessage>> Messages(absl::string_view manifest_hash) override;
  absl::StatusOr<std::optional<federation::AttemptRecord>> Find(
      const federation::AttemptId& id) override;
  absl::StatusOr<std::optional<federation::AttemptRecord>> FindByManifest(
      absl::string_view manifest_hash) override;
  absl::StatusOr<std::vector<federation::AttemptRecord>> Attempts(absl::string_view analyst,
                                                                  int limit) override;
  absl::StatusOr<std::vector<federation::AttemptRecord>> Unfinished() override;
  absl::StatusOr<uint64_t> Spent(const federation::ChargeLine& line) override;
  absl::StatusOr<uint64_t> LifetimeSpent(v1::Compartment compartment,
                                         absl::string_view product) override;
  absl::StatusOr<federation::LineUse> UseOf(const federation::ChargeOrigin& origin,
                                            const federation::CappedLine& line) override;
  absl::StatusOr<bool> IsCharged(absl::string_view plan_hash) override;
  absl::StatusOr<std::optional<StoredRelease>> ReleaseById(absl::string_view id) override;
  absl::StatusOr<std::optional<StoredRelease>> ReleaseOfManifest(
      absl::string_view manifest_hash) override;
  absl::Status SaveFreeAnswer(const FreeAnswer& answer) override;
  absl::StatusOr<std::optional<FreeAnswer>> FindFreeAnswer(
      const federation::AttemptId& id) override;
  absl::StatusOr<std::vector<StoredRelease>> Releases(int limit) override;
  absl::StatusOr<std::vector<StoredRelease>> ReleasesOf(absl::string_view overlap_key) override;
  absl::StatusOr<std::vector<std::vector<std::string>>> ReleasedSets(
      absl::string_view overlap_key) override;
  absl::StatusOr<std::vector<v1::Item>> ItemsAfter(absl::string_view recipient, uint64_t cursor,
                                                   size_t max_bytes) override;
  absl::Status Acknowledge(absl::string_view recipient, uint64_t cursor) override;
  absl::Status SaveSealKey(absl::string_view member, uint64_t number, absl::string_view id,
                           absl::string_view envelope) override;
  absl::StatusOr<std::optional<std::string>> NewestSealKey(absl::string_view member) override;
  absl::StatusOr<std::optional<std::string>> SealKeyById(absl::string_view id) override;
  federation::log::MerkleLog& log() override { return *log_; }
  federation::log::HeadStore& heads() override { return heads_; }
  const federation::Generations& generations() const override { return generations_; }
  uint64_t log_generation() const override { return origin_.generation; }
  absl::Status BeginGeneration(const federation::log::SignedCheckpoint& seen,
                               int64_t at_micros) override;
  absl::Status SaveRebase(const federation::OpenedRebase& rebase) override;
  absl::Status InstallRebase(const federation::RebaseInstall& install,
                             const federation::log::Entry& start) override;
  absl::StatusOr<std::vector<std::string>> Rebases() override;
  absl::StatusOr<std::optional<uint64_t>> ReservedEntry(absl::string_view manifest_hash) override;
  absl::StatusOr<std::vector<ReservedAttempt>> ReservedAttempts(
      absl::string_view overlap_key) override;
  absl::Status LogStart(const federation::log::Entry& start) override;
  absl::Status SaveCharter(uint64_t version, absl::string_view hash, absl::string_view envelope,
                           int64_t at_micros) override;
  absl::StatusOr<std::vector<std::string>> Charters() override;

 private:
  explicit SqliteRoundStore(const Options& options)
      : database_(options.database),
        log_key_(options.log_key),
        party_(options.origin.party),
        origin_(options.origin),
        heads_(options.database) {}
  absl::Status OpenLog();
  absl::StatusOr<federation::log::MerkleLog> Begin(const base::Transaction& transaction,
                                                   uint64_t generation,
                                                   const federation::log::Checkpoint& before,
                                                   int64_t at_micros);
  void Adopt(uint64_t generation, federation::log::MerkleLog log);
  absl::Status SkipItemNumbers(uint64_t generation);
  absl::Status ListLost(const base::Transaction& transaction, federation::log::MerkleLog& log,
                        const federation::Debit& debit, uint64_t seq, uint64_t generation,
                        int64_t at_micros);
  // The writes of one step, inside the caller's transaction.
  absl::Status Write(const base::Transaction& transaction, absl::string_view manifest_hash,
                     const RoundUpdate& update, int64_t at_micros);
  absl::Status WriteReserved(const base::Transaction& transaction, const federation::Debit& debit);
  absl::Status WriteReservedEntry(const federation::Debit& debit, uint64_t seq,
                                  uint64_t generation);
  absl::Status WriteEnd(const base::Transaction& transaction, absl::string_view manifest_hash,
                        const RoundUpdate& update, int64_t at_micros);
  absl::Status WriteDiagnosis(const base::Transaction& transaction, absl::string_view manifest_hash,
                              const RoundUpdate& update, int64_t at_micros);
  absl::Status WriteItem(absl::string_view manifest_hash, const OutgoingItem& outgoing);
  absl::Status WriteRelease(const StoredRelease& release);
  absl::StatusOr<std::optional<StoredRelease>> OneRelease(absl::string_view where,
                                                          absl::string_view key);

  base::Database& database_;
  const crypto::SigningKey& log_key_;
  std::string party_;
  federation::log::LogOrigin origin_;
  federation::Generations generations_;
  federation::log::SqliteHeadStore heads_;
  std::optional<federation::log::MerkleLog> log_;  // set by Create()
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_LEDGER_SQLITE_ROUND_STORE_H_
