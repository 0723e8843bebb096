// The own log through its generations, and rebases. Another part of SqliteRoundStore.

#include <optional>
#include <utility>

#include "aggregator/ledger/sqlite_round_store.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/entries.h"

namespace perdura::aggregator {

using federation::ChargeLedger;
using federation::log::MerkleLog;

namespace {

// Item numbers of one generation, as a power of two.
constexpr int kItemRange = 40;
// Why an attempt burnt that a rebase brought back.
constexpr absl::string_view kRestored = "restored";

}  // namespace

absl::Status SqliteRoundStore::OpenLog() {
  PERDURA_ASSIGN_OR_RETURN(origin_.generation,
                           federation::log::NewestGeneration(database_, origin_));
  PERDURA_ASSIGN_OR_RETURN(const auto rebases, federation::RebaseTable(database_).Newest());
  for (const auto& [party, row] : rebases) generations_[party] = row.generation;
  PERDURA_ASSIGN_OR_RETURN(MerkleLog log, MerkleLog::Open({database_, origin_, log_key_}));
  log_.emplace(std::move(log));
  return absl::OkStatus();
}

absl::StatusOr<MerkleLog> SqliteRoundStore::Begin(const base::Transaction& transaction,
                                                  uint64_t generation,
                                                  const federation::log::Checkpoint& before,
                                                  int64_t at_micros) {
  federation::log::LogOrigin origin = origin_;
  origin.generation = generation;
  return federation::log::BeginGeneration(transaction, {database_, std::move(origin), log_key_},
                                          before, at_micros);
}

void SqliteRoundStore::Adopt(uint64_t generation, MerkleLog log) {
  origin_.generation = generation;
  log_.emplace(std::move(log));
}

absl::Status SqliteRoundStore::BeginGeneration(const federation::log::SignedCheckpoint& seen,
                                               int64_t at_micros) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_ASSIGN_OR_RETURN(const auto held, heads_.Find(seen.checkpoint.origin));
  if (!held.has_value()) PERDURA_RETURN_IF_ERROR(heads_.Replace(0, seen));
  const uint64_t generation = origin_.generation + 1;
  PERDURA_ASSIGN_OR_RETURN(MerkleLog next,
                           Begin(transaction, generation, seen.checkpoint, at_micros));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  Adopt(generation, std::move(next));
  return absl::OkStatus();
}

absl::Status SqliteRoundStore::SaveRebase(const federation::OpenedRebase& rebase) {
  const v1::Rebase& said = rebase.rebase;
  PERDURA_RETURN_IF_ERROR(federation::RebaseTable(database_).Add(said.party(), said.generation(),
                                                                 rebase.id, rebase.envelope));
  generations_[said.party()] = said.generation();
  return absl::OkStatus();
}

absl::Status SqliteRoundStore::InstallRebase(const federation::RebaseInstall& install,
                                             const federation::log::Entry& start) {
  const uint64_t generation = install.rebase.rebase.generation();
  if (generation < origin_.generation) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "rebase_old",
                        "rebase: a later generation of this log has begun");
  }
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  std::optional<MerkleLog> next;
  if (generation > origin_.generation) {
    PERDURA_ASSIGN_OR_RETURN(const auto before, log_->State());
    PERDURA_ASSIGN_OR_RETURN(MerkleLog begun,
                             Begin(transaction, generation, before, install.at_micros));
    next.emplace(std::move(begun));
  }
  MerkleLog& log = next.has_value() ? *next : *log_;
  federation::RebaseInstall listing = install;
  listing.on_charged = [&](const federation::Debit& debit, uint64_t seq) {
    return ListLost(transaction, log, debit, seq, generation, install.at_micros);
  };
  PERDURA_RETURN_IF_ERROR(federation::InstallRebase(transaction, database_, log, listing, start));
  PERDURA_RETURN_IF_ERROR(SkipItemNumbers(generation));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  if (next.has_value()) Adopt(generation, *std::move(next));
  generations_[party_] = generation;
  return absl::OkStatus();
}

// A lost attempt is a sibling of later ones. What became of it is lost too: it counts as burnt.
absl::Status SqliteRoundStore::ListLost(const base::Transaction& transaction, MerkleLog& log,
                                        const federation::Debit& debit, uint64_t seq,
                                        uint64_t generation, int64_t at_micros) {
  PERDURA_RETURN_IF_ERROR(WriteReservedEntry(debit, seq, generation));
  PERDURA_RETURN_IF_ERROR(
      ChargeLedger(database_).SetState(debit.manifest_hash, kStateBurnt, kRestored));
  return log
      .Append(transaction, federation::log::RoundEntry(std::string(kStateBurnt), party_, at_micros,
                                                       debit.manifest_hash,
                                                       {{"reason", std::string(kRestored)}}))
      .status();
}

// Members acknowledge items by number, and have seen numbers that this database has lost.
absl::Status SqliteRoundStore::SkipItemNumbers(uint64_t generation) {
  PERDURA_RETURN_IF_ERROR(database_.Execute(
      "INSERT INTO outbox (number, recipient, manifest_hash, item) VALUES (?1, '', x'', x'')"
      " ON CONFLICT DO NOTHING",
      {static_cast<int64_t>(generation << kItemRange)}));
  return database_.Execute("DELETE FROM outbox WHERE recipient = ''");
}

absl::StatusOr<std::vector<std::string>> SqliteRoundStore::Rebases() {
  PERDURA_ASSIGN_OR_RETURN(const auto newest, federation::RebaseTable(database_).Newest());
  std::vector<std::string> envelopes;
  for (const auto& [party, row] : newest) envelopes.push_back(row.envelope);
  return envelopes;
}

}  // namespace perdura::aggregator
