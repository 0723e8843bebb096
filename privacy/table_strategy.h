#ifndef PERDURA_PRIVACY_TABLE_STRATEGY_H_
#define PERDURA_PRIVACY_TABLE_STRATEGY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "privacy/strategy.h"

// The measured matrices of tables that are not a plain event table. Columns are cells, of which one
// patient is in one; sensitivities are read off the columns by Strategy, as ever.
namespace perdura::privacy {

// R of a delayed-entry table. Its cells are pairs of an entry and an exit cell; only their margins
// are measured: rows of `exit` on the exit margin, under them rows of `entry` on the entry margin.
// Column (e, c), e-major, e = 0..entry.columns(), is column c of `exit` over column e - 1 of
// `entry`; entry on day 0 is e = 0 and has no entry part. So Delta_2 squared is the sum of both
// largest column norms. Returns InvalidArgument if there are more than kMaxStrategyColumns columns.
absl::StatusOr<Strategy> DelayedEntryStrategy(const Strategy& exit, const Strategy& entry);

// Steps a of a clamped value: -kMomentSteps..kMomentSteps, so 2 kMomentSteps + 1 cells.
inline constexpr int kMomentSteps = 256;

// Rows n, sum of x, and with `second_moment` sum of x squared: column a is (256, a, round(a^2 /
// 256)), a ascending from -256. Delta_2 squared is 2 x 2^16, or 3 x 2^16.
Strategy MomentStrategy(bool second_moment);

// Cell of a value in a moment table: a + 256 with a = round(256 (x - mid) / half), x clamped to
// [low, high], mid and half of that range, halves away from zero, by integers. low < high, both of
// absolute value at most 2^40 (a programmer's error otherwise).
int MomentCell(int64_t value, int64_t low, int64_t high);

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_TABLE_STRATEGY_H_
