#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_COLUMNS_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_COLUMNS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "registry-node/store/fact_rows.h"

// How one C++ field becomes SQL columns and back. Used by fact_sql.cc and fact_store.cc alone.
namespace perdura::registry_node::columns {

using base::SqlValue;

// ---- to SQL: one tuple of values for each field ----

inline std::tuple<SqlValue> ToSql(int64_t value) { return {SqlValue(value)}; }
inline std::tuple<SqlValue> ToSql(bool value) { return {SqlValue(value ? 1 : 0)}; }
inline std::tuple<SqlValue> ToSql(const std::string& value) { return {SqlValue(value)}; }
template <typename Tag>
std::tuple<SqlValue> ToSql(const Id128<Tag>& id) {
  return {SqlValue(base::Blob{id.view()})};
}
template <typename T>
std::tuple<SqlValue> ToSql(const std::optional<T>& value) {
  return value.has_value() ? ToSql(*value) : std::tuple<SqlValue>(std::nullopt);
}
inline absl::string_view PrecisionText(char precision) {
  return precision == 'd' ? "d" : precision == 'm' ? "m" : "y";
}
inline std::tuple<SqlValue, SqlValue, SqlValue> ToSql(const DayInterval& day) {
  return {SqlValue(day.lo), SqlValue(day.hi), SqlValue(PrecisionText(day.precision))};
}
inline std::tuple<SqlValue, SqlValue, SqlValue> ToSql(const std::optional<DayInterval>& day) {
  if (!day.has_value()) return {std::nullopt, std::nullopt, std::nullopt};
  return ToSql(*day);
}

// ---- from SQL: reads the field from column `next` on and moves `next` behind it ----

class Reader {
 public:
  Reader(const base::Statement& row, int next) : row_(row), next_(next) {}

  absl::Status Read(int64_t& value) {
    PERDURA_ASSIGN_OR_RETURN(value, row_.Int64At(next_++));
    return absl::OkStatus();
  }
  absl::Status Read(bool& value) {
    PERDURA_ASSIGN_OR_RETURN(const int64_t number, row_.Int64At(next_++));
    value = number != 0;
    return absl::OkStatus();
  }
  absl::Status Read(std::string& value) {
    PERDURA_ASSIGN_OR_RETURN(value, row_.TextAt(next_++));
    return absl::OkStatus();
  }
  template <typename Tag>
  absl::Status Read(Id128<Tag>& id) {
    PERDURA_ASSIGN_OR_RETURN(const std::string bytes, row_.BlobAt(next_++));
    if (bytes.size() != id.bytes.size()) return absl::DataLossError("an id of 16 bytes is damaged");
    id = Id128<Tag>::FromBytes(bytes);
    return absl::OkStatus();
  }
  absl::Status Read(DayInterval& day) {
    std::string precision;
    PERDURA_RETURN_IF_ERROR(Read(day.lo));
    PERDURA_RETURN_IF_ERROR(Read(day.hi));
    PERDURA_RETURN_IF_ERROR(Read(precision));
    if (precision.size() != 1) return absl::DataLossError("a date precision is damaged");
    day.precision = precision[0];
    return absl::OkStatus();
  }
  template <typename T>
  absl::Status Read(std::optional<T>& value) {
    if (row_.IsNullAt(next_)) {
      value.reset();
      next_ += std::tuple_size_v<decltype(ToSql(std::declval<T>()))>;
      return absl::OkStatus();
    }
    value.emplace();
    return Read(*value);
  }

 private:
  const base::Statement& row_;
  int next_;
};

}  // namespace perdura::registry_node::columns

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_COLUMNS_H_
