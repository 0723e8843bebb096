#include <sqlite3.h>

#include <utility>

#include "base/check.h"
#include "base/sqlite/database.h"
#include "base/sqlite/state.h"
#include "base/status_macros.h"

namespace perdura::base {
namespace {

// SQLite takes a null pointer for NULL, also where the length is 0.
const char* NotNull(absl::string_view bytes) { return bytes.empty() ? "" : bytes.data(); }

int BindVariant(sqlite3_stmt* handle, int index, std::monostate) {
  return sqlite3_bind_null(handle, index);
}
int BindVariant(sqlite3_stmt* handle, int index, int64_t number) {
  return sqlite3_bind_int64(handle, index, number);
}
int BindVariant(sqlite3_stmt* handle, int index, absl::string_view text) {
  return sqlite3_bind_text64(handle, index, NotNull(text), text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8);
}
int BindVariant(sqlite3_stmt* handle, int index, Blob blob) {
  return sqlite3_bind_blob64(handle, index, NotNull(blob.bytes), blob.bytes.size(),
                             SQLITE_TRANSIENT);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      handle_(std::exchange(other.handle_, nullptr)),
      has_row_(other.has_row_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    GiveBack();
    database_ = other.database_;
    handle_ = std::exchange(other.handle_, nullptr);
    has_row_ = other.has_row_;
  }
  return *this;
}

Statement::~Statement() { GiveBack(); }

void Statement::GiveBack() {
  if (handle_ != nullptr) database_->TakeBack(std::exchange(handle_, nullptr));
}

absl::Status Statement::Bind(std::initializer_list<SqlValue> values) {
  Reset();
  if (static_cast<size_t>(sqlite3_bind_parameter_count(handle_)) != values.size()) {
    return absl::InvalidArgumentError("storage: wrong number of values");
  }
  int index = 0;
  for (const SqlValue& value : values) {
    ++index;
    const int code =
        std::visit([&](auto v) { return BindVariant(handle_, index, v); }, value.value_);
    if (code != SQLITE_OK) return database_->ErrorFrom(code);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Statement::Step() {
  database_->StartStep();
  const int code = sqlite3_step(handle_);
  has_row_ = code == SQLITE_ROW;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const absl::Status status = database_->ErrorFrom(code);
  Reset();
  return status;
}

absl::Status Statement::Run() {
  PERDURA_ASSIGN_OR_RETURN(const bool row, Step());
  Reset();
  return row ? absl::InternalError("storage: a row came unasked") : absl::OkStatus();
}

void Statement::Reset() {
  sqlite3_reset(handle_);  // repeats the error of the last step, which Step() has reported
  has_row_ = false;
}

absl::Status Statement::CheckColumn(int column, int type) const {
  if (!has_row_ || column < 0 || column >= sqlite3_column_count(handle_)) {
    return absl::OutOfRangeError("storage: no such column, or no row");
  }
  if (sqlite3_column_type(handle_, column) != type) {
    return absl::DataLossError("storage: a column holds another type");
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Statement::Int64At(int column) const {
  PERDURA_RETURN_IF_ERROR(CheckColumn(column, SQLITE_INTEGER));
  return sqlite3_column_int64(handle_, column);
}

absl::StatusOr<std::string> Statement::TextAt(int column) const {
  PERDURA_RETURN_IF_ERROR(CheckColumn(column, SQLITE_TEXT));
  const auto* text = sqlite3_column_text(handle_, column);
  PERDURA_CHECK(text != nullptr);  // null only when memory is gone
  return std::string(reinterpret_cast<const char*>(text),
                     static_cast<size_t>(sqlite3_column_bytes(handle_, column)));
}

absl::StatusOr<std::string> Statement::BlobAt(int column) const {
  PERDURA_RETURN_IF_ERROR(CheckColumn(column, SQLITE_BLOB));
  const void* const bytes = sqlite3_column_blob(handle_, column);  // null for an empty blob
  const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_, column));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

bool Statement::IsNullAt(int column) const {
  if (!has_row_ || column < 0 || column >= sqlite3_column_count(handle_)) return true;
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

}  // namespace perdura::base
