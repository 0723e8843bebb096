#ifndef PERDURA_BASE_PLANTED_FAULT_H_
#define PERDURA_BASE_PLANTED_FAULT_H_

#include <cstdint>

namespace perdura::base {

class RandomSource;

// Ways in which a release could break its privacy claim. Each can be planted in a test build, and
// the audit (tests/statistical/audit) must then find it; without that, its silence would prove
// nothing. In other builds Planted() is the constant false and nothing of a fault is compiled.
enum class PlantedFault {
  kNone,
  kHalvedVariance,        // dealers draw half the variance
  kAllDealersHonest,      // the noise is divided by Q dealers instead of the h honest ones
  kDealerLeftOut,         // one dealer is missing from the sum
  kZeroCountedTwice,      // the sampler keeps -0 as a second zero
  kRoundedFloatLaplace,   // a continuous Laplace draw is rounded
  kClippedCells,          // a node clips its counts before they are measured
  kTwoCells,              // a patient is counted in a second cell
  kGridFromData,          // cells depend on where the first patient is
  kFlagSensitivityOfOne,  // a flag table is charged as if a patient had one flag
  kFreshUpload,           // a node builds its contribution anew when asked again
  kSilentWhenEmpty,       // a node without patients sends nothing
  kRefund,                // burnt questions give their charge back
  kExactCountInLog,       // the number of patients stands in a log
};

#if defined(PERDURA_FAILPOINTS)
// Test builds only. Not thread-safe: before the first thread.
void Plant(PlantedFault fault);
bool Planted(PlantedFault fault);
// What kRoundedFloatLaplace draws: scale 1 / level for numerator / denominator = exp(-level).
int64_t RoundedFloatLaplace(uint64_t numerator, uint64_t denominator, RandomSource& random);
#else
constexpr bool Planted(PlantedFault /*fault*/) { return false; }
constexpr int64_t RoundedFloatLaplace(uint64_t /*numerator*/, uint64_t /*denominator*/,
                                      RandomSource& /*random*/) {
  return 0;
}
#endif

}  // namespace perdura::base

#endif  // PERDURA_BASE_PLANTED_FAULT_H_
