#include "crypto/system_random.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "crypto/fork_guard.h"
#include "crypto/init.h"

namespace perdura::crypto {

SystemRandom::SystemRandom() : fork_generation_(ForkGeneration()) { PERDURA_CHECK(Init().ok()); }

void SystemRandom::Fill(std::span<uint8_t> out) {
  PERDURA_CHECK(ForkGeneration() == fork_generation_);
  while (!out.empty()) {
    if (next_ == kBufferSize) {
      randombytes_buf(buffer_.data(), kBufferSize);  // aborts by itself where it cannot deliver
      next_ = 0;
    }
    const size_t take = std::min(out.size(), kBufferSize - next_);
    std::memcpy(out.data(), buffer_.data() + next_, take);
    Wipe(buffer_.data() + next_, take);
    next_ += take;
    out = out.subspan(take);
  }
}

void SystemRandom::Discard() {
  Wipe(buffer_.data(), kBufferSize);
  next_ = kBufferSize;
}

}  // namespace perdura::crypto
