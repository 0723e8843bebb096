#ifndef PERDURA_CRYPTO_SYSTEM_RANDOM_H_
#define PERDURA_CRYPTO_SYSTEM_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random_source.h"
#include "crypto/wiped.h"

namespace perdura::crypto {

// Fresh bytes of the operating system through a 4 KiB buffer; what was read is wiped. Ends the
// process after a fork, so that parent and child never share bytes. Thread-compatible: one per
// thread.
class SystemRandom final : public base::RandomSource {
 public:
  SystemRandom();
  void Fill(std::span<uint8_t> out) override;

  // Throws the buffer away, so that the next byte is drawn after this call.
  void Discard();

 private:
  static constexpr size_t kBufferSize = 4096;
  WipedArray<kBufferSize> buffer_;
  size_t next_ = kBufferSize;
  uint64_t fork_generation_;
};

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_SYSTEM_RANDOM_H_
