#include "registry-node/store/fact_store.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/failpoint.h"
#include "base/status_macros.h"
#include "registry-node/store/fact_columns.h"
#include "registry-node/store/fact_sql.h"
#include "registry-node/store/product_list.h"
#include "registry-node/store/registry_schema.h"

namespace perdura::registry_node {
namespace {

using base::Database;
using base::Statement;
using base::Transaction;

// Beyond any time: "as known now".
constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

struct Provenance {
  int64_t recorded_at;
  absl::string_view actor;
};

base::SqlValue BlobOrNull(const std::string& bytes) {
  if (bytes.empty()) return std::nullopt;
  return base::Blob{bytes};
}

base::SqlValue TextOrNull(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

template <typename Fact>
absl::Status InsertVersion(Statement& insert, const NewVersion<Fact>& row,
                           const Provenance& provenance) {
  const auto head = std::tuple<base::SqlValue, base::SqlValue, base::SqlValue, base::SqlValue,
                               base::SqlValue, base::SqlValue, base::SqlValue, base::SqlValue>(
      base::Blob{row.record.view()}, row.version, row.retract ? "retract" : "assert",
      provenance.recorded_at, provenance.actor, row.source, BlobOrNull(row.source_ref),
      TextOrNull(row.reason));
  const auto fields =
      std::apply([](const auto&... field) { return std::tuple_cat(columns::ToSql(field)...); },
                 FieldsOf(row.fact));
  PERDURA_RETURN_IF_ERROR(
      std::apply([&insert](const auto&... values) { return insert.Bind({values...}); },
                 std::tuple_cat(head, fields)));
  return insert.Run();
}

template <typename Fact>
absl::Status InsertAll(Database& db, const std::vector<NewVersion<Fact>>& rows,
                       const Provenance& provenance) {
  if (rows.empty()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(Statement insert, db.Prepare(SqlOf<Fact>().insert));
  for (const NewVersion<Fact>& row : rows) {
    PERDURA_RETURN_IF_ERROR(InsertVersion(insert, row, provenance));
  }
  return absl::OkStatus();
}

template <typename Fact>
absl::Status ReadVersion(const Statement& row, Versioned<Fact>& version) {
  columns::Reader reader(row, 0);
  std::string op;
  PERDURA_RETURN_IF_ERROR(reader.Read(version.record));
  PERDURA_RETURN_IF_ERROR(reader.Read(version.version));
  PERDURA_RETURN_IF_ERROR(reader.Read(op));
  version.retracted = op == "retract";
  absl::Status status;
  std::apply([&](auto&... field) { ((status = reader.Read(field)).ok() && ...); },
             FieldsOf(version.fact));
  return status;
}

// Versions ascend with arrival, so the last one of a record that is read is the highest.
template <typename Fact>
absl::Status ReadBefore(Database& db, int64_t before, bool keep_retracted,
                        std::vector<Versioned<Fact>>& rows) {
  PERDURA_ASSIGN_OR_RETURN(Statement select, db.Prepare(SqlOf<Fact>().select_before));
  PERDURA_RETURN_IF_ERROR(select.Bind({before}));
  absl::flat_hash_map<RecordId, size_t> place;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) break;
    Versioned<Fact> version;
    PERDURA_RETURN_IF_ERROR(ReadVersion(select, version));
    const auto [found, added] = place.try_emplace(version.record, rows.size());
    if (added) {
      rows.push_back(std::move(version));
    } else {
      rows[found->second] = std::move(version);
    }
  }
  if (!keep_retracted) {
    std::erase_if(rows, [](const Versioned<Fact>& row) { return row.retracted; });
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReadNumber(Database& db, absl::string_view sql,
                                   std::initializer_list<base::SqlValue> values = {}) {
  PERDURA_ASSIGN_OR_RETURN(Statement select, db.Prepare(sql));
  PERDURA_RETURN_IF_ERROR(select.Bind(values));
  PERDURA_ASSIGN_OR_RETURN(const bool found, select.Step());
  return found ? select.Int64At(0) : absl::StatusOr<int64_t>(0);
}

// The newest row of a table is its last: recorded_at ascends with arrival.
constexpr absl::string_view kNewest[] = {
    "SELECT recorded_at FROM patient ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM consent ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM condition ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM episode ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM infusion ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM visit ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM event ORDER BY row DESC LIMIT 1",
    "SELECT recorded_at FROM import ORDER BY row DESC LIMIT 1",
};

// Rows that break a rule which the triggers keep: a version without its predecessor, or one that
// was recorded before it.
struct TableCheck {
  absl::string_view table;
  absl::string_view broken_rows;
};
#define PERDURA_BROKEN_ROWS(table)                                         \
  "SELECT count(*) FROM " table                                            \
  " AS later WHERE later.version > 1 AND NOT EXISTS (SELECT 1 "            \
  "FROM " table                                                            \
  " AS earlier WHERE earlier.record = later.record AND earlier.version = " \
  "later.version - 1 AND earlier.row < later.row AND earlier.recorded_at <= later.recorded_at)"
constexpr TableCheck kChecks[] = {
    {"patient", PERDURA_BROKEN_ROWS("patient")},     {"consent", PERDURA_BROKEN_ROWS("consent")},
    {"condition", PERDURA_BROKEN_ROWS("condition")}, {"episode", PERDURA_BROKEN_ROWS("episode")},
    {"infusion", PERDURA_BROKEN_ROWS("infusion")},   {"visit", PERDURA_BROKEN_ROWS("visit")},
    {"event", PERDURA_BROKEN_ROWS("event")},
};

absl::Status VerifyTable(Database& db, const TableCheck& check) {
  for (const absl::string_view suffix : {"_no_update", "_no_delete", "_dense", "_forward"}) {
    PERDURA_ASSIGN_OR_RETURN(
        const int64_t triggers,
        ReadNumber(db,
                   "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?1 AND "
                   "tbl_name = ?2",
                   {absl::StrCat(check.table, suffix), check.table}));
    if (triggers != 1) {
      return absl::DataLossError(absl::StrCat("table ", check.table, " lacks a trigger"));
    }
  }
  PERDURA_ASSIGN_OR_RETURN(const int64_t broken, ReadNumber(db, check.broken_rows));
  if (broken == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("versions of table ", check.table, " are damaged"));
}

}  // namespace

FactStore::FactStore(Options options) : options_(std::move(options)) {
  PERDURA_CHECK(options_.newest_debited_cut_micros != nullptr);
}

absl::StatusOr<int64_t> FactStore::NewestRecordedAt() {
  int64_t newest = 0;
  for (const absl::string_view sql : kNewest) {
    PERDURA_ASSIGN_OR_RETURN(const int64_t at, ReadNumber(*options_.database.db, sql));
    newest = std::max(newest, at);
  }
  return newest;
}

absl::StatusOr<int64_t> FactStore::NextRecordedAt() {
  PERDURA_ASSIGN_OR_RETURN(const int64_t newest, NewestRecordedAt());
  PERDURA_ASSIGN_OR_RETURN(const int64_t cut, options_.newest_debited_cut_micros());
  return std::max({absl::ToUnixMicros(options_.clock.Now()), newest + 1, cut + 1});
}

absl::StatusOr<int64_t> FactStore::AppendLocked(const FactBatch& batch, absl::string_view actor,
                                                const ImportEntry* entry) {
  Database& db = *options_.database.db;
  PERDURA_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  PERDURA_ASSIGN_OR_RETURN(const int64_t recorded_at, NextRecordedAt());
  const Provenance provenance{recorded_at, actor};
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.patients, provenance));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.consents, provenance));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.conditions, provenance));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.episodes, provenance));
  PERDURA_RETURN_IF_ERROR(AddProducts(db, batch.episodes, recorded_at));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.infusions, provenance));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.visits, provenance));
  PERDURA_RETURN_IF_ERROR(InsertAll(db, batch.events, provenance));
  if (entry != nullptr) {
    PERDURA_RETURN_IF_ERROR(db.Execute(
        "INSERT INTO import(id, recorded_at, source_system, files_hash, added, changed, same) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        {entry->id, recorded_at, entry->source_system, base::Blob{entry->files_hash}, entry->added,
         entry->changed, entry->same}));
  }
  PERDURA_FAILPOINT("facts_before_commit");
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  PERDURA_FAILPOINT("facts_after_commit");
  return recorded_at;
}

