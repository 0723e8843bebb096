#include "aggregator/ledger/sqlite_round_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
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

constexpr absl::string_view kRoundSchema = R"sql(
-- What a round received and decided, in order.
CREATE TABLE round_message (
  seq INTEGER PRIMARY KEY,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  kind INTEGER NOT NULL,                                    -- MessageKind
  sender TEXT NOT NULL,                                     -- member, or empty for own decisions
  bytes BLOB NOT NULL,
  UNIQUE (manifest_hash, kind, sender)
) STRICT;
-- Where the log has the charge of an attempt.
CREATE TABLE reserved_entry (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  seq INTEGER NOT NULL                                      -- in log_entry
) STRICT, WITHOUT ROWID;
-- Items that wait for members. Numbers never repeat.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  manifest_hash BLOB NOT NULL,
  item BLOB NOT NULL                                        -- serialised, without its number
) STRICT;
CREATE INDEX outbox_by_recipient ON outbox (recipient, number);
CREATE INDEX outbox_by_round ON outbox (manifest_hash);
-- Noised tables, for good. The bundle is what every answer repeats.
CREATE TABLE release (
  id BLOB PRIMARY KEY CHECK (length(id) = 32),              -- SHA-256 of the release payload
  seq INTEGER NOT NULL UNIQUE,
  manifest_hash BLOB NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  plan_hash BLOB NOT NULL,
  overlap_key TEXT NOT NULL,
  contributors TEXT NOT NULL,                               -- members, sorted, comma-separated
  bundle BLOB NOT NULL,
  answered_at INTEGER NOT NULL                              -- microseconds
) STRICT;
CREATE INDEX release_by_plan ON release (plan_hash, seq);
CREATE INDEX release_by_overlap ON release (overlap_key);
CREATE TRIGGER release_stays BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER release_fixed BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- Questions that a stored release answered.
CREATE TABLE free_answer (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL CHECK (length(question) = 16),
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  ask_hash BLOB NOT NULL CHECK (length(ask_hash) = 32),
  release_id BLOB NOT NULL REFERENCES release (id),
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
CREATE TRIGGER free_answer_stays BEFORE DELETE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER free_answer_fixed BEFORE UPDATE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- Seal-keys of the stewards, as they came.
CREATE TABLE seal_key (
  member TEXT NOT NULL,
  number INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
  envelope BLOB NOT NULL,
  PRIMARY KEY (member, number)
) STRICT;
)sql";

// Generations of the own log came later.
constexpr absl::string_view kGenerationSchema = R"sql(
ALTER TABLE reserved_entry ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;  -- of the log that has the entry
)sql";

// Releases list the attempts of the same patients. Some files of the versions before have the key
// already, so the table is made anew from what all files have; the key follows (FillOverlapKeys).
constexpr absl::string_view kSiblingSchema = R"sql(
-- Where the log has the charge of an attempt.
CREATE TABLE new_reserved_entry (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  seq INTEGER NOT NULL,                                     -- in log_entry
  overlap_key TEXT NOT NULL,                                -- cut, endpoint, scope, products, cohort
  generation INTEGER NOT NULL                               -- of the log that has the entry
) STRICT, WITHOUT ROWID;
INSERT INTO new_reserved_entry (manifest_hash, seq, overlap_key, generation)
SELECT manifest_hash, seq, '', generation FROM reserved_entry;
DROP TABLE reserved_entry;
ALTER TABLE new_reserved_entry RENAME TO reserved_entry;
CREATE INDEX reserved_entry_by_overlap ON reserved_entry (overlap_key, seq);
DROP INDEX IF EXISTS release_by_plan;  -- no query uses it
)sql";

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

