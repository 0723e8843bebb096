#ifndef PERDURA_BASE_SQLITE_DATABASE_H_
#define PERDURA_BASE_SQLITE_DATABASE_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3_stmt;

namespace perdura::base {

class Database;

// A value to bind. Text and blobs are copied when bound.
struct Blob {
  absl::string_view bytes;
};
class SqlValue {
 public:
  SqlValue(std::nullopt_t) {}                         // NOLINT(google-explicit-constructor)
  SqlValue(int64_t number) : value_(number) {}        // NOLINT(google-explicit-constructor)
  SqlValue(int number) : value_(int64_t{number}) {}   // NOLINT(google-explicit-constructor)
  SqlValue(absl::string_view text) : value_(text) {}  // NOLINT(google-explicit-constructor)
  SqlValue(const std::string& text)
      : value_(absl::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  SqlValue(const char* text)
      : value_(absl::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  SqlValue(Blob blob) : value_(blob) {}     // NOLINT(google-explicit-constructor)

 private:
  friend class Statement;
  std::variant<std::monostate, int64_t, absl::string_view, Blob> value_;
};

// A prepared statement on loan from the database's cache; it goes back, reset and unbound, when
// this object dies. The database must outlive it. Move-only, thread-compatible.
//   PERDURA_ASSIGN_OR_RETURN(Statement rows, db.Prepare("SELECT id, body FROM items WHERE day >
//   ?1")); PERDURA_RETURN_IF_ERROR(rows.Bind({day})); for (;;) {
//     PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
//     if (!more) break;
//     PERDURA_ASSIGN_OR_RETURN(const std::string body, rows.BlobAt(1));
//   }
class Statement final {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Resets the statement and binds ?1, ?2, ... in order. Returns InvalidArgument unless there is
  // exactly one value for each parameter, or where a value is longer than the database's limit.
  absl::Status Bind(std::initializer_list<SqlValue> values);

  // True where a row stands ready, false after the last one. Errors: AlreadyExists for a UNIQUE or
  // PRIMARY KEY violation, FailedPrecondition for any other constraint and for RAISE(ABORT),
  // Unavailable if the database is locked, DeadlineExceeded after the statement limit. An I/O error
  // or corruption ends the process (trap DB4), so it never returns here.
  absl::StatusOr<bool> Step();

  // Step() for statements that give no row; then Reset(). Returns Internal if a row came.
  absl::Status Run();

  // Ready to run again with the same bindings.
  void Reset();

  // Columns of the row, from 0. Return DataLoss if the stored type is another one (NULL too),
  // OutOfRange beyond the last column.
  absl::StatusOr<int64_t> Int64At(int column) const;
  absl::StatusOr<std::string> TextAt(int column) const;
  absl::StatusOr<std::string> BlobAt(int column) const;
  // True also beyond the last column.
  bool IsNullAt(int column) const;

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* handle) : database_(database), handle_(handle) {}
  absl::Status CheckColumn(int column, int type) const;
  void GiveBack();

  Database* database_;
  sqlite3_stmt* handle_;
  bool has_row_ = false;
};

// One SQLite connection with the settings of docs (reliability): WAL, synchronous=FULL, foreign
// keys, recursive triggers (without them INSERT OR REPLACE slips past append-only triggers, trap
// DB5), DEFENSIVE, tight limits. Each setting is read back at open, and a difference refuses the
// database.
//
// Exactly one read-write connection per file (trap DB1): a second one is refused through a lock on
// "<path>-lock", in this process and in others.
// An authorizer allows SELECT, INSERT, UPDATE, DELETE and transactions; schema changes pass only
// inside ApplyMigrations(), ATTACH and PRAGMA never. SQL is constant text in our sources; values
// are bound. Error messages never carry SQL, values or paths. Errors that the bound values alone do
// not explain are marked (base/storage_failure.h): all but constraints and too long values.
// SQLITE_IOERR, CORRUPT and NOTADB
// after a successful open poison the handle: one log line and _exit(70), because a retry after a
// failed fsync proves nothing (trap DB4). Thread-compatible: one owner, who brings the lock. Link
// perdura::sqlite.
class Database final {
 public:
  struct Options {
    std::string path;
    bool create = false;     // make the file (mode 0600) if it is absent; its folder must exist
    bool exclusive = false;  // locking_mode=EXCLUSIVE, for ledgers: no reader beside us
    bool read_only = false;  // no lock, no checkpoint; excludes `create` and `exclusive`
    int64_t statement_limit_ms = 2000;  // run time of one Step(), > 0
  };

  // Returns NotFound if the file is absent and `create` is not set, FailedPrecondition if it is
  // open elsewhere or a setting did not take, DataLoss if it is no database, InvalidArgument for
  // options that exclude each other.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const Options& options);

  // A private database in memory with the same settings but for the journal. Tests.
  static absl::StatusOr<std::unique_ptr<Database>> OpenInMemory();

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  // All statements must be gone.
  ~Database();

  // One statement. Returns Internal if it does not compile, PermissionDenied if the authorizer
  // refuses it. Cached by text: preparing it again costs a look-up.
  absl::StatusOr<Statement> Prepare(absl::string_view sql);

  // Prepare, Bind, Run.
  absl::Status Execute(absl::string_view sql, std::initializer_list<SqlValue> values = {});

  // Rows changed by the last INSERT, UPDATE or DELETE, and the row id of the last INSERT.
  int64_t changes() const;
  int64_t last_insert_rowid() const;

  // Copies a consistent state into a new file (mode 0600), fsynced with its folder, through
  // SQLite's backup interface. Returns AlreadyExists if `path` exists.
  absl::Status BackupTo(const std::string& path);

  // Moves every committed page into the database file and cuts its journal to nothing: what
  // secure_delete overwrote is in neither file afterwards. No statement may be on loan. Returns
  // Unavailable if that cannot be done now.
  absl::Status EmptyJournal();

 private:
  friend class Statement;
  friend class Transaction;
  struct State;
  friend class Migrator;
  explicit Database(std::unique_ptr<State> state);
  absl::Status ErrorFrom(int code);  // ends the process for the codes of trap DB4
  void StartStep();                  // starts the clock of the statement limit
  void TakeBack(sqlite3_stmt* statement);
  std::unique_ptr<State> state_;
};

// BEGIN IMMEDIATE ... COMMIT. Rolls back when it dies uncommitted. The database must outlive it. No
// nesting: Begin() inside another transaction returns FailedPrecondition.
class Transaction final {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // OK means durable (WAL, synchronous=FULL). Once only.
  absl::Status Commit();

  // True while this is the open transaction of `database`: for writers that need their caller's.
  bool IsOpenOn(const Database& database) const { return database_ == &database; }

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;  // null once committed or moved from
};

// One forward step of a schema. `number` counts 1, 2, 3, ...; `sql` may hold several statements.
struct Migration {
  int number;
  absl::string_view sql;
};

// Brings the schema to the last migration, all steps in one transaction. The state lives in
// user_version; application_id tells our kinds of database apart (> 0).
// Returns FailedPrecondition for a schema newer than the last migration, or for another
// application_id; InvalidArgument unless the numbers are 1, 2, 3, ...; Internal if a step fails,
// and then nothing has changed.
absl::Status ApplyMigrations(Database& database, int32_t application_id,
                             std::span<const Migration> migrations);

}  // namespace perdura::base

#endif  // PERDURA_BASE_SQLITE_DATABASE_H_
