#ifndef PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_
#define PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/sign.h"
#include "federation/ledger/rebase_install.h"
#include "federation/log/head_cache.h"
#include "federation/log/merkle_log.h"
#include "federation/log/sqlite_head_store.h"
#include "federation/rebase.h"
#include "federation/witnesses.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// This member's own log and the heads that it holds of others, in registry.db. Every member keeps
// one; under `witness: none` nobody else sees it.
//
//   own note seen elsewhere that is    the log of the next generation begins with `restored`, and
//   ahead or off the path (NC6)        all records go there; nothing is answered
//   rebase of the authority            lost charges, `rebase`, `start`; the generation counts
//
// Thread-compatible; the calls that touch the database take its lock, but for own() and heads(),
// whose users hold it.
class PartyLog final {
 public:
  struct Options {
    SharedDatabase& database;  // registry.db, migrated; must outlive the log, as must the key
    federation::log::LogOrigin origin;  // whatever generation: the newest in the database is opened
    const crypto::SigningKey& key;
  };
  // Errors of MerkleLog::Open, so DataLoss `log_damaged` for a log that is not what was written.
  static absl::StatusOr<std::unique_ptr<PartyLog>> Open(const Options& options);

  const std::string& member() const { return member_; }
  absl::Mutex& mutex() { return database_.mutex; }
  // The same object through all generations.
  federation::log::MerkleLog& own() { return *own_; }
  federation::log::HeadStore& heads() { return heads_; }

  // One entry, durable when it returns.
  absl::Status Record(const federation::log::Entry& entry);
  absl::Status SaveCharter(uint64_t version, const std::string& hash, const std::string& envelope,
                           int64_t at_micros);

  // Signs what is committed (MerkleLog::SignHead).
  absl::StatusOr<federation::log::SignedCheckpoint> SignHead();
  // The newest signed note; empty before the first.
  const std::string& newest_note() const { return newest_note_; }

  // NC6: a checkpoint of this log under its own key, seen elsewhere. Notes of other logs say
  // nothing and are OK. Returns FailedPrecondition `restored` if this database is behind or beside
  // it; from then on for everything, after a restart too, until a rebase.
  absl::Status SeeOwn(const std::string& note, absl::Time now);
  absl::Status CheckNotRestored() const;

  uint64_t generation() const { return origin_.generation; }
  // Of every party that the authority has rebased, this one among them.
  const federation::Generations& generations() const { return generations_; }
  // Another party's rebase: its new log counts, the old one is frozen.
  absl::Status SaveRebase(const federation::OpenedRebase& rebase);
  // This party's own, in one transaction (federation::InstallRebase). `start`: a fresh entry.
  // Returns FailedPrecondition `rebase_old` if a later generation has begun here.
  absl::Status InstallRebase(const federation::RebaseInstall& install,
                             const federation::log::Entry& start);
  // The note of another log that is held; empty if there is none.
  absl::StatusOr<std::string> HeldNote(const std::string& origin);
  // Its size, 0 if nothing is held.
  absl::StatusOr<uint64_t> HeldSize(const std::string& origin);

 private:
  explicit PartyLog(const Options& options);
  absl::StatusOr<federation::log::MerkleLog> Begin(const base::Transaction& transaction,
                                                   uint64_t generation,
                                                   const federation::log::Checkpoint& before,
                                                   int64_t at_micros);
  absl::Status BeginRestored(const federation::log::SignedCheckpoint& seen, absl::Time now);
  void Adopt(uint64_t generation, federation::log::MerkleLog log);

  SharedDatabase& database_;
  const crypto::SigningKey& key_;
  std::string member_;
  federation::log::LogOrigin origin_;
  federation::Generations generations_;
  std::optional<federation::log::MerkleLog> own_;  // set by Open()
  federation::log::SqliteHeadStore stored_heads_;
  federation::log::HeadCache heads_;
  std::string newest_note_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_
