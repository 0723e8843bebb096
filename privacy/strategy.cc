#include "privacy/strategy.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "privacy/int128.h"

namespace perdura::privacy {
namespace {

constexpr int64_t kMaxAppliedCount = int64_t{1} << 32;

void AppendU16(uint16_t value, std::string& out) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xff));
}

uint64_t Magnitude(int16_t entry) {
  return static_cast<uint64_t>(std::abs(static_cast<int32_t>(entry)));
}

}  // namespace

absl::StatusOr<Strategy> Strategy::Create(int rows, int columns, std::vector<int16_t> entries) {
  if (rows < 1 || rows > kMaxStrategyRows) {
    return absl::InvalidArgumentError(absl::StrCat("rows: must be from 1 to ", kMaxStrategyRows));
  }
  if (columns < 1 || columns > kMaxStrategyColumns) {
    return absl::InvalidArgumentError(
        absl::StrCat("columns: must be from 1 to ", kMaxStrategyColumns));
  }
  if (entries.size() != static_cast<size_t>(rows) * static_cast<size_t>(columns)) {
    return absl::InvalidArgumentError("entries: rows x columns of them expected");
  }
  Strategy strategy(rows, columns, std::move(entries));
  for (int c = 0; c < columns; ++c) {
    bool zero = true;
    for (int r = 0; r < rows && zero; ++r) zero = strategy.at(r, c) == 0;
    if (zero) return absl::InvalidArgumentError("entries: a column is all zero");
  }
  return strategy;
}

absl::StatusOr<Strategy> Strategy::Identity(int columns, int16_t scale) {
  if (scale < 1) return absl::InvalidArgumentError("scale: must be positive");
  if (columns < 1 || columns > kMaxStrategyColumns) {
    return absl::InvalidArgumentError(
        absl::StrCat("columns: must be from 1 to ", kMaxStrategyColumns));
  }
  const size_t size = static_cast<size_t>(columns);
  std::vector<int16_t> entries(size * size, 0);
  for (size_t i = 0; i < size; ++i) entries[i * size + i] = scale;
  return Create(columns, columns, std::move(entries));
}

Strategy::Strategy(int rows, int columns, std::vector<int16_t> entries)
    : rows_(rows), columns_(columns), entries_(std::move(entries)) {
  // 128 bits although 4096 squares of 2^15 fit 64: the bound then does not rest on the limits
  // above.
  Uint128 largest_squares = 0;
  for (int c = 0; c < columns_; ++c) {
    Uint128 squares = 0;
    uint64_t absolute = 0;
    for (int r = 0; r < rows_; ++r) {
      const uint64_t magnitude = Magnitude(at(r, c));
      squares += Uint128{magnitude} * magnitude;
      absolute += magnitude;
      max_abs_ = std::max(max_abs_, magnitude);
    }
    largest_squares = std::max(largest_squares, squares);
    l1_ = std::max(l1_, absolute);
  }
  l2_squared_ = static_cast<uint64_t>(largest_squares);
}

uint64_t Strategy::replace_one_squared() const {
  Int128 largest = 0;
  for (int a = 0; a < columns_; ++a) {
    for (int b = 0; b < a; ++b) {
      Int128 distance = 0;
      for (int r = 0; r < rows_; ++r) {
        const int64_t difference = int64_t{at(r, a)} - at(r, b);
        distance += Int128{difference} * difference;
      }
      largest = std::max(largest, distance);
    }
  }
  return static_cast<uint64_t>(largest);
}

std::string Strategy::canonical_bytes() const {
  std::string out;
  out.reserve(4 + 2 * entries_.size());
  AppendU16(static_cast<uint16_t>(rows_), out);
  AppendU16(static_cast<uint16_t>(columns_), out);
  for (const int16_t entry : entries_) AppendU16(static_cast<uint16_t>(entry), out);
  return out;
}

std::vector<int64_t> Strategy::Apply(std::span<const int64_t> counts) const {
  PERDURA_CHECK(counts.size() == static_cast<size_t>(columns_));
  for (const int64_t count : counts) {
    PERDURA_CHECK(count <= kMaxAppliedCount && count >= -kMaxAppliedCount);
  }
  // 4096 products of at most 2^15 2^32 add up to at most 2^59.
  std::vector<int64_t> result(static_cast<size_t>(rows_), 0);
  for (int r = 0; r < rows_; ++r) {
    int64_t sum = 0;
    for (int c = 0; c < columns_; ++c) sum += at(r, c) * counts[static_cast<size_t>(c)];
    result[static_cast<size_t>(r)] = sum;
  }
  return result;
}

}  // namespace perdura::privacy
