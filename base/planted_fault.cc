#include "base/planted_fault.h"

#if defined(PERDURA_FAILPOINTS)

#include <array>
#include <cmath>

#include "base/random_source.h"

namespace perdura::base {
namespace {

PlantedFault planted = PlantedFault::kNone;

// Uniform in (0, 1).
double UniformDouble(RandomSource& random) {
  std::array<uint8_t, 8> bytes;
  random.Fill(bytes);
  uint64_t word = 0;
  for (const uint8_t byte : bytes) word = (word << 8) | byte;
  return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
}

}  // namespace

void Plant(PlantedFault fault) { planted = fault; }

bool Planted(PlantedFault fault) { return planted == fault; }

int64_t RoundedFloatLaplace(uint64_t numerator, uint64_t denominator, RandomSource& random) {
  const double scale =
      -1 / std::log(static_cast<double>(numerator) / static_cast<double>(denominator));
  const double u = UniformDouble(random) - 0.5;
  return std::llround((u < 0 ? 1 : -1) * scale * std::log1p(-2 * std::abs(u)));
}

}  // namespace perdura::base

#endif  // PERDURA_FAILPOINTS
