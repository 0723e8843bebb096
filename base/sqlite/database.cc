#include "base/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/files.h"
#include "base/logging.h"
#include "base/sqlite/settings.h"
#include "base/sqlite/state.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"

namespace perdura::base {
namespace {

constexpr int kExitPoisoned = 70;         // EX_SOFTWARE: recover and verify at the next start
constexpr int kOpsBetweenChecks = 10000;  // virtual machine steps, well under a millisecond
constexpr int kReaderBusyMs = 2000;

int64_t MonotonicNanos() {
  timespec now;
  PERDURA_CHECK(::clock_gettime(CLOCK_MONOTONIC, &now) == 0);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

int StopIfLate(void* deadline_ns) {
  return MonotonicNanos() > *static_cast<const int64_t*>(deadline_ns) ? 1 : 0;
}

absl::Status CheckOptions(const Database::Options& options) {
  if (options.path.empty() || options.path[0] == ':' || absl::StartsWith(options.path, "file:")) {
    return absl::InvalidArgumentError("path is no plain file name");
  }
  if (options.read_only && (options.create || options.exclusive)) {
    return absl::InvalidArgumentError("read_only excludes create and exclusive");
  }
  if (options.statement_limit_ms <= 0) {
    return absl::InvalidArgumentError("statement_limit_ms must be positive");
  }
  return absl::OkStatus();
}

absl::Status CreateEmptyFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot create the database");
  ::close(fd);
  return absl::OkStatus();
}

absl::Status EnsureFile(const Database::Options& options) {
  PERDURA_ASSIGN_OR_RETURN(const bool exists, FileExists(options.path));
  if (exists) return absl::OkStatus();
  if (!options.create) return absl::NotFoundError("no such database");
  return CreateEmptyFile(options.path);
}

// Takes the lock that makes this the only read-write connection. flock() belongs to the open file,
// so a second Open() in this process is refused as well.
absl::StatusOr<int> TakeWriterLock(const std::string& path) {
  const std::string lock_path = path + "-lock";
  const int fd = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot open the database lock");
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return absl::FailedPreconditionError("database is open elsewhere");
  }
  return fd;
}

absl::Status OpenHandle(const char* name, int access, sqlite3** handle) {
  const int flags = access | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(name, handle, flags, nullptr) != SQLITE_OK) {
    return absl::UnavailableError("cannot open the database");
  }
  return absl::OkStatus();
}

// Text after the first statement that is more than white space and semicolons.
bool HasMore(absl::string_view tail) {
  return tail.find_first_not_of(" \t\r\n;") != absl::string_view::npos;
}

absl::Status ConstraintError(int code) {
  const bool repeated = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                        code == SQLITE_CONSTRAINT_ROWID;
  return repeated ? absl::AlreadyExistsError("storage: the row exists")
                  : absl::FailedPreconditionError("storage: a constraint refuses the change");
}

}  // namespace

Database::State::~State() {
  for (auto& [sql, statements] : idle) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  PERDURA_CHECK(sqlite3_close(handle) == SQLITE_OK);  // fails only while a statement is on loan
  if (lock_fd >= 0) ::close(lock_fd);
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {
  sqlite3_progress_handler(state_->handle, kOpsBetweenChecks, StopIfLate, &state_->deadline_ns);
}

Database::~Database() { PERDURA_CHECK(state_->on_loan == 0); }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const Options& options) {
  PERDURA_RETURN_IF_ERROR(CheckOptions(options));
  PERDURA_RETURN_IF_ERROR(EnsureFile(options));
  auto state = std::make_unique<State>();
  state->step_limit = absl::Milliseconds(options.statement_limit_ms);
  if (!options.read_only) {
    PERDURA_ASSIGN_OR_RETURN(state->lock_fd, TakeWriterLock(options.path));
  }
  const int access = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  PERDURA_RETURN_IF_ERROR(OpenHandle(options.path.c_str(), access, &state->handle));
  if (options.read_only) sqlite3_busy_timeout(state->handle, kReaderBusyMs);
  PERDURA_RETURN_IF_ERROR(ApplySettings(
      state->handle, {.exclusive = options.exclusive, .read_only = options.read_only}));
  PERDURA_RETURN_IF_ERROR(InstallAuthorizer(state->handle, &state->migrating));
  if (!options.read_only) PERDURA_RETURN_IF_ERROR(FsyncDirectory(DirectoryOf(options.path)));
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenInMemory() {
  auto state = std::make_unique<State>();
  state->step_limit = absl::Seconds(2);
  PERDURA_RETURN_IF_ERROR(
      OpenHandle(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, &state->handle));
  PERDURA_RETURN_IF_ERROR(ApplySettings(state->handle, {.in_memory = true}));
  PERDURA_RETURN_IF_ERROR(InstallAuthorizer(state->handle, &state->migrating));
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  auto found = state_->idle.find(sql);
  if (found != state_->idle.end() && !found->second.empty()) {
    sqlite3_stmt* const statement = found->second.back();
    found->second.pop_back();
    ++state_->on_loan;
    return Statement(this, statement);
  }
  const std::string text(sql);
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  StartStep();
  const int code = sqlite3_prepare_v3(state_->handle, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, &tail);
  if (code != SQLITE_OK) return ErrorFrom(code);
  if (statement == nullptr || HasMore(tail)) {
    sqlite3_finalize(statement);
    return absl::InternalError("storage: not exactly one statement");
  }
  ++state_->on_loan;
  return Statement(this, statement);
}

absl::Status Database::Execute(absl::string_view sql, std::initializer_list<SqlValue> values) {
  PERDURA_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  PERDURA_RETURN_IF_ERROR(statement.Bind(values));
  return statement.Run();
}

int64_t Database::changes() const { return sqlite3_changes64(state_->handle); }

int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(state_->handle); }

