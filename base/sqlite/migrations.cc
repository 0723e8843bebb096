#include <sqlite3.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/sqlite/database.h"
#include "base/sqlite/state.h"
#include "base/status_macros.h"

namespace perdura::base {

// Opens the authorizer for schema changes while it lives.
class Migrator final {
 public:
  explicit Migrator(Database& database) : database_(database) {
    database_.state_->migrating = true;
  }
  Migrator(const Migrator&) = delete;
  Migrator& operator=(const Migrator&) = delete;
  ~Migrator() { database_.state_->migrating = false; }

  absl::Status Migrate(int32_t application_id, std::span<const Migration> migrations) {
    PERDURA_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database_));
    PERDURA_ASSIGN_OR_RETURN(const int64_t version, Pragma("user_version"));
    PERDURA_ASSIGN_OR_RETURN(const int64_t found_id, Pragma("application_id"));
    PERDURA_RETURN_IF_ERROR(CheckKind(version, found_id, application_id));
    const auto newest = static_cast<int64_t>(migrations.size());
    if (version > newest) {
      return absl::FailedPreconditionError("schema is newer than this program");
    }
    if (version == newest && found_id == application_id) return absl::OkStatus();
    for (const Migration& migration : migrations.subspan(static_cast<size_t>(version))) {
      PERDURA_RETURN_IF_ERROR(RunScript(migration));
    }
    PERDURA_RETURN_IF_ERROR(SetPragma("application_id", application_id));
    PERDURA_RETURN_IF_ERROR(SetPragma("user_version", newest));
    return transaction.Commit();
  }

 private:
  // A file of ours says so; a new one is empty.
  absl::Status CheckKind(int64_t version, int64_t found_id, int32_t application_id) {
    if (found_id == application_id) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const int64_t objects, Number("SELECT count(*) FROM sqlite_schema"));
    if (found_id == 0 && version == 0 && objects == 0) return absl::OkStatus();
    return absl::FailedPreconditionError("database belongs to another program or store");
  }

  absl::StatusOr<int64_t> Number(absl::string_view sql) {
    PERDURA_ASSIGN_OR_RETURN(Statement statement, database_.Prepare(sql));
    PERDURA_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return absl::InternalError("storage: no answer");
    return statement.Int64At(0);
  }

  absl::StatusOr<int64_t> Pragma(absl::string_view name) {
    return Number(absl::StrCat("PRAGMA ", name));
  }

  // PRAGMA takes no bound values; both parts are ours.
  absl::Status SetPragma(absl::string_view name, int64_t value) {
    return database_.Execute(absl::StrCat("PRAGMA ", name, "=", value));
  }

  absl::Status RunScript(const Migration& migration) {
    const std::string script(migration.sql);
    database_.StartStep();
    const int code =
        sqlite3_exec(database_.state_->handle, script.c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return absl::OkStatus();
    const absl::Status cause = database_.ErrorFrom(code);
    return absl::InternalError(
        absl::StrCat("migration ", migration.number, " failed: ", cause.message()));
  }

  Database& database_;
};

absl::Status ApplyMigrations(Database& database, int32_t application_id,
                             std::span<const Migration> migrations) {
  if (application_id <= 0) return absl::InvalidArgumentError("application_id must be positive");
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number != static_cast<int>(i) + 1) {
      return absl::InvalidArgumentError("migrations are not numbered 1, 2, 3, ...");
    }
  }
  return Migrator(database).Migrate(application_id, migrations);
}

}  // namespace perdura::base
