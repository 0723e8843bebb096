#ifndef PERDURA_BASE_RANDOM_SOURCE_H_
#define PERDURA_BASE_RANDOM_SOURCE_H_

#include <cstdint>
#include <span>

namespace perdura::base {

// A stream of uniformly random bytes. Passed by reference, never defaulted.
// Production: crypto/system_random.h (fresh bytes from the operating system) and crypto/draw.h
// (ChaCha20 under a draw key). Tests: tests/support (tapes and seeded streams; not private). An
// implementation that cannot deliver ends the process; it never returns short.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills all of `out` with the next bytes of the stream.
  virtual void Fill(std::span<uint8_t> out) = 0;
};

}  // namespace perdura::base

#endif  // PERDURA_BASE_RANDOM_SOURCE_H_
