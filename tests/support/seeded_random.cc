#include "tests/support/seeded_random.h"

#include <bit>

namespace perdura::test_support {

SeededRandom::SeededRandom(uint64_t seed) {
  for (uint64_t& word : state_) {  // splitmix64
    seed += 0x9E3779B97F4A7C15;
    word = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
    word ^= word >> 31;
  }
}

uint64_t SeededRandom::Next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::Fill(std::span<uint8_t> out) {
  for (uint8_t& byte : out) {
    if (left_ == 0) {
      word_ = Next();
      left_ = 8;
    }
    byte = static_cast<uint8_t>(word_ & 0xff);
    word_ >>= 8;
    --left_;
  }
}

}  // namespace perdura::test_support
