#include "registry-node/store/fact_store.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/failpoint.h"
#include "base/status_macros.h"
#include "registry-node/store/fact_sql.h"
#include "registry-node/store/product_list.h"

namespace perdura::registry_node {
namespace {

using base::Database;
using base::Statement;
using base::Transaction;

// Beyond any time: "as known now".
constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

template <typename Fact>
absl::Status InsertAll(Database& db, const std::vector<NewVersion<Fact>>& rows, int64_t recorded_at,
                       absl::string_view actor) {
  if (rows.empty()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(Statement insert, db.Prepare(InsertSql<Fact>()));
  for (const NewVersion<Fact>& row : rows) {
    PERDURA_RETURN_IF_ERROR(InsertVersion(insert, row, recorded_at, actor));
  }
  return absl::OkStatus();
}

// Versions ascend with arrival, so the last one of a record that is read is the highest.
template <typename Fact>
absl::Status ReadBefore(Database& db, int64_t before, bool keep_retracted,
                        std::vector<Versioned<Fact>>& rows) {
  PERDURA_ASSIGN_OR_RETURN(Statement select, db.Prepare(SelectBeforeSql<Fact>()));
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
absl::StatusOr<int64_t> NewestOf(Database& db, absl::string_view table) {
  return ReadNumber(db,
                    absl::StrCat("SELECT recorded_at FROM ", table, " ORDER BY row DESC LIMIT 1"));
}

template <typename Fact>
absl::Status VerifyTable(Database& db) {
  const absl::string_view table = TableName<Fact>();
  for (const absl::string_view suffix : {"_no_update", "_no_delete", "_dense", "_forward"}) {
    PERDURA_ASSIGN_OR_RETURN(
        const int64_t triggers,
        ReadNumber(db,
                   "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?1 AND "
                   "tbl_name = ?2",
                   {absl::StrCat(table, suffix), table}));
    if (triggers != 1) {
      return absl::DataLossError(absl::StrCat("table ", table, " lacks a trigger"));
    }
  }
  PERDURA_ASSIGN_OR_RETURN(const int64_t broken, ReadNumber(db, BrokenRowsSql<Fact>()));
  if (broken == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("versions of table ", table, " are damaged"));
}

// Calls f for every fact table until one call fails.
template <typename F, typename Rows>
absl::Status ForEachUntilError(F f, Rows& rows) {
  absl::Status status;
  ForEachTable(
      [&](auto& table) {
        if (status.ok()) status = f(table);
      },
      rows);
  return status;
}

}  // namespace

FactStore::FactStore(Options options) : options_(std::move(options)) {
  PERDURA_CHECK(options_.newest_debited_cut_micros != nullptr);
}

absl::StatusOr<int64_t> FactStore::NewestRecordedAt() {
  Database& db = *options_.database.db;
  PERDURA_ASSIGN_OR_RETURN(int64_t newest, NewestOf(db, "import"));
  const FactBatch all;
  PERDURA_RETURN_IF_ERROR(ForEachUntilError(
      [&]<typename Fact>(const std::vector<NewVersion<Fact>>&) -> absl::Status {
        PERDURA_ASSIGN_OR_RETURN(const int64_t at, NewestOf(db, TableName<Fact>()));
        newest = std::max(newest, at);
        return absl::OkStatus();
      },
      all));
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
  PERDURA_RETURN_IF_ERROR(ForEachUntilError(
      [&](const auto& rows) { return InsertAll(db, rows, recorded_at, actor); }, batch));
  PERDURA_RETURN_IF_ERROR(AddProducts(db, batch.episodes, recorded_at));
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
  PERDURA_RETURN_IF_ERROR(ForEachUntilError(
      [&]<typename Fact>(std::vector<Versioned<Fact>>& rows) {
        constexpr bool kAsOfNow = std::is_same_v<Fact, ConsentFact>;
        return ReadBefore(db, kAsOfNow ? kForever : known_at_micros, false, rows);
      },
      set));
  PERDURA_ASSIGN_OR_RETURN(set.products, ProductsBefore(db, known_at_micros));
  return set;
}

absl::StatusOr<FactSet> FactStore::Newest() {
  absl::MutexLock lock(&options_.database.mutex);
  FactSet set;
  PERDURA_RETURN_IF_ERROR(ForEachUntilError(
      [&](auto& rows) { return ReadBefore(*options_.database.db, kForever, true, rows); }, set));
  return set;
}

absl::Status FactStore::Verify() {
  absl::MutexLock lock(&options_.database.mutex);
  Database& db = *options_.database.db;
  const FactBatch all;
  PERDURA_RETURN_IF_ERROR(ForEachUntilError(
      [&]<typename Fact>(const std::vector<NewVersion<Fact>>&) { return VerifyTable<Fact>(db); },
      all));
  return VerifyProducts(db);
}

}  // namespace perdura::registry_node
