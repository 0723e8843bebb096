#include "aggregator/ledger/sqlite_round_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aggregator/ledger/round_schema.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_entry.h"
#include "federation/ledger/columns.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/entries.h"
#include "federation/plan_fields.h"

namespace perdura::aggregator {
namespace {

using base::Blob;
using base::Statement;
using federation::AttemptRecord;
using federation::ChargeLedger;
using federation::log::MerkleLog;

constexpr int32_t kApplicationId = 0x50444147;  // "PDAG"

// Of a diagnosis, in its log entry.
constexpr size_t kMostSuspects = 32;

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteRoundStore>> SqliteRoundStore::Create(const Options& options) {
  const std::string schema =
      absl::StrCat(federation::kPartySchema, federation::kChargeLedgerSchema,
                   federation::log::kLogSchema, federation::log::kHeadSchema, kRoundSchema);
  const std::string generations = absl::StrCat(federation::kRebaseSchema, kGenerationSchema);
  const std::array<base::Migration, 4> migrations = {
      base::Migration{1, schema}, base::Migration{2, federation::kChargePurposeSchema},
      base::Migration{3, generations}, base::Migration{4, kSiblingSchema}};
  PERDURA_RETURN_IF_ERROR(base::ApplyMigrations(options.database, kApplicationId, migrations));
  PERDURA_RETURN_IF_ERROR(FillOverlapKeys(options.database));
  std::unique_ptr<SqliteRoundStore> store(new SqliteRoundStore(options));
  PERDURA_RETURN_IF_ERROR(store->OpenLog());
  return store;
}

absl::StatusOr<federation::Reservation> SqliteRoundStore::Reserve(const federation::Debit& debit,
                                                                  const RoundUpdate& first) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_ASSIGN_OR_RETURN(federation::Reservation reservation,
                           ChargeLedger(database_).Write(debit, kStateReserved));
  PERDURA_RETURN_IF_ERROR(WriteReserved(transaction, debit));
  PERDURA_RETURN_IF_ERROR(Write(transaction, debit.manifest_hash, first, debit.debited_at));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  return reservation;
}

absl::Status SqliteRoundStore::WriteReserved(const base::Transaction& transaction,
                                             const federation::Debit& debit) {
  PERDURA_ASSIGN_OR_RETURN(
      const uint64_t seq,
      log_->Append(transaction, federation::ChargeEntry(kStateReserved, debit)));
  return WriteReservedEntry(debit, seq, origin_.generation);
}

absl::Status SqliteRoundStore::WriteReservedEntry(const federation::Debit& debit, uint64_t seq,
                                                  uint64_t generation) {
  return database_.Execute(
      "INSERT INTO reserved_entry (manifest_hash, seq, overlap_key, generation)"
      " VALUES (?1, ?2, ?3, ?4)",
      {Blob{debit.manifest_hash}, static_cast<int64_t>(seq),
       federation::OverlapKeyOfPlan(debit.plan), static_cast<int64_t>(generation)});
}

absl::StatusOr<std::vector<ReservedAttempt>> SqliteRoundStore::ReservedAttempts(
    absl::string_view overlap_key) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(
          "SELECT manifest_hash, seq, state, reason,"
          " COALESCE((SELECT bytes FROM round_message"
          "           WHERE round_message.manifest_hash = reserved_entry.manifest_hash"
          "           AND kind = ?2 AND sender = ''), x'') AS logged"
          " FROM reserved_entry JOIN attempt USING (manifest_hash)"
          " WHERE overlap_key = ?1 AND (generation = ?3 OR logged <> x'')"
          " ORDER BY generation, seq"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({overlap_key, static_cast<int>(MessageKind::kLogged),
                                     static_cast<int64_t>(origin_.generation)}));
  std::vector<ReservedAttempt> attempts;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return attempts;
    ReservedAttempt& attempt = attempts.emplace_back();
    PERDURA_ASSIGN_OR_RETURN(attempt.manifest_hash, rows.BlobAt(0));
    PERDURA_ASSIGN_OR_RETURN(const int64_t seq, rows.Int64At(1));
    attempt.seq = static_cast<uint64_t>(seq);
    PERDURA_ASSIGN_OR_RETURN(attempt.state, rows.TextAt(2));
    PERDURA_ASSIGN_OR_RETURN(attempt.reason, rows.TextAt(3));
    PERDURA_ASSIGN_OR_RETURN(attempt.logged, rows.BlobAt(4));
  }
}

absl::StatusOr<std::optional<uint64_t>> SqliteRoundStore::ReservedEntry(
    absl::string_view manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT seq FROM reserved_entry"
                                             " WHERE manifest_hash = ?1 AND generation = ?2"));
  PERDURA_RETURN_IF_ERROR(
      rows.Bind({Blob{manifest_hash}, static_cast<int64_t>(origin_.generation)}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const int64_t seq, rows.Int64At(0));
  return static_cast<uint64_t>(seq);
}

absl::Status SqliteRoundStore::LogStart(const federation::log::Entry& start) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_RETURN_IF_ERROR(log_->Append(transaction, start).status());
  return transaction.Commit();
}

absl::Status SqliteRoundStore::CheckCaps(const federation::ChargeOrigin& origin,
                                         const std::vector<federation::CappedLine>& lines) {
  return ChargeLedger(database_).CheckCaps(origin, lines);
}

absl::Status SqliteRoundStore::Apply(absl::string_view manifest_hash, const RoundUpdate& update,
                                     int64_t at_micros) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_RETURN_IF_ERROR(Write(transaction, manifest_hash, update, at_micros));
  return transaction.Commit();
}

