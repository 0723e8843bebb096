#ifndef PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_
#define PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/sign.h"
#include "federation/log/head_cache.h"
#include "federation/log/merkle_log.h"
#include "federation/log/sqlite_head_store.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// This member's own log and the heads that it holds of others, in registry.db. Every member keeps
// one; under `witness: none` nobody else sees it. Thread-compatible; the calls that touch the
// database take its lock, but for own() and heads(), whose users hold it.
class PartyLog final {
 public:
  struct Options {
    SharedDatabase& database;  // registry.db, migrated; must outlive the log, as must the key
    federation::log::LogOrigin origin;
    const crypto::SigningKey& key;
  };
  // Errors of MerkleLog::Open, so DataLoss `log_damaged` for a log that is not what was written.
  static absl::StatusOr<std::unique_ptr<PartyLog>> Open(const Options& options);

  const std::string& member() const { return member_; }
  absl::Mutex& mutex() { return database_.mutex; }
  federation::log::MerkleLog& own() { return own_; }
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
  // it; from then on for everything, until a rebase: this process answers nothing more.
  absl::Status SeeOwn(const std::string& note);
  absl::Status CheckNotRestored() const;
  // The note of another log that is held; empty if there is none.
  absl::StatusOr<std::string> HeldNote(const std::string& origin);
  // Its size, 0 if nothing is held.
  absl::StatusOr<uint64_t> HeldSize(const std::string& origin);

 private:
  PartyLog(const Options& options, federation::log::MerkleLog own);

  SharedDatabase& database_;
  std::string member_;
  federation::log::MerkleLog own_;
  federation::log::SqliteHeadStore stored_heads_;
  federation::log::HeadCache heads_;
  std::string newest_note_;
  bool restored_ = false;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_PARTY_LOG_H_
