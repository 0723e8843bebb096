#include "privacy/table_strategy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace perdura::privacy {
namespace {

constexpr int64_t kLargestBound = int64_t{1} << 40;

// num / den to the nearest integer, halves away from zero; den > 0.
int64_t RoundedQuotient(int64_t num, int64_t den) {
  const int64_t magnitude = ((num < 0 ? -num : num) * 2 + den) / (2 * den);
  return num < 0 ? -magnitude : magnitude;
}

}  // namespace

absl::StatusOr<Strategy> DelayedEntryStrategy(const Strategy& exit, const Strategy& entry) {
  const int rows = exit.rows() + entry.rows();
  const int64_t columns = int64_t{1 + entry.columns()} * exit.columns();
  if (columns > kMaxStrategyColumns) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a table with ", columns, " pairs of entry and exit, at most ", kMaxStrategyColumns));
  }
  std::vector<int16_t> entries;
  entries.reserve(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  for (int row = 0; row < rows; ++row) {
    for (int e = 0; e <= entry.columns(); ++e) {
      for (int c = 0; c < exit.columns(); ++c) {
        if (row < exit.rows()) {
          entries.push_back(exit.at(row, c));
        } else {
          entries.push_back(e == 0 ? int16_t{0} : entry.at(row - exit.rows(), e - 1));
        }
      }
    }
  }
  return Strategy::Create(rows, static_cast<int>(columns), std::move(entries));
}

Strategy MomentStrategy(bool second_moment) {
  std::vector<int16_t> entries;
  for (int row = 0; row < (second_moment ? 3 : 2); ++row) {
    for (int64_t a = -kMomentSteps; a <= kMomentSteps; ++a) {
      const int64_t powers[] = {kMomentSteps, a, RoundedQuotient(a * a, kMomentSteps)};
      entries.push_back(static_cast<int16_t>(powers[row]));
    }
  }
  auto strategy = Strategy::Create(second_moment ? 3 : 2, 2 * kMomentSteps + 1, std::move(entries));
  PERDURA_CHECK(strategy.ok());
  return *std::move(strategy);
}

int MomentCell(int64_t value, int64_t low, int64_t high) {
  PERDURA_CHECK(low < high && low >= -kLargestBound && high <= kLargestBound);
  const int64_t clamped = std::clamp(value, low, high);
  return static_cast<int>(RoundedQuotient(kMomentSteps * (2 * clamped - low - high), high - low) +
                          kMomentSteps);
}

}  // namespace perdura::privacy
