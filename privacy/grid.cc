#include "privacy/grid.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace perdura::privacy {
namespace {

// A month is 487/16 days.
constexpr int64_t kSixteenthsOfDayPerMonth = 487;

}  // namespace

absl::StatusOr<Grid> Grid::Create(std::vector<int> knots) {
  if (knots.empty() || knots.size() > size_t{kMaxKnots}) {
    return absl::InvalidArgumentError(absl::StrCat("knots: 1 to ", kMaxKnots, " of them expected"));
  }
  int previous = 0;
  for (const int knot : knots) {
    if (knot < 1 || knot > kMaxKnotMonths) {
      return absl::InvalidArgumentError(
          absl::StrCat("knots: each must be from 1 to ", kMaxKnotMonths, " months"));
    }
    if (knot <= previous) return absl::InvalidArgumentError("knots: must be strictly ascending");
    previous = knot;
  }
  return Grid(std::move(knots));
}

std::optional<int> Grid::BinOf(int64_t exit_day) const {
  if (exit_day < 0 || exit_day > LastDay(bins() - 1)) return std::nullopt;
  int bin = 0;
  while (exit_day > LastDay(bin)) ++bin;
  return bin;
}

int64_t Grid::LastDay(int bin) const {
  return kSixteenthsOfDayPerMonth * knots_[static_cast<size_t>(bin)] / 16;
}

}  // namespace perdura::privacy
