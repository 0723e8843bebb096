#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crypto/hash.h"
#include "tests/support/fake_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tape_random.h"
#include "tests/support/temp_folder.h"

// The doubles themselves: a test that stands on a wrong one proves nothing.
namespace perdura::test_support {
namespace {

using ::testing::HasSubstr;
using ::testing::Matches;

std::string Bytes(base::RandomSource& source, size_t size) {
  std::vector<uint8_t> out(size);
  source.Fill(out);
  return std::string(out.begin(), out.end());
}

TEST(TapeRandomTest, IsTheConcatenationOfHashesOfLabelAndCounter) {
  TapeRandom tape("label");
  const std::string zero = crypto::Sha256(std::string("label\0\0\0\0\0\0\0\0", 13));
  const std::string one = crypto::Sha256(std::string("label\0\0\0\0\0\0\0\1", 13));
  const std::string head = Bytes(tape, 5);
  EXPECT_EQ(head + Bytes(tape, 59), zero + one);
  EXPECT_EQ(tape.bytes_read(), 64u);
}
TEST(TapeRandomTest, ReadingNothingCountsNothing) {
  TapeRandom tape("label");
  Bytes(tape, 0);
  EXPECT_EQ(tape.bytes_read(), 0u);
}

TEST(SeededRandomTest, SameSeedSameBytesInAnyChunks) {
  SeededRandom one(7);
  SeededRandom two(7);
  std::string pieces = Bytes(two, 3);
  pieces += Bytes(two, 14);
  EXPECT_EQ(Bytes(one, 17), pieces);
}
TEST(SeededRandomTest, OtherSeedOtherBytes) {
  SeededRandom one(7);
  SeededRandom two(8);
  EXPECT_NE(Bytes(one, 32), Bytes(two, 32));
}
TEST(SeededRandomTest, BelowStaysBelow) {
  SeededRandom random(9);
  std::array<bool, 3> seen{};
  for (int i = 0; i < 200; ++i) seen.at(random.Below(3)) = true;
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
}

TEST(FakeClockTest, MovesOnlyWhenTold) {
  FakeClock clock(absl::FromUnixSeconds(100));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(100));
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(105));
  clock.Set(absl::FromUnixSeconds(1));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(1));
}
TEST(FakeClockTest, StartsInMid2026) {
  EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", FakeClock().Now(), absl::UTCTimeZone()),
            "2026-07-01T00:00:00Z");
}

TEST(StatusMatchersTest, TellOkFromErrors) {
  const absl::Status error = absl::InvalidArgumentError("units must be positive");
  EXPECT_TRUE(Matches(IsOk())(absl::OkStatus()));
  EXPECT_FALSE(Matches(IsOk())(error));
  EXPECT_TRUE(Matches(IsOk())(absl::StatusOr<int>(1)));
  EXPECT_FALSE(Matches(IsOk())(absl::StatusOr<int>(error)));
}
TEST(StatusMatchersTest, StatusIsLooksAtCodeAndMessage) {
  const absl::StatusOr<int> error = absl::InvalidArgumentError("units must be positive");
  EXPECT_TRUE(Matches(StatusIs(absl::StatusCode::kInvalidArgument))(error));
  EXPECT_TRUE(Matches(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("units")))(error));
  EXPECT_FALSE(Matches(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("days")))(error));
  EXPECT_FALSE(Matches(StatusIs(absl::StatusCode::kNotFound))(error));
  EXPECT_FALSE(Matches(StatusIs(absl::StatusCode::kInvalidArgument))(absl::StatusOr<int>(1)));
}
TEST(StatusMatchersTest, IsOkAndHoldsLooksAtTheValue) {
  EXPECT_TRUE(Matches(IsOkAndHolds(1))(absl::StatusOr<int>(1)));
  EXPECT_FALSE(Matches(IsOkAndHolds(2))(absl::StatusOr<int>(1)));
  EXPECT_FALSE(Matches(IsOkAndHolds(1))(absl::StatusOr<int>(absl::NotFoundError(""))));
}

TEST(TempFolderTest, IsGoneWithItsContents) {
  std::string path;
  {
    const TempFolder folder;
    path = folder.path();
    ASSERT_TRUE(std::filesystem::create_directories(folder.File("a/b")));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace perdura::test_support