absl::Status SqliteRoundStore::Write(const base::Transaction& transaction,
                                     absl::string_view manifest_hash, const RoundUpdate& update,
                                     int64_t at_micros) {
  for (const StoredMessage& message : update.messages) {
    PERDURA_RETURN_IF_ERROR(database_.Execute(
        "INSERT INTO round_message (manifest_hash, kind, sender, bytes) VALUES (?1, ?2, ?3, ?4)",
        {Blob{manifest_hash}, static_cast<int>(message.kind), message.sender,
         Blob{message.bytes}}));
  }
  if (update.release.has_value()) PERDURA_RETURN_IF_ERROR(WriteRelease(*update.release));
  if (!update.state.empty()) {
    PERDURA_RETURN_IF_ERROR(WriteEnd(transaction, manifest_hash, update, at_micros));
  }
  if (update.diagnosis.has_value()) {
    PERDURA_RETURN_IF_ERROR(WriteDiagnosis(transaction, manifest_hash, update, at_micros));
  }
  for (const OutgoingItem& outgoing : update.items) {
    PERDURA_RETURN_IF_ERROR(WriteItem(manifest_hash, outgoing));
  }
  return absl::OkStatus();
}

absl::Status SqliteRoundStore::WriteEnd(const base::Transaction& transaction,
                                        absl::string_view manifest_hash, const RoundUpdate& update,
                                        int64_t at_micros) {
  PERDURA_RETURN_IF_ERROR(
      ChargeLedger(database_).SetState(manifest_hash, update.state, update.reason));
  base::CanonicalObject more;
  if (update.release.has_value()) {
    more = {{"commit", base::HexEncode(update.commit_id)},
            {"release", base::HexEncode(update.release->id)}};
  } else {
    more = {{"reason", update.reason}};
  }
  PERDURA_RETURN_IF_ERROR(
      log_->Append(transaction, federation::log::RoundEntry(update.state, party_, at_micros,
                                                            manifest_hash, std::move(more)))
          .status());
  return database_.Execute("DELETE FROM outbox WHERE manifest_hash = ?1", {Blob{manifest_hash}});
}

absl::Status SqliteRoundStore::WriteDiagnosis(const base::Transaction& transaction,
                                              absl::string_view manifest_hash,
                                              const RoundUpdate& update, int64_t at_micros) {
  // An entry has a size; the log line of the process names all.
  std::vector<std::string> suspects = update.diagnosis->suspects;
  suspects.resize(std::min(suspects.size(), kMostSuspects));
  return log_
      ->Append(transaction,
               federation::log::RoundEntry("diagnosed", party_, at_micros, manifest_hash,
                                           {{"commit", base::HexEncode(update.commit_id)},
                                            {"outcome", update.diagnosis->outcome},
                                            {"suspects", std::move(suspects)}}))
      .status();
}

absl::StatusOr<std::vector<StoredMessage>> SqliteRoundStore::Messages(
    absl::string_view manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT kind, sender, bytes FROM round_message"
                                             " WHERE manifest_hash = ?1 ORDER BY seq"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{manifest_hash}}));
  std::vector<StoredMessage> messages;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return messages;
    StoredMessage message;
    PERDURA_ASSIGN_OR_RETURN(const int64_t kind, rows.Int64At(0));
    message.kind = static_cast<MessageKind>(kind);
    PERDURA_ASSIGN_OR_RETURN(message.sender, rows.TextAt(1));
    PERDURA_ASSIGN_OR_RETURN(message.bytes, rows.BlobAt(2));
    messages.push_back(std::move(message));
  }
}

absl::StatusOr<std::optional<AttemptRecord>> SqliteRoundStore::Find(
    const federation::AttemptId& id) {
  return ChargeLedger(database_).Find(id);
}

absl::StatusOr<std::optional<AttemptRecord>> SqliteRoundStore::FindByManifest(
    absl::string_view manifest_hash) {
  return ChargeLedger(database_).FindByManifest(manifest_hash);
}

absl::StatusOr<std::vector<AttemptRecord>> SqliteRoundStore::Attempts(absl::string_view analyst,
                                                                      int limit) {
  return ChargeLedger(database_).Attempts(analyst, limit);
}

absl::StatusOr<std::vector<AttemptRecord>> SqliteRoundStore::Unfinished() {
  return ChargeLedger(database_).InStates({std::string(kStateReserved)});
}

absl::StatusOr<uint64_t> SqliteRoundStore::Spent(const federation::ChargeLine& line) {
  return ChargeLedger(database_).Spent(line);
}

absl::StatusOr<uint64_t> SqliteRoundStore::LifetimeSpent(v1::Compartment compartment,
                                                         absl::string_view product) {
  return ChargeLedger(database_).LifetimeSpent(compartment, product);
}

absl::StatusOr<federation::LineUse> SqliteRoundStore::UseOf(const federation::ChargeOrigin& origin,
                                                            const federation::CappedLine& line) {
  return ChargeLedger(database_).UseOf(origin, line);
}

absl::StatusOr<bool> SqliteRoundStore::IsCharged(absl::string_view plan_hash) {
  return ChargeLedger(database_).IsCharged(plan_hash);
}

absl::Status SqliteRoundStore::SaveCharter(uint64_t version, absl::string_view hash,
                                           absl::string_view envelope, int64_t at_micros) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database_));
  PERDURA_RETURN_IF_ERROR(federation::CharterTable(database_).Add(version, hash, envelope));
  PERDURA_RETURN_IF_ERROR(
      log_->Append(transaction, federation::log::CharterEntry(party_, at_micros, hash, version))
          .status());
  return transaction.Commit();
}

absl::StatusOr<std::vector<std::string>> SqliteRoundStore::Charters() {
  return federation::CharterTable(database_).Envelopes();
}

}  // namespace perdura::aggregator
