#include "base/sqlite/settings.h"

#include <sqlite3.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace perdura::base {
namespace {

constexpr int64_t kHeapLimitBytes = int64_t{256} << 20;

struct NamedNumber {
  const char* name;
  int code;
  int value;
};

constexpr NamedNumber kConfig[] = {
    {"DEFENSIVE", SQLITE_DBCONFIG_DEFENSIVE, 1},
    {"TRUSTED_SCHEMA", SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {"ENABLE_LOAD_EXTENSION", SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {"DQS_DML", SQLITE_DBCONFIG_DQS_DML, 0},
    {"DQS_DDL", SQLITE_DBCONFIG_DQS_DDL, 0},
};

constexpr NamedNumber kLimits[] = {
    {"LENGTH", SQLITE_LIMIT_LENGTH, 1000000},
    {"SQL_LENGTH", SQLITE_LIMIT_SQL_LENGTH, 10000},
    {"COLUMN", SQLITE_LIMIT_COLUMN, 100},
    {"EXPR_DEPTH", SQLITE_LIMIT_EXPR_DEPTH, 20},
    {"COMPOUND_SELECT", SQLITE_LIMIT_COMPOUND_SELECT, 5},
    {"VDBE_OP", SQLITE_LIMIT_VDBE_OP, 1000000},
    {"FUNCTION_ARG", SQLITE_LIMIT_FUNCTION_ARG, 8},
    {"ATTACHED", SQLITE_LIMIT_ATTACHED, 0},
    {"LIKE_PATTERN_LENGTH", SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
    {"VARIABLE_NUMBER", SQLITE_LIMIT_VARIABLE_NUMBER, 250},
};

struct Pragma {
  const char* name;
  const char* set;   // null: only read
  const char* want;  // as SQLite prints it
};

constexpr Pragma kPragmas[] = {
    {"foreign_keys", "ON", "1"},    {"recursive_triggers", "ON", "1"},
    {"cell_size_check", "ON", "1"}, {"temp_store", "MEMORY", "2"},
    {"secure_delete", "ON", "1"},   {"synchronous", "FULL", "2"},
};

absl::Status Differs(absl::string_view name) {
  return absl::FailedPreconditionError(absl::StrCat("SQLite setting ", name, " did not take"));
}

absl::Status OpenError(int code) {
  const int kind = code & 0xff;
  if (kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT || kind == SQLITE_IOERR) {
    return absl::DataLossError("the file is no sound database");
  }
  if (kind == SQLITE_BUSY) return absl::FailedPreconditionError("database is open elsewhere");
  return absl::InternalError(absl::StrCat("SQLite set-up failed with code ", code));
}

// Runs one statement and returns the text of its first column, empty where there is no row.
absl::StatusOr<std::string> Ask(sqlite3* handle, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
  std::string answer;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
      const auto* text = sqlite3_column_text(statement, 0);
      if (text != nullptr) answer = reinterpret_cast<const char*>(text);
    }
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return OpenError(code);
  return answer;
}

absl::Status SetPragma(sqlite3* handle, const Pragma& pragma) {
  if (pragma.set != nullptr) {
    PERDURA_RETURN_IF_ERROR(
        Ask(handle, absl::StrCat("PRAGMA ", pragma.name, "=", pragma.set)).status());
  }
  PERDURA_ASSIGN_OR_RETURN(const std::string got,
                           Ask(handle, absl::StrCat("PRAGMA ", pragma.name)));
  return got == pragma.want ? absl::OkStatus() : Differs(pragma.name);
}

absl::Status SetConfig(sqlite3* handle) {
  for (const NamedNumber& config : kConfig) {
    int got = -1;
    const int code = sqlite3_db_config(handle, config.code, config.value, &got);
    if (code != SQLITE_OK || got != config.value) return Differs(config.name);
  }
  return absl::OkStatus();
}

absl::Status SetLimits(sqlite3* handle) {
  for (const NamedNumber& limit : kLimits) {
    sqlite3_limit(handle, limit.code, limit.value);
    if (sqlite3_limit(handle, limit.code, -1) != limit.value) return Differs(limit.name);
  }
  sqlite3_hard_heap_limit64(kHeapLimitBytes);
  if (sqlite3_hard_heap_limit64(-1) != kHeapLimitBytes) return Differs("hard_heap_limit");
  return absl::OkStatus();
}

// The journal, in an order that matters: with exclusive locking set before the first access, WAL
// uses no shared memory file.
absl::Status SetJournal(sqlite3* handle, const SettingsOptions& options) {
  if (options.in_memory) return SetPragma(handle, {"journal_mode", nullptr, "memory"});
  PERDURA_RETURN_IF_ERROR(SetPragma(handle, {"mmap_size", "0", "0"}));
  PERDURA_RETURN_IF_ERROR(options.exclusive
                              ? SetPragma(handle, {"locking_mode", "EXCLUSIVE", "exclusive"})
                              : SetPragma(handle, {"locking_mode", "NORMAL", "normal"}));
  if (options.read_only) {
    PERDURA_RETURN_IF_ERROR(SetPragma(handle, {"journal_mode", nullptr, "wal"}));
    return SetPragma(handle, {"wal_autocheckpoint", "0", "0"});
  }
  PERDURA_RETURN_IF_ERROR(SetPragma(handle, {"journal_mode", "WAL", "wal"}));
  int persist = 1;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist) != SQLITE_OK) {
    return Differs("persist_wal");
  }
  return SetPragma(handle, {"wal_autocheckpoint", "1000", "1000"});
}

bool IsDataAction(int action, const char* second) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_RECURSIVE:
      return true;
    case SQLITE_FUNCTION:
      return second != nullptr && !absl::EqualsIgnoreCase(second, "load_extension");
    default:
      return false;
  }
}

bool IsSchemaAction(int action, const char* first) {
  switch (action) {
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_CREATE_VIEW:
    case SQLITE_DROP_INDEX:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TRIGGER:
    case SQLITE_DROP_VIEW:
    case SQLITE_ALTER_TABLE:
    case SQLITE_REINDEX:
      return true;
    case SQLITE_PRAGMA:
      return first != nullptr && (absl::EqualsIgnoreCase(first, "user_version") ||
                                  absl::EqualsIgnoreCase(first, "application_id"));
    default:
      return false;
  }
}

int Authorize(void* migrating, int action, const char* first, const char* second, const char*,
              const char*) {
  if (IsDataAction(action, second)) return SQLITE_OK;
  const bool schema_open = *static_cast<const bool*>(migrating);
  return schema_open && IsSchemaAction(action, first) ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace

absl::Status ApplySettings(sqlite3* handle, const SettingsOptions& options) {
  PERDURA_RETURN_IF_ERROR(SetConfig(handle));
  PERDURA_RETURN_IF_ERROR(SetLimits(handle));
  PERDURA_RETURN_IF_ERROR(SetJournal(handle, options));
  for (const Pragma& pragma : kPragmas) {
    PERDURA_RETURN_IF_ERROR(SetPragma(handle, pragma));
  }
  return Ask(handle, "SELECT count(*) FROM sqlite_schema").status();  // reads the whole schema
}

absl::Status InstallAuthorizer(sqlite3* handle, const bool* migrating) {
  const int code = sqlite3_set_authorizer(handle, Authorize, const_cast<bool*>(migrating));
  return code == SQLITE_OK ? absl::OkStatus() : OpenError(code);
}

}  // namespace perdura::base
