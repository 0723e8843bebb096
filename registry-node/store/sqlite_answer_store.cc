#include "registry-node/store/sqlite_answer_store.h"

#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_entry.h"
#include "federation/log/entries.h"

namespace perdura::registry_node {

using base::Blob;
using federation::AttemptRecord;
using federation::ChargeLedger;

absl::StatusOr<std::optional<AttemptRecord>> SqliteAnswerStore::Find(
    const federation::AttemptId& id) {
  absl::MutexLock lock(&registry_.mutex);
  return ChargeLedger(*registry_.db).Find(id);
}

absl::StatusOr<std::optional<AttemptRecord>> SqliteAnswerStore::FindByManifest(
    absl::string_view manifest_hash) {
  absl::MutexLock lock(&registry_.mutex);
  return ChargeLedger(*registry_.db).FindByManifest(manifest_hash);
}

absl::StatusOr<federation::Reservation> SqliteAnswerStore::Debit(const federation::Debit& debit) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*registry_.db));
  PERDURA_ASSIGN_OR_RETURN(federation::Reservation reservation,
                           ChargeLedger(*registry_.db).Write(debit, kDebited));
  PERDURA_RETURN_IF_ERROR(
      log_.own().Append(transaction, federation::ChargeEntry(kDebited, debit)).status());
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  return reservation;
}

absl::Status SqliteAnswerStore::SaveUpload(const federation::Reservation& reservation,
                                           absl::string_view post) {
  {
    absl::MutexLock lock(&rounds_.mutex);
    PERDURA_RETURN_IF_ERROR(rounds_.db->Execute(
        "INSERT INTO contribution (manifest_hash, role, post) VALUES (?1, 1, ?2)"
        " ON CONFLICT (manifest_hash, role) DO UPDATE SET post = excluded.post",
        {Blob{reservation.manifest_hash()}, Blob{post}}));
  }
  PERDURA_FAILPOINT("node_upload_stored");
  return SetState(reservation.manifest_hash(), kPacked, "");
}

absl::StatusOr<std::optional<std::string>> SqliteAnswerStore::FindUpload(
    absl::string_view manifest_hash) {
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      base::Statement rows,
      rounds_.db->Prepare("SELECT post FROM contribution WHERE manifest_hash = ?1 AND role = 1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{manifest_hash}}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(std::string post, rows.BlobAt(0));
  return post;
}

absl::Status SqliteAnswerStore::MarkSent(absl::string_view manifest_hash,
                                         absl::string_view contribution_id, int64_t at_micros) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*registry_.db));
  ChargeLedger ledger(*registry_.db);
  PERDURA_ASSIGN_OR_RETURN(const auto record, ledger.FindByManifest(manifest_hash));
  if (record.has_value() && record->state == kReceipted) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(ledger.SetState(manifest_hash, kReceipted, ""));
  PERDURA_RETURN_IF_ERROR(
      log_.own()
          .Append(transaction,
                  federation::log::RoundEntry("sent", log_.member(), at_micros, manifest_hash,
                                              {{"contribution", base::HexEncode(contribution_id)}}))
          .status());
  return transaction.Commit();
}

absl::Status SqliteAnswerStore::SetState(absl::string_view manifest_hash, absl::string_view state,
                                         absl::string_view reason) {
  absl::MutexLock lock(&registry_.mutex);
  return ChargeLedger(*registry_.db).SetState(manifest_hash, state, reason);
}

absl::StatusOr<std::vector<AttemptRecord>> SqliteAnswerStore::Unfinished() {
  absl::MutexLock lock(&registry_.mutex);
  return ChargeLedger(*registry_.db).InStates({std::string(kDebited), std::string(kPacked)});
}

absl::StatusOr<federation::Reservation> SqliteAnswerStore::Resume(absl::string_view manifest_hash) {
  absl::MutexLock lock(&registry_.mutex);
  return ChargeLedger(*registry_.db).Resume(manifest_hash);
}

absl::Status SqliteAnswerStore::LogRefusal(absl::string_view manifest_hash,
                                           absl::string_view reason, int64_t at_micros) {
  return log_.Record(federation::log::RoundEntry("refused", log_.member(), at_micros, manifest_hash,
                                                 {{"reason", std::string(reason)}}));
}

}  // namespace perdura::registry_node
