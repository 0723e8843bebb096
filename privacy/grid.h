#ifndef PERDURA_PRIVACY_GRID_H_
#define PERDURA_PRIVACY_GRID_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::privacy {

inline constexpr int kMaxKnots = 64;
inline constexpr int kMaxKnotMonths = 1200;

// The last day, since infusion, of `months` months of 487/16 days: floor(487 months / 16).
constexpr int64_t LastDayOfMonth(int months) { return int64_t{487} * months / 16; }

// A public time grid: bin k holds the exits after knot k-1 and up to and including knot k. Grids
// come from the charter, never from data, so that neither the number of bins nor their limits
// depend on a patient.
//
// A month is 487/16 = 30.4375 days, and exit day x lies in the first bin with 16 x <= 487 g. Knots
// 1, 2, 3 months end on days 30, 60, 91: day 30 is in the first bin, day 31 in the second. Day 0,
// the day of infusion, is in the first. Immutable, safe to share.
class Grid final {
 public:
  // `knots`: months, 1 to kMaxKnots of them, strictly ascending, each in [1, kMaxKnotMonths].
  // Returns InvalidArgument naming the rule that is broken.
  static absl::StatusOr<Grid> Create(std::vector<int> knots);

  int bins() const { return static_cast<int>(knots_.size()); }
  const std::vector<int>& knots() const { return knots_; }

  // The 0-based bin of an exit on `exit_day` (days since infusion), or nullopt if the day is
  // negative or beyond the last knot. Who exits beyond the last knot is censored in the last bin;
  // that rule is the caller's.
  std::optional<int> BinOf(int64_t exit_day) const;

  // LastDayOfMonth of the knot of `bin`, which is in [0, bins()).
  int64_t LastDay(int bin) const;

 private:
  explicit Grid(std::vector<int> knots) : knots_(std::move(knots)) {}
  std::vector<int> knots_;
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_GRID_H_
