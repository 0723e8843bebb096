#ifndef PERDURA_PRIVACY_NOISE_H_
#define PERDURA_PRIVACY_NOISE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "privacy/charge.h"

namespace perdura::privacy {

// The law of one dealer's noise.
enum class NoiseLaw {
  kUnspecified = 0,
  kDiscreteGaussian = 1,  // compartment `adhoc`, zCDP
  kDiscreteLaplace = 2,   // compartment `flagship`, pure DP, by negative-binomial shares
};

// Bounds of the variance that one dealer draws, inclusive. Below 9 a sum of discrete Gaussians is
// no longer close enough to a discrete Gaussian; above 2^50 the sampler's 128-bit products could
// overflow.
inline constexpr uint64_t kMinDealerVariance = 9;
inline constexpr uint64_t kMaxDealerVariance = uint64_t{1} << 50;
inline constexpr int kMaxDealers = 1024;

// The modulus of the field in which tables are summed, 2^64 - 2^32 + 1.
inline constexpr uint64_t kField64Modulus = 0xffffffff00000001;

// floor(sqrt(n)), by integers.
uint64_t IntegerSquareRoot(uint64_t n);

// The variance v (squared counts) that each dealer draws on every row: ceil(l2_squared 2^39 /
// (units h)) + 1.
//
// Privacy: neighbours differ by one patient added or removed. If h dealers are honest, a release
// with this v costs at most `charge` in rho, whatever the other dealers deal. The +1 pays for the
// sum of discrete Gaussians not being one (Kairouz, Liu, Steinke 2021, theorem 1: below 2.7e-38 a
// row at v >= 9). `l2_squared`: Strategy::l2_squared(), > 0. `honest_dealers`: h of the committee,
// in [1, kMaxDealers]. Returns InvalidArgument naming a parameter out of range, or if v falls
// outside [kMinDealerVariance, kMaxDealerVariance]: such a charge cannot be offered. Worked number:
// 65868, 26779672616 units, h = 2 give 676099.
absl::StatusOr<uint64_t> DealerVariance(uint64_t l2_squared, Charge charge, int honest_dealers);

// InvalidArgument naming `field` unless `dealers` is in [1, kMaxDealers].
absl::Status CheckDealers(absl::string_view field, int dealers);

// The largest absolute value that a lifted row of an honest release takes, but for a chance below
// 2^-64 over 4096 rows: n_max max_abs + 11 (isqrt(v dealers) + 1). A lifted value beyond it voids
// the round. `n_max`: patients of all nodes together (charter). `max_abs`: Strategy::max_abs(), or
// 256 for moment rows. `variance`: of one dealer. `dealers`: Q, all whose noise is in the release,
// in [1, kMaxDealers]. Returns InvalidArgument naming a parameter out of range, or unless the bound
// is below p/2 of Field64.
absl::StatusOr<uint64_t> GaussianBound(uint64_t n_max, uint64_t max_abs, uint64_t variance,
                                       int dealers);

// The same for discrete Laplace noise of any level and committee: n_max max_abs + 2^20, where the
// tail is below 2^-100000.
absl::StatusOr<uint64_t> LaplaceBound(uint64_t n_max, uint64_t max_abs);

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_NOISE_H_
