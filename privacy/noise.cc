#include "privacy/noise.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/planted_fault.h"
#include "base/status_macros.h"
#include "privacy/int128.h"

namespace perdura::privacy {
namespace {

// Eleven standard deviations leave less than 2^-64 over 4096 rows.
constexpr uint64_t kTailSds = 11;
constexpr uint64_t kLaplaceTail = uint64_t{1} << 20;

absl::Status CheckVariance(bool too_small, bool too_large) {
  if (too_small) {
    return absl::InvalidArgumentError(absl::StrCat("variance: a dealer's noise would be below ",
                                                   kMinDealerVariance,
                                                   "; ask for a smaller charge"));
  }
  if (too_large) {
    return absl::InvalidArgumentError(
        "variance: a dealer's noise would exceed 2^50; ask for a larger charge");
  }
  return absl::OkStatus();
}

// n_max max_abs + tail, if that is below p/2. `tail` is below 2^35.
absl::StatusOr<uint64_t> CountsAndTail(uint64_t n_max, uint64_t max_abs, uint64_t tail) {
  if (n_max == 0) return absl::InvalidArgumentError("n_max: must be positive");
  if (max_abs == 0) return absl::InvalidArgumentError("max_abs: must be positive");
  // (2^64 - 1)^2 leaves room for the tail.
  const Uint128 bound = Uint128{n_max} * max_abs + tail;
  // p is odd: bound < p/2 means bound <= (p - 1)/2.
  if (bound > (kField64Modulus - 1) / 2) {
    return absl::InvalidArgumentError("n_max: counts and noise would not fit into half of Field64");
  }
  return static_cast<uint64_t>(bound);
}

}  // namespace

absl::Status CheckDealers(absl::string_view field, int dealers) {
  if (dealers >= 1 && dealers <= kMaxDealers) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": must be from 1 to ", kMaxDealers));
}

uint64_t IntegerSquareRoot(uint64_t n) {
  // Bit by bit from the top: `root` is always the largest value found so far with root^2 <= n.
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    const uint64_t candidate = root | bit;
    if (candidate * candidate <= n) root = candidate;  // candidate < 2^32: no overflow
  }
  return root;
}

absl::StatusOr<uint64_t> DealerVariance(uint64_t l2_squared, Charge charge, int honest_dealers) {
  if (l2_squared == 0) return absl::InvalidArgumentError("l2_squared: must be positive");
  PERDURA_RETURN_IF_ERROR(CheckDealers("honest_dealers", honest_dealers));
  // Below 2^103 and 2^74.
  const Uint128 numerator = Uint128{l2_squared} << (kChargeUnitBits - 1);
  const Uint128 denominator = Uint128{charge.units()} * static_cast<uint64_t>(honest_dealers);
  const Uint128 variance = (numerator + denominator - 1) / denominator + 1;
  PERDURA_RETURN_IF_ERROR(CheckVariance(variance<kMinDealerVariance, variance> kMaxDealerVariance));
  if (base::Planted(base::PlantedFault::kHalvedVariance))
    return static_cast<uint64_t>(variance / 2);
  return static_cast<uint64_t>(variance);
}

absl::StatusOr<uint64_t> GaussianBound(uint64_t n_max, uint64_t max_abs, uint64_t variance,
                                       int dealers) {
  PERDURA_RETURN_IF_ERROR(CheckDealers("dealers", dealers));
  PERDURA_RETURN_IF_ERROR(CheckVariance(variance<kMinDealerVariance, variance> kMaxDealerVariance));
  const uint64_t total_variance = variance * static_cast<uint64_t>(dealers);  // at most 2^60
  return CountsAndTail(n_max, max_abs, kTailSds * (IntegerSquareRoot(total_variance) + 1));
}

absl::StatusOr<uint64_t> LaplaceBound(uint64_t n_max, uint64_t max_abs) {
  return CountsAndTail(n_max, max_abs, kLaplaceTail);
}

}  // namespace perdura::privacy
