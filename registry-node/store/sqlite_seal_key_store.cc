#include "registry-node/store/sqlite_seal_key_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

using base::Blob;
using base::Statement;

constexpr absl::string_view kSealKeyColumns =
    "SELECT number, id, envelope, private_key, not_before, not_after FROM seal_key ";

absl::StatusOr<std::optional<SealKeyRecord>> ReadSealKey(Statement& rows) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  SealKeyRecord record;
  PERDURA_ASSIGN_OR_RETURN(const int64_t number, rows.Int64At(0));
  record.number = static_cast<uint64_t>(number);
  PERDURA_ASSIGN_OR_RETURN(record.id, rows.BlobAt(1));
  PERDURA_ASSIGN_OR_RETURN(record.envelope, rows.BlobAt(2));
  PERDURA_ASSIGN_OR_RETURN(std::string secret, rows.BlobAt(3));
  record.private_key = crypto::SecretBytes::TakeFrom(secret);
  PERDURA_ASSIGN_OR_RETURN(record.not_before, rows.Int64At(4));
  PERDURA_ASSIGN_OR_RETURN(record.not_after, rows.Int64At(5));
  return record;
}

}  // namespace

absl::Status SqliteSealKeyStore::Save(const SealKeyRecord& record) {
  absl::MutexLock lock(&rounds_.mutex);
  return rounds_.db->Execute(
      "INSERT INTO seal_key (number, id, envelope, private_key, not_before, not_after)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      {static_cast<int64_t>(record.number), Blob{record.id}, Blob{record.envelope},
       Blob{record.private_key.view()}, record.not_before, record.not_after});
}

absl::StatusOr<std::optional<SealKeyRecord>> SqliteSealKeyStore::Newest() {
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(Statement rows, rounds_.db->Prepare(absl::StrCat(
                                               kSealKeyColumns, "ORDER BY number DESC LIMIT 1")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  return ReadSealKey(rows);
}

absl::StatusOr<std::optional<SealKeyRecord>> SqliteSealKeyStore::Find(absl::string_view id) {
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           rounds_.db->Prepare(absl::StrCat(kSealKeyColumns, "WHERE id = ?1")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{id}}));
  return ReadSealKey(rows);
}

absl::Status SqliteSealKeyStore::MarkNamed(absl::string_view id, int64_t until) {
  absl::MutexLock lock(&rounds_.mutex);
  return rounds_.db->Execute("UPDATE seal_key SET named_until = max(named_until, ?2) WHERE id = ?1",
                             {Blob{id}, until});
}

absl::StatusOr<std::vector<SealKeyLife>> SqliteSealKeyStore::Lives() {
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      rounds_.db->Prepare("SELECT number, not_before, not_after, named_until FROM seal_key"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  std::vector<SealKeyLife> lives;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return lives;
    SealKeyLife life;
    PERDURA_ASSIGN_OR_RETURN(const int64_t number, rows.Int64At(0));
    life.number = static_cast<uint64_t>(number);
    PERDURA_ASSIGN_OR_RETURN(life.not_before, rows.Int64At(1));
    PERDURA_ASSIGN_OR_RETURN(life.not_after, rows.Int64At(2));
    PERDURA_ASSIGN_OR_RETURN(life.named_until, rows.Int64At(3));
    lives.push_back(life);
  }
}

absl::Status SqliteSealKeyStore::Wipe(const std::vector<uint64_t>& numbers) {
  absl::MutexLock lock(&rounds_.mutex);
  for (const uint64_t number : numbers) {
    PERDURA_RETURN_IF_ERROR(rounds_.db->Execute("DELETE FROM seal_key WHERE number = ?1",
                                                {static_cast<int64_t>(number)}));
  }
  // secure_delete overwrites the row in its page; older versions of the page stand in the journal.
  return rounds_.db->EmptyJournal();
}

absl::StatusOr<SealKeySeen> SqliteSealKeyStore::Seen(absl::string_view steward) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      registry_.db->Prepare("SELECT number, since FROM seal_key_seen WHERE steward = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({steward}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  SealKeySeen seen;
  if (!found) return seen;
  PERDURA_ASSIGN_OR_RETURN(const int64_t number, rows.Int64At(0));
  seen.number = static_cast<uint64_t>(number);
  PERDURA_ASSIGN_OR_RETURN(seen.since, rows.Int64At(1));
  return seen;
}

absl::Status SqliteSealKeyStore::Remember(absl::string_view steward, const SealKeySeen& seen) {
  absl::MutexLock lock(&registry_.mutex);
  return registry_.db->Execute(
      "INSERT INTO seal_key_seen (steward, number, since) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (steward) DO UPDATE SET number = excluded.number, since = excluded.since"
      " WHERE excluded.number > number OR (excluded.number = number AND excluded.since < since)",
      {steward, static_cast<int64_t>(seen.number), seen.since});
}

}  // namespace perdura::registry_node
