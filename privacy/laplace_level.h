#ifndef PERDURA_PRIVACY_LAPLACE_LEVEL_H_
#define PERDURA_PRIVACY_LAPLACE_LEVEL_H_

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "privacy/charge.h"

namespace perdura::privacy {

// How much discrete Laplace noise a release of the compartment `flagship` carries: level = epsilon
// / Delta_1, one of a closed list, so that its two constants are integers that a test computes
// again.
//
//   level   1/8         1/4         1/2         3/4         1           3/2        2
//   P       3790295336  3344923894  2605029348  2028798896  1580030169  958336741  581260616
//
// P = ceil(2^32 e^-level): the noise has Pr[z] proportional to p^|z| with p = P / 2^32 >= e^-level,
// so neighbours that differ by Delta_1 differ by at most a factor e^epsilon. Lambda = ceil(-2^40
// ln(1
// - p)): what the shares of the noise are drawn from (docs/privacy/discrete-laplace.md). Both are
// rounded up, which only adds noise. A value type, safe to copy and to share.
class LaplaceLevel final {
 public:
  // Every level, ascending.
  static std::span<const LaplaceLevel> All();

  // The level that charges exactly `epsilon` for sensitivity `l1` (Delta_1, >= 1). Returns
  // InvalidArgument naming the charges that can be offered if there is none: epsilon is neither
  // rounded nor converted.
  static absl::StatusOr<LaplaceLevel> ForCharge(Charge epsilon, uint64_t l1);

  // The level with the parameter P / 2^32 of a manifest. Returns InvalidArgument if there is none.
  static absl::StatusOr<LaplaceLevel> ForParameter(uint64_t numerator, uint64_t denominator);

  // The level itself, in eighths.
  uint64_t eighths() const { return eighths_; }
  // P, in (0, 2^32).
  uint64_t p_numerator() const { return p_numerator_; }
  // Lambda, below 2^42.
  uint64_t lambda() const { return lambda_; }
  // Units of 2^-40 of epsilon that it charges for sensitivity `l1` in [1, 2^20].
  uint64_t units(uint64_t l1) const;

  friend bool operator==(const LaplaceLevel&, const LaplaceLevel&) = default;

 private:
  constexpr LaplaceLevel(uint64_t eighths, uint64_t p_numerator, uint64_t lambda)
      : eighths_(eighths), p_numerator_(p_numerator), lambda_(lambda) {}

  static const LaplaceLevel kAll[7];

  uint64_t eighths_;
  uint64_t p_numerator_;
  uint64_t lambda_;
};

// The denominator of every P.
inline constexpr uint64_t kLaplaceDenominator = uint64_t{1} << 32;

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_LAPLACE_LEVEL_H_
