#include "crypto/draw.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "tests/support/tape_random.h"

namespace perdura::crypto {
namespace {

using test_support::TapeRandom;

std::string NextBytes(base::RandomSource& source, size_t size) {
  std::vector<uint8_t> out(size);
  source.Fill(out);
  return std::string(out.begin(), out.end());
}

// The first 32 bytes under the same fresh key (the tape) and this context.
std::string FirstBytes(const std::string& manifest_hash, int role, const char* member,
                       DrawUse use) {
  TapeRandom fresh("draw");
  DrawSource draw = DrawSource::Create(fresh, manifest_hash, role, member, use);
  return NextBytes(draw, 32);
}

const std::string& Manifest() {
  static const auto* const hash = new std::string(Sha256("manifest"));
  return *hash;
}

// Computed with Python: hashlib.blake2b for the key, and RFC 8439 ChaCha20 written out for the
// stream.
TEST(DrawSourceTest, GivesTheStreamOfTheDefinition) {
  EXPECT_EQ(base::HexEncode(FirstBytes(Manifest(), 1, "node-a", DrawUse::kSplit)),
            "7b529876e045971990a2addf3c398a5ee1adcb0529b096defd66cb3aa8c5a5ad");
}
TEST(DrawSourceTest, StreamGoesOnAfterTheBuffer) {
  TapeRandom fresh("draw");
  DrawSource draw = DrawSource::Create(fresh, Manifest(), 1, "node-a", DrawUse::kSplit);
  NextBytes(draw, 4096);
  EXPECT_EQ(base::HexEncode(NextBytes(draw, 32)),
            "401343624d0525a83ebad7edc55108e96fd94ad99fe0f8b57b156280879630fe");
}
TEST(DrawSourceTest, ReadsThirtyTwoFreshBytes) {
  TapeRandom fresh("draw");
  DrawSource draw = DrawSource::Create(fresh, Manifest(), 1, "node-a", DrawUse::kSplit);
  NextBytes(draw, 10000);
  EXPECT_EQ(fresh.bytes_read(), 32u);
}
TEST(DrawSourceTest, ChunksDoNotChangeTheStream) {
  TapeRandom fresh_one("draw");
  TapeRandom fresh_two("draw");
  DrawSource one = DrawSource::Create(fresh_one, Manifest(), 2, "s1", DrawUse::kNoise);
  DrawSource two = DrawSource::Create(fresh_two, Manifest(), 2, "s1", DrawUse::kNoise);
  std::string pieces;
  for (size_t size = 1; pieces.size() < 9000; size = size * 2 + 1) pieces += NextBytes(two, size);
  EXPECT_EQ(NextBytes(one, pieces.size()), pieces);
}
// A restored machine that draws the same fresh bytes again still gets another stream.
TEST(DrawSourceTest, EveryPartOfTheContextChangesTheStream) {
  const std::string base = FirstBytes(Manifest(), 1, "node-a", DrawUse::kSplit);
  EXPECT_EQ(FirstBytes(Manifest(), 1, "node-a", DrawUse::kSplit), base);
  EXPECT_NE(FirstBytes(Sha256("other"), 1, "node-a", DrawUse::kSplit), base);
  EXPECT_NE(FirstBytes(Manifest(), 2, "node-a", DrawUse::kSplit), base);
  EXPECT_NE(FirstBytes(Manifest(), 1, "node-b", DrawUse::kSplit), base);
  EXPECT_NE(FirstBytes(Manifest(), 1, "node-a", DrawUse::kNoise), base);
}
TEST(DrawSourceTest, ChildOfAForkIsEnded) {
  TapeRandom fresh("draw");
  DrawSource draw = DrawSource::Create(fresh, Manifest(), 1, "node-a", DrawUse::kSplit);
  NextBytes(draw, 8);
  const pid_t child = ::fork();
  if (child == 0) {
    NextBytes(draw, 8);  // must not return
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
TEST(DrawSourceDeathTest, BrokenContextEndsTheProcess) {
  EXPECT_DEATH(FirstBytes("short", 1, "node-a", DrawUse::kSplit), "check.failed");
  EXPECT_DEATH(FirstBytes(Manifest(), 3, "node-a", DrawUse::kSplit), "check.failed");
  EXPECT_DEATH(FirstBytes(Manifest(), 1, "Node A", DrawUse::kSplit), "check.failed");
}

}  // namespace
}  // namespace perdura::crypto
