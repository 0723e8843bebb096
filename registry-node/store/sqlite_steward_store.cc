#include "registry-node/store/sqlite_steward_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/ledger/columns.h"
#include "federation/log/entries.h"

namespace perdura::registry_node {
namespace {

using base::Blob;
using base::Statement;

constexpr absl::string_view kCommitColumns =
    "SELECT analyst, question, attempt, manifest_hash, commit_id, overlap_key, contributors, post "
    "FROM signed_commit ";

absl::StatusOr<std::optional<CommitRecord>> ReadCommit(Statement& rows) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  CommitRecord record;
  PERDURA_ASSIGN_OR_RETURN(record.id, federation::ReadAttemptId(rows));
  PERDURA_ASSIGN_OR_RETURN(record.manifest_hash, rows.BlobAt(3));
  PERDURA_ASSIGN_OR_RETURN(record.commit_id, rows.BlobAt(4));
  PERDURA_ASSIGN_OR_RETURN(record.overlap_key, rows.TextAt(5));
  PERDURA_ASSIGN_OR_RETURN(const std::string members, rows.TextAt(6));
  record.contributors = federation::SplitMembers(members);
  PERDURA_ASSIGN_OR_RETURN(record.post, rows.BlobAt(7));
  return record;
}

// One blob by one blob key, or nullopt.
absl::StatusOr<std::optional<std::string>> FindBlob(base::Database& db, absl::string_view sql,
                                                    absl::string_view key) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, db.Prepare(sql));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{key}}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(std::string blob, rows.BlobAt(0));
  return blob;
}

}  // namespace

absl::StatusOr<std::optional<DealRecord>> SqliteStewardStore::FindDeal(
    const federation::AttemptId& id) {
  DealRecord record;
  {
    absl::MutexLock lock(&registry_.mutex);
    PERDURA_ASSIGN_OR_RETURN(
        Statement rows, registry_.db->Prepare("SELECT manifest_hash FROM deal WHERE analyst = ?1"
                                              " AND question = ?2 AND attempt = ?3"));
    PERDURA_RETURN_IF_ERROR(rows.Bind({id.analyst, Blob{id.question_id}, int64_t{id.attempt}}));
    PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
    if (!found) return std::nullopt;
    PERDURA_ASSIGN_OR_RETURN(record.manifest_hash, rows.BlobAt(0));
  }
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      const auto post,
      FindBlob(*rounds_.db, "SELECT post FROM contribution WHERE manifest_hash = ?1 AND role = 2",
               record.manifest_hash));
  record.post = post.value_or("");
  return record;
}

absl::Status SqliteStewardStore::LogDeal(const federation::AttemptId& id,
                                         absl::string_view manifest_hash, int64_t at_micros) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*registry_.db));
  PERDURA_RETURN_IF_ERROR(registry_.db->Execute(
      "INSERT INTO deal (analyst, question, attempt, manifest_hash) VALUES (?1, ?2, ?3, ?4)",
      {id.analyst, Blob{id.question_id}, int64_t{id.attempt}, Blob{manifest_hash}}));
  PERDURA_RETURN_IF_ERROR(
      log_.own()
          .Append(transaction,
                  federation::log::RoundEntry("dealt", log_.member(), at_micros, manifest_hash, {}))
          .status());
  return transaction.Commit();
}

absl::Status SqliteStewardStore::RememberDeal(const federation::AttemptId& id,
                                              absl::string_view manifest_hash) {
  absl::MutexLock lock(&registry_.mutex);
  return registry_.db->Execute(
      "INSERT INTO deal (analyst, question, attempt, manifest_hash) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT DO NOTHING",
      {id.analyst, Blob{id.question_id}, int64_t{id.attempt}, Blob{manifest_hash}});
}

absl::Status SqliteStewardStore::SaveDeal(absl::string_view manifest_hash, absl::string_view post) {
  absl::MutexLock lock(&rounds_.mutex);
  return rounds_.db->Execute(
      "INSERT INTO contribution (manifest_hash, role, post) VALUES (?1, 2, ?2)",
      {Blob{manifest_hash}, Blob{post}});
}

absl::StatusOr<std::optional<CommitRecord>> SqliteStewardStore::FindCommit(
    const federation::AttemptId& id) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      registry_.db->Prepare(
          absl::StrCat(kCommitColumns, "WHERE analyst = ?1 AND question = ?2 AND attempt = ?3")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({id.analyst, Blob{id.question_id}, int64_t{id.attempt}}));
  return ReadCommit(rows);
}

absl::StatusOr<std::optional<CommitRecord>> SqliteStewardStore::FindCommitOf(
    absl::string_view manifest_hash) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(Statement rows, registry_.db->Prepare(absl::StrCat(
                                               kCommitColumns, "WHERE manifest_hash = ?1")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{manifest_hash}}));
  return ReadCommit(rows);
}

absl::StatusOr<std::vector<std::vector<std::string>>> SqliteStewardStore::CommittedSets(
    absl::string_view overlap_key) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      registry_.db->Prepare(
          "SELECT DISTINCT contributors FROM signed_commit WHERE overlap_key = ?1 AND ?1 <> ''"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({overlap_key}));
  std::vector<std::vector<std::string>> sets;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return sets;
    PERDURA_ASSIGN_OR_RETURN(const std::string members, rows.TextAt(0));
    sets.push_back(federation::SplitMembers(members));
  }
}

absl::Status SqliteStewardStore::SaveCommit(const CommitRecord& record, int64_t at_micros) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*registry_.db));
  PERDURA_RETURN_IF_ERROR(registry_.db->Execute(
      "INSERT INTO signed_commit (analyst, question, attempt, manifest_hash, commit_id, "
      "overlap_key,"
      " contributors, post) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      {record.id.analyst, Blob{record.id.question_id}, int64_t{record.id.attempt},
       Blob{record.manifest_hash}, Blob{record.commit_id}, record.overlap_key,
       absl::StrJoin(record.contributors, ","), Blob{record.post}}));
  PERDURA_RETURN_IF_ERROR(
      log_.own()
          .Append(transaction, federation::log::RoundEntry(
                                   "committed", log_.member(), at_micros, record.manifest_hash,
                                   {{"commit", base::HexEncode(record.commit_id)}}))
          .status());
  return transaction.Commit();
}

absl::StatusOr<std::optional<SumRecord>> SqliteStewardStore::FindPartialSum(
    absl::string_view manifest_hash) {
  absl::MutexLock lock(&rounds_.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      rounds_.db->Prepare("SELECT post, diagnosis FROM partial_sum WHERE manifest_hash = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{manifest_hash}}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  SumRecord record;
  PERDURA_ASSIGN_OR_RETURN(record.post, rows.BlobAt(0));
  PERDURA_ASSIGN_OR_RETURN(record.diagnosis, rows.BlobAt(1));
  return record;
}

absl::Status SqliteStewardStore::SavePartialSum(absl::string_view manifest_hash,
                                                absl::string_view commit_id,
                                                const SumRecord& record, int64_t at_micros) {
  // The entry first: a sum that left without one would be a draw that no audit sees.
  PERDURA_RETURN_IF_ERROR(
      log_.Record(federation::log::RoundEntry("summed", log_.member(), at_micros, manifest_hash,
                                              {{"commit", base::HexEncode(commit_id)}})));
  absl::MutexLock lock(&rounds_.mutex);
  return rounds_.db->Execute(
      "INSERT INTO partial_sum (manifest_hash, post, diagnosis) VALUES (?1, ?2, ?3)",
      {Blob{manifest_hash}, Blob{record.post}, Blob{record.diagnosis}});
}

}  // namespace perdura::registry_node