absl::StatusOr<int64_t> FactStore::AppendImport(const FactBatch& batch, const ImportEntry& entry) {
  absl::MutexLock lock(&options_.database.mutex);
  return AppendLocked(batch, entry.id, &entry);
}

absl::StatusOr<int64_t> FactStore::Append(const FactBatch& batch, absl::string_view actor) {
  absl::MutexLock lock(&options_.database.mutex);
  return AppendLocked(batch, actor, nullptr);
}

absl::StatusOr<FactSet> FactStore::KnownAt(int64_t known_at_micros) {
  absl::MutexLock lock(&options_.database.mutex);
  Database& db = *options_.database.db;
  FactSet set;
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, known_at_micros, false, set.patients));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, false, set.consents));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, known_at_micros, false, set.conditions));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, known_at_micros, false, set.episodes));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, known_at_micros, false, set.visits));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, known_at_micros, false, set.events));
  PERDURA_ASSIGN_OR_RETURN(set.products, ProductsBefore(db, known_at_micros));
  return set;
}

absl::StatusOr<FactSet> FactStore::Newest() {
  absl::MutexLock lock(&options_.database.mutex);
  Database& db = *options_.database.db;
  FactSet set;
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.patients));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.consents));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.conditions));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.episodes));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.infusions));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.visits));
  PERDURA_RETURN_IF_ERROR(ReadBefore(db, kForever, true, set.events));
  return set;
}

absl::Status FactStore::Verify() {
  absl::MutexLock lock(&options_.database.mutex);
  for (const TableCheck& check : kChecks) {
    PERDURA_RETURN_IF_ERROR(VerifyTable(*options_.database.db, check));
  }
  return VerifyProducts(*options_.database.db);
}

}  // namespace perdura::registry_node
