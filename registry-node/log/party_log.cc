#include "registry-node/log/party_log.h"

#include <utility>

#include "absl/time/time.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/entries.h"
#include "federation/log/head_keeper.h"

namespace perdura::registry_node {

using federation::log::MerkleLog;
using federation::log::SignedCheckpoint;

PartyLog::PartyLog(const Options& options, MerkleLog own)
    : database_(options.database),
      member_(options.origin.party),
      own_(std::move(own)),
      stored_heads_(*options.database.db),
      heads_(stored_heads_) {}

absl::StatusOr<std::unique_ptr<PartyLog>> PartyLog::Open(const Options& options) {
  absl::MutexLock lock(&options.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(MerkleLog own,
                           MerkleLog::Open({*options.database.db, options.origin, options.key}));
  std::unique_ptr<PartyLog> log(new PartyLog(options, std::move(own)));
  PERDURA_ASSIGN_OR_RETURN(const auto newest, log->own_.NewestSigned());
  if (newest.has_value()) log->newest_note_ = PrintNote(newest->note);
  return log;
}

absl::Status PartyLog::Record(const federation::log::Entry& entry) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  PERDURA_RETURN_IF_ERROR(own_.Append(transaction, entry).status());
  return transaction.Commit();
}

absl::Status PartyLog::SaveCharter(uint64_t version, const std::string& hash,
                                   const std::string& envelope, int64_t at_micros) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  PERDURA_RETURN_IF_ERROR(federation::CharterTable(*database_.db).Add(version, hash, envelope));
  PERDURA_RETURN_IF_ERROR(
      own_.Append(transaction, federation::log::CharterEntry(member_, at_micros, hash, version))
          .status());
  return transaction.Commit();
}

absl::StatusOr<SignedCheckpoint> PartyLog::SignHead() {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(SignedCheckpoint head, own_.SignHead());
  newest_note_ = PrintNote(head.note);
  return head;
}

absl::Status PartyLog::SeeOwn(const std::string& note) {
  PERDURA_RETURN_IF_ERROR(CheckNotRestored());
  const auto seen = federation::log::OpenCheckpoint(note, own_.note_key());
  if (!seen.ok()) return absl::OkStatus();
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(const uint64_t size, own_.Size());
  const absl::Status status = CheckOwnHead(seen->checkpoint, size, own_);
  if (base::ReasonOf(status) == "restored") {
    base::LogError("log.restored", {{"seen", seen->checkpoint.size}, {"own", size}});
    restored_ = true;
  }
  return status;
}

absl::Status PartyLog::CheckNotRestored() const {
  if (!restored_) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "restored",
                      "own log: a newer one of this party was seen elsewhere; it needs a rebase");
}

absl::StatusOr<std::string> PartyLog::HeldNote(const std::string& origin) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(const auto held, heads_.Find(origin));
  return held.has_value() ? held->note : std::string();
}

absl::StatusOr<uint64_t> PartyLog::HeldSize(const std::string& origin) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(const auto held, heads_.Find(origin));
  return held.has_value() ? held->checkpoint.size : 0;
}

}  // namespace perdura::registry_node