void Database::StartStep() {
  state_->deadline_ns = MonotonicNanos() + absl::ToInt64Nanoseconds(state_->step_limit);
}

void Database::TakeBack(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);  // no value lingers in the cache
  state_->idle[sqlite3_sql(statement)].push_back(statement);
  --state_->on_loan;
}

// The one place where SQLite's codes become ours. Its texts stay here: they may quote SQL. What the
// bound values alone decide is no failure of the storage.
absl::Status Database::ErrorFrom(int code) {
  switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      state_->poisoned = true;
      LogError("storage.poisoned", {{"sqlite_code", code}});
      ::_exit(kExitPoisoned);
    case SQLITE_CONSTRAINT:
      return ConstraintError(code);
    case SQLITE_TOOBIG:
      return absl::InvalidArgumentError("storage: value too long");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageFailure(absl::UnavailableError("storage: locked"));
    case SQLITE_FULL:
      return StorageFailure(absl::UnavailableError("storage: no space left"));
    case SQLITE_INTERRUPT:
      return StorageFailure(absl::DeadlineExceededError("storage: statement took too long"));
    case SQLITE_AUTH:
      return StorageFailure(absl::PermissionDeniedError("storage: statement not allowed"));
    case SQLITE_READONLY:
      return StorageFailure(absl::FailedPreconditionError("storage: opened for reading only"));
    default:
      return StorageFailure(absl::InternalError(absl::StrCat("storage: SQLite code ", code)));
  }
}

absl::Status Database::BackupTo(const std::string& path) {
  PERDURA_RETURN_IF_ERROR(CreateEmptyFile(path));
  sqlite3* copy = nullptr;
  absl::Status status = OpenHandle(path.c_str(), SQLITE_OPEN_READWRITE, &copy);
  if (status.ok()) {
    sqlite3_backup* const backup = sqlite3_backup_init(copy, "main", state_->handle, "main");
    if (backup == nullptr) {
      status = absl::UnavailableError("storage: backup cannot start");
    } else {
      const int step = sqlite3_backup_step(backup, -1);  // all pages; synced by SQLite's commit
      sqlite3_backup_finish(backup);
      if (step != SQLITE_DONE) status = absl::UnavailableError("storage: backup did not finish");
    }
  }
  if (sqlite3_close(copy) != SQLITE_OK && status.ok()) {
    status = absl::UnavailableError("storage: backup cannot be closed");
  }
  if (!status.ok()) {
    ::unlink(path.c_str());
    return status;
  }
  return FsyncDirectory(DirectoryOf(path));
}

absl::Status Database::EmptyJournal() {
  const int code = sqlite3_wal_checkpoint_v2(state_->handle, "main", SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorFrom(code);
}

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  if (sqlite3_get_autocommit(database.state_->handle) == 0) {
    return absl::FailedPreconditionError("storage: a transaction is open");
  }
  PERDURA_RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite itself rolls back on some errors; then there is nothing left to do.
  if (database_ == nullptr || sqlite3_get_autocommit(database_->state_->handle) != 0) return;
  const absl::Status status = database_->Execute("ROLLBACK");
  PERDURA_CHECK(status.ok());  // going on inside half a transaction would be worse
}

absl::Status Transaction::Commit() {
  PERDURA_CHECK(database_ != nullptr);
  PERDURA_RETURN_IF_ERROR(database_->Execute("COMMIT"));
  database_ = nullptr;
  return absl::OkStatus();
}

}  // namespace perdura::base
