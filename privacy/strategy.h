#ifndef PERDURA_PRIVACY_STRATEGY_H_
#define PERDURA_PRIVACY_STRATEGY_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::privacy {

inline constexpr int kMaxStrategyRows = 4096;
inline constexpr int kMaxStrategyColumns = 4096;

// What a release measures: the integer rows y = R q of one group's cells q, plus noise on every
// row.
//
// Privacy: adding or removing one patient changes one cell by 1, hence y by one column of R. The
// sensitivities below are therefore largest column norms, recomputed here from the integers by
// everybody who loads a charter and never taken from its text. Not checked here: that a patient
// falls into one cell (the node's derivation). With G disjoint groups R is applied to each group in
// turn; the norms stay those of one block. Where R comes from: privacy/design/strategy_design.h and
// docs/privacy/strategy.md. Immutable, safe to share.
class Strategy final {
 public:
  // `entries`: row-major, rows x columns of them; rows and columns in [1, 4096]; no column may be
  // all zero, since its patients would be counted nowhere. Returns InvalidArgument naming the bound
  // that is broken.
  static absl::StatusOr<Strategy> Create(int rows, int columns, std::vector<int16_t> entries);

  // `scale` times the identity: 1 for every table in `flagship`; 2^8 for category and flag tables
  // in `adhoc`, so that dealers draw large integers there too. Returns InvalidArgument unless
  // columns is in [1, 4096] and scale is positive.
  static absl::StatusOr<Strategy> Identity(int columns, int16_t scale);

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  // `row` in [0, rows()), `column` in [0, columns()).
  int16_t at(int row, int column) const { return entries_[Index(row, column)]; }
  // Row-major.
  const std::vector<int16_t>& entries() const { return entries_; }

  // Delta_2 squared: the largest sum of squares of a column. At most 2^42.
  uint64_t l2_squared() const { return l2_squared_; }
  // Delta_1: the largest sum of absolute values of a column. At most 2^27.
  uint64_t l1() const { return l1_; }
  // The largest absolute value of an entry. At most 2^15.
  uint64_t max_abs() const { return max_abs_; }
  // The largest squared distance of two columns: what replacing a patient would cost. Printed,
  // never claimed. Takes rows x columns^2 steps; computed at each call.
  uint64_t replace_one_squared() const;

  // u16be rows, u16be columns, entries as i16be, row-major: the bytes whose SHA-256 identifies a
  // strategy.
  std::string canonical_bytes() const;

  // R q. `counts`: columns() counts, each of absolute value at most 2^32 (a programmer's error
  // otherwise, which ends the process), so that a row stays at most 2^59.
  std::vector<int64_t> Apply(std::span<const int64_t> counts) const;

  friend bool operator==(const Strategy&, const Strategy&) = default;

 private:
  Strategy(int rows, int columns, std::vector<int16_t> entries);
  size_t Index(int row, int column) const {
    return static_cast<size_t>(row) * static_cast<size_t>(columns_) + static_cast<size_t>(column);
  }

  int rows_;
  int columns_;
  std::vector<int16_t> entries_;
  uint64_t l2_squared_ = 0;
  uint64_t l1_ = 0;
  uint64_t max_abs_ = 0;
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_STRATEGY_H_
