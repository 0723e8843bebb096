#ifndef PERDURA_TESTS_SUPPORT_SEEDED_RANDOM_H_
#define PERDURA_TESTS_SUPPORT_SEEDED_RANDOM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random_source.h"

namespace perdura::test_support {

// xoshiro256** (Blackman, Vigna 2018) seeded through splitmix64: the same seed gives the same bytes
// on every machine. Not private. Tests only. Thread-compatible.
class SeededRandom final : public base::RandomSource {
 public:
  explicit SeededRandom(uint64_t seed);
  void Fill(std::span<uint8_t> out) override;
  // The next 64 bits, for the choices of a test.
  uint64_t Next();
  // Uniform enough for tests, in [0, bound), bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  std::array<uint64_t, 4> state_;
  uint64_t word_ = 0;  // bytes of the last word that Fill() has not given yet
  int left_ = 0;
};

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_SEEDED_RANDOM_H_