// Gives the entries of a migrated file their keys, which follow from their plans. A crash before it
// is done leaves the rest to the next start.
absl::Status FillOverlapKeys(base::Database& database) {
  std::vector<std::pair<std::string, std::string>> plans;  // by manifest hash
  {
    PERDURA_ASSIGN_OR_RETURN(Statement rows,
                             database.Prepare("SELECT manifest_hash, plan FROM reserved_entry"
                                              " JOIN attempt USING (manifest_hash)"
                                              " WHERE overlap_key = ''"));
    for (;;) {
      PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) break;
      auto& [manifest_hash, plan] = plans.emplace_back();
      PERDURA_ASSIGN_OR_RETURN(manifest_hash, rows.BlobAt(0));
      PERDURA_ASSIGN_OR_RETURN(plan, rows.TextAt(1));
    }
  }
  for (const auto& [manifest_hash, plan] : plans) {
    PERDURA_RETURN_IF_ERROR(
        database.Execute("UPDATE reserved_entry SET overlap_key = ?2 WHERE manifest_hash = ?1",
                         {Blob{manifest_hash}, federation::OverlapKeyOfPlan(plan)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> FirstBlob(Statement& rows) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(std::string blob, rows.BlobAt(0));
  return blob;
}

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

absl::Status SqliteRoundStore::WriteItem(absl::string_view manifest_hash,
                                         const OutgoingItem& outgoing) {
  return database_.Execute(
      "INSERT INTO outbox (recipient, manifest_hash, item) VALUES (?1, ?2, ?3)",
      {outgoing.recipient, Blob{manifest_hash}, Blob{outgoing.item.SerializeAsString()}});
}

absl::Status SqliteRoundStore::WriteRelease(const StoredRelease& release) {
  return database_.Execute(
      "INSERT INTO release (id, seq, manifest_hash, plan, plan_hash, overlap_key, contributors, "
      "bundle, answered_at)"
      " VALUES (?1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM release), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      {Blob{release.id}, Blob{release.manifest_hash}, release.plan, Blob{release.plan_hash},
       release.overlap_key, absl::StrJoin(release.contributors, ","), Blob{release.bundle},
       release.answered_at});
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
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare("SELECT DISTINCT contributors FROM release WHERE overlap_key = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({overlap_key}));
  std::vector<std::vector<std::string>> sets;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return sets;
    PERDURA_ASSIGN_OR_RETURN(const std::string members, rows.TextAt(0));
    sets.push_back(federation::SplitMembers(members));
  }
}

absl::StatusOr<std::vector<v1::Item>> SqliteRoundStore::ItemsAfter(absl::string_view recipient,
                                                                   uint64_t cursor,
                                                                   size_t max_bytes) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare("SELECT number, item FROM outbox"
                        " WHERE recipient = ?1 AND number > ?2 ORDER BY number LIMIT 64"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({recipient, static_cast<int64_t>(cursor)}));
  std::vector<v1::Item> items;
  size_t bytes = 0;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return items;
    PERDURA_ASSIGN_OR_RETURN(const int64_t number, rows.Int64At(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string body, rows.BlobAt(1));
    bytes += body.size();
    if (!items.empty() && bytes > max_bytes) return items;
    v1::Item item;
    if (!item.ParseFromString(body)) return absl::DataLossError("a stored item is damaged");
    item.set_number(static_cast<uint64_t>(number));
    items.push_back(std::move(item));
  }
}

absl::Status SqliteRoundStore::Acknowledge(absl::string_view recipient, uint64_t cursor) {
  return database_.Execute("DELETE FROM outbox WHERE recipient = ?1 AND number <= ?2",
                           {recipient, static_cast<int64_t>(cursor)});
}

absl::Status SqliteRoundStore::SaveSealKey(absl::string_view member, uint64_t number,
                                           absl::string_view id, absl::string_view envelope) {
  return database_.Execute(
      "INSERT INTO seal_key (member, number, id, envelope) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT DO NOTHING",
      {member, static_cast<int64_t>(number), Blob{id}, Blob{envelope}});
}

// More than a steward can have valid at once, whose clock is not set again and again.
absl::StatusOr<std::vector<std::string>> SqliteRoundStore::NewestSealKeys(
    absl::string_view member) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT envelope FROM seal_key WHERE member = ?1"
                                             " ORDER BY number DESC LIMIT 16"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({member}));
  std::vector<std::string> envelopes;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return envelopes;
    PERDURA_ASSIGN_OR_RETURN(envelopes.emplace_back(), rows.BlobAt(0));
  }
}

absl::StatusOr<std::optional<std::string>> SqliteRoundStore::SealKeyById(absl::string_view id) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT envelope FROM seal_key WHERE id = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{id}}));
  return FirstBlob(rows);
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
