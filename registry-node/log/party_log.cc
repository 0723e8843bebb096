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

PartyLog::PartyLog(const Options& options)
    : database_(options.database),
      key_(options.key),
      member_(options.origin.party),
      origin_(options.origin),
      stored_heads_(*options.database.db),
      heads_(stored_heads_) {}

absl::StatusOr<std::unique_ptr<PartyLog>> PartyLog::Open(const Options& options) {
  absl::MutexLock lock(&options.database.mutex);
  base::Database& database = *options.database.db;
  std::unique_ptr<PartyLog> log(new PartyLog(options));
  PERDURA_ASSIGN_OR_RETURN(log->origin_.generation,
                           federation::log::NewestGeneration(database, options.origin));
  PERDURA_ASSIGN_OR_RETURN(const auto rebases, federation::RebaseTable(database).Newest());
  for (const auto& [party, row] : rebases) log->generations_[party] = row.generation;
  PERDURA_ASSIGN_OR_RETURN(MerkleLog own, MerkleLog::Open({database, log->origin_, options.key}));
  log->own_.emplace(std::move(own));
  PERDURA_ASSIGN_OR_RETURN(const auto newest, log->own_->NewestSigned());
  if (newest.has_value()) log->newest_note_ = PrintNote(newest->note);
  return log;
}

absl::Status PartyLog::Record(const federation::log::Entry& entry) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  PERDURA_RETURN_IF_ERROR(own_->Append(transaction, entry).status());
  return transaction.Commit();
}

absl::Status PartyLog::SaveCharter(uint64_t version, const std::string& hash,
                                   const std::string& envelope, int64_t at_micros) {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  PERDURA_RETURN_IF_ERROR(federation::CharterTable(*database_.db).Add(version, hash, envelope));
  PERDURA_RETURN_IF_ERROR(
      own_->Append(transaction, federation::log::CharterEntry(member_, at_micros, hash, version))
          .status());
  return transaction.Commit();
}

absl::StatusOr<SignedCheckpoint> PartyLog::SignHead() {
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(SignedCheckpoint head, own_->SignHead());
  newest_note_ = PrintNote(head.note);
  return head;
}

absl::Status PartyLog::SeeOwn(const std::string& note, absl::Time now) {
  PERDURA_RETURN_IF_ERROR(CheckNotRestored());
  const auto seen = federation::log::OpenCheckpoint(note, own_->note_key());
  if (!seen.ok()) return absl::OkStatus();
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(const uint64_t size, own_->Size());
  const absl::Status status = CheckOwnHead(seen->checkpoint, size, *own_);
  if (base::ReasonOf(status) != "restored") return status;
  base::LogError("log.restored", {{"seen", seen->checkpoint.size}, {"own", size}});
  PERDURA_RETURN_IF_ERROR(BeginRestored(*seen, now));
  return status;
}

absl::StatusOr<MerkleLog> PartyLog::Begin(const base::Transaction& transaction, uint64_t generation,
                                          const federation::log::Checkpoint& before,
                                          int64_t at_micros) {
  federation::log::LogOrigin origin = origin_;
  origin.generation = generation;
  return BeginGeneration(transaction, {*database_.db, std::move(origin), key_}, before, at_micros);
}

// The note that shows it is kept among the heads, for the draft of the rebase.
absl::Status PartyLog::BeginRestored(const SignedCheckpoint& seen, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  PERDURA_ASSIGN_OR_RETURN(const auto held, stored_heads_.Find(seen.checkpoint.origin));
  if (!held.has_value()) PERDURA_RETURN_IF_ERROR(stored_heads_.Replace(0, seen));
  const uint64_t generation = origin_.generation + 1;
  PERDURA_ASSIGN_OR_RETURN(
      MerkleLog next, Begin(transaction, generation, seen.checkpoint, absl::ToUnixMicros(now)));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  Adopt(generation, std::move(next));
  return absl::OkStatus();
}

void PartyLog::Adopt(uint64_t generation, MerkleLog log) {
  origin_.generation = generation;
  own_.emplace(std::move(log));
  newest_note_.clear();
}

absl::Status PartyLog::SaveRebase(const federation::OpenedRebase& rebase) {
  absl::MutexLock lock(&database_.mutex);
  const v1::Rebase& said = rebase.rebase;
  PERDURA_RETURN_IF_ERROR(federation::RebaseTable(*database_.db)
                              .Add(said.party(), said.generation(), rebase.id, rebase.envelope));
  generations_[said.party()] = said.generation();
  return absl::OkStatus();
}

absl::Status PartyLog::InstallRebase(const federation::RebaseInstall& install,
                                     const federation::log::Entry& start) {
  const uint64_t generation = install.rebase.rebase.generation();
  if (generation < origin_.generation) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "rebase_old",
                        "rebase: a later generation of this log has begun");
  }
  absl::MutexLock lock(&database_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_.db));
  std::optional<MerkleLog> next;
  if (generation > origin_.generation) {
    PERDURA_ASSIGN_OR_RETURN(const auto before, own_->State());
    PERDURA_ASSIGN_OR_RETURN(MerkleLog begun,
                             Begin(transaction, generation, before, install.at_micros));
    next.emplace(std::move(begun));
  }
  PERDURA_RETURN_IF_ERROR(federation::InstallRebase(
      transaction, *database_.db, next.has_value() ? *next : *own_, install, start));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  if (next.has_value()) Adopt(generation, *std::move(next));
  generations_[member_] = generation;
  return absl::OkStatus();
}

absl::Status PartyLog::CheckNotRestored() const {
  if (origin_.generation <= federation::GenerationOf(generations_, member_)) {
    return absl::OkStatus();
  }
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
