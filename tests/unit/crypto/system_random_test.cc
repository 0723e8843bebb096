#include "crypto/system_random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <set>
#include <vector>

namespace perdura::crypto {
namespace {

TEST(SystemRandomTest, GivesFreshBytesAcrossItsBuffer) {
  SystemRandom random;
  std::set<std::array<uint8_t, 16>> seen;
  for (int i = 0; i < 1000; ++i) {  // 16 kB, four buffers
    std::array<uint8_t, 16> draw{};
    random.Fill(draw);
    EXPECT_TRUE(seen.insert(draw).second);
  }
}
TEST(SystemRandomTest, FillsMoreThanItsBuffer) {
  SystemRandom random;
  std::vector<uint8_t> out(3 * 4096 + 5);
  random.Fill(out);
  // Each block of 64 bytes is all zero with chance 2^-512.
  for (size_t at = 0; at + 64 <= out.size(); at += 64) {
    EXPECT_NE(std::vector<uint8_t>(out.begin() + static_cast<std::ptrdiff_t>(at),
                                   out.begin() + static_cast<std::ptrdiff_t>(at + 64)),
              std::vector<uint8_t>(64));
  }
}
TEST(SystemRandomTest, DiscardKeepsItUsable) {
  SystemRandom random;
  std::array<uint8_t, 32> before{};
  std::array<uint8_t, 32> after{};
  random.Fill(before);
  random.Discard();
  random.Fill(after);
  EXPECT_NE(before, after);
}
TEST(SystemRandomTest, ChildOfAForkIsEnded) {
  SystemRandom random;
  std::array<uint8_t, 8> draw{};
  random.Fill(draw);
  const pid_t child = ::fork();
  if (child == 0) {
    random.Fill(draw);  // must not return
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  random.Fill(draw);  // the parent goes on
}

}  // namespace
}  // namespace perdura::crypto
