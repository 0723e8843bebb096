// Releases and the questions that they answered. Another part of SqliteRoundStore.

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "aggregator/ledger/sqlite_round_store.h"
#include "base/status_macros.h"
#include "federation/plan_fields.h"

namespace perdura::aggregator {

using base::Blob;
using base::Statement;

namespace {

constexpr absl::string_view kReleaseColumns =
    "SELECT id, manifest_hash, plan, plan_hash, overlap_key, contributors, answered_at, bundle "
    "FROM release ";
constexpr absl::string_view kReleasesWithoutBundle =
    "SELECT id, manifest_hash, plan, plan_hash, overlap_key, contributors, answered_at, x'' "
    "FROM release ";

absl::StatusOr<StoredRelease> ReadRelease(const Statement& row) {
  StoredRelease release;
  PERDURA_ASSIGN_OR_RETURN(release.id, row.BlobAt(0));
  PERDURA_ASSIGN_OR_RETURN(release.manifest_hash, row.BlobAt(1));
  PERDURA_ASSIGN_OR_RETURN(release.plan, row.TextAt(2));
  PERDURA_ASSIGN_OR_RETURN(release.plan_hash, row.BlobAt(3));
  PERDURA_ASSIGN_OR_RETURN(release.overlap_key, row.TextAt(4));
  PERDURA_ASSIGN_OR_RETURN(const std::string contributors, row.TextAt(5));
  release.contributors = federation::SplitMembers(contributors);
  PERDURA_ASSIGN_OR_RETURN(release.answered_at, row.Int64At(6));
  PERDURA_ASSIGN_OR_RETURN(release.bundle, row.BlobAt(7));
  return release;
}

absl::StatusOr<std::vector<StoredRelease>> ReadReleases(Statement& rows) {
  std::vector<StoredRelease> releases;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return releases;
    PERDURA_ASSIGN_OR_RETURN(StoredRelease release, ReadRelease(rows));
    releases.push_back(std::move(release));
  }
}

}  // namespace

absl::Status SqliteRoundStore::WriteRelease(const StoredRelease& release) {
  return database_.Execute(
      "INSERT INTO release (id, seq, manifest_hash, plan, plan_hash, overlap_key, contributors, "
      "bundle, answered_at)"
      " VALUES (?1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM release), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      {Blob{release.id}, Blob{release.manifest_hash}, release.plan, Blob{release.plan_hash},
       release.overlap_key, absl::StrJoin(release.contributors, ","), Blob{release.bundle},
       release.answered_at});
}

absl::StatusOr<std::optional<StoredRelease>> SqliteRoundStore::OneRelease(absl::string_view where,
                                                                          absl::string_view key) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database_.Prepare(absl::StrCat(kReleaseColumns, where)));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{key}}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(StoredRelease release, ReadRelease(rows));
  return release;
}

absl::StatusOr<std::optional<StoredRelease>> SqliteRoundStore::ReleaseById(absl::string_view id) {
  return OneRelease("WHERE id = ?1", id);
}

absl::StatusOr<std::optional<StoredRelease>> SqliteRoundStore::ReleaseOfManifest(
    absl::string_view manifest_hash) {
  return OneRelease("WHERE manifest_hash = ?1", manifest_hash);
}

absl::StatusOr<std::vector<StoredRelease>> SqliteRoundStore::Releases(int limit) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(absl::StrCat(kReleasesWithoutBundle, "ORDER BY seq DESC LIMIT ?1")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({limit}));
  return ReadReleases(rows);
}

absl::StatusOr<std::vector<StoredRelease>> SqliteRoundStore::ReleasesOf(
    absl::string_view overlap_key) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(absl::StrCat(
          kReleasesWithoutBundle,
          "WHERE seq IN (SELECT MAX(seq) FROM release WHERE overlap_key = ?1 GROUP BY plan_hash)"
          " ORDER BY seq DESC")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({overlap_key}));
  return ReadReleases(rows);
}

absl::StatusOr<std::vector<std::vector<std::string>>> SqliteRoundStore::ReleasedSets(
    absl::string_view overlap_key) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT DISTINCT contributors FROM release"
                                             " WHERE overlap_key = ?1 AND ?1 <> ''"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({overlap_key}));
  std::vector<std::vector<std::string>> sets;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return sets;
    PERDURA_ASSIGN_OR_RETURN(const std::string members, rows.TextAt(0));
    sets.push_back(federation::SplitMembers(members));
  }
}

absl::Status SqliteRoundStore::SaveFreeAnswer(const FreeAnswer& answer) {
  return database_.Execute(
      "INSERT INTO free_answer (analyst, question, attempt, ask_hash, release_id)"
      " VALUES (?1, ?2, ?3, ?4, ?5)",
      {answer.id.analyst, Blob{answer.id.question_id}, static_cast<int64_t>(answer.id.attempt),
       Blob{answer.ask_hash}, Blob{answer.release_id}});
}

absl::StatusOr<std::optional<FreeAnswer>> SqliteRoundStore::FindFreeAnswer(
    const federation::AttemptId& id) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows, database_.Prepare("SELECT ask_hash, release_id FROM free_answer"
                                        " WHERE analyst = ?1 AND question = ?2 AND attempt = ?3"));
  PERDURA_RETURN_IF_ERROR(
      rows.Bind({id.analyst, Blob{id.question_id}, static_cast<int64_t>(id.attempt)}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  FreeAnswer answer{.id = id, .ask_hash = {}, .release_id = {}};
  PERDURA_ASSIGN_OR_RETURN(answer.ask_hash, rows.BlobAt(0));
  PERDURA_ASSIGN_OR_RETURN(answer.release_id, rows.BlobAt(1));
  return answer;
}

}  // namespace perdura::aggregator
