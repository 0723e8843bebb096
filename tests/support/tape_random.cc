#include "tests/support/tape_random.h"

#include "crypto/hash.h"

namespace perdura::test_support {
namespace {

std::string TapeBlock(const std::string& label, uint64_t index) {
  std::string input = label;
  for (int shift = 56; shift >= 0; shift -= 8) {
    input.push_back(static_cast<char>((index >> shift) & 0xff));
  }
  return crypto::Sha256(input);
}

}  // namespace

void TapeRandom::Fill(std::span<uint8_t> out) {
  for (uint8_t& byte : out) {
    const uint64_t offset = bytes_read_ % crypto::kDigestSize;
    if (offset == 0) block_ = TapeBlock(label_, bytes_read_ / crypto::kDigestSize);
    byte = static_cast<uint8_t>(block_[offset]);
    ++bytes_read_;
  }
}

}  // namespace perdura::test_support
