#ifndef PERDURA_TESTS_SUPPORT_TAPE_RANDOM_H_
#define PERDURA_TESTS_SUPPORT_TAPE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "base/random_source.h"

namespace perdura::test_support {

// A known-answer tape: SHA-256(label || u64be 0) || SHA-256(label || u64be 1) || ... The golden
// file gives the outputs of the samplers and the bytes that they read. Not private. Tests only.
class TapeRandom final : public base::RandomSource {
 public:
  explicit TapeRandom(absl::string_view label) : label_(label) {}
  void Fill(std::span<uint8_t> out) override;
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::string label_;
  std::string block_;  // the SHA-256 output that is being read
  uint64_t bytes_read_ = 0;
};

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_TAPE_RANDOM_H_
