#include "crypto/field64.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::SeededRandom;
using test_support::StatusIs;

constexpr uint64_t kP = Field64::kModulus;

// Words near every place where a carry or a borrow changes.
const std::vector<uint64_t>& EdgeWords() {
  static const auto* const words = new std::vector<uint64_t>{
      0,
      1,
      2,
      (uint64_t{1} << 32) - 2,
      (uint64_t{1} << 32) - 1,
      uint64_t{1} << 32,
      (uint64_t{1} << 32) + 1,
      uint64_t{1} << 63,
      (kP - 1) / 2,
      (kP + 1) / 2,
      kP - 2,
      kP - 1,
      kP,
      kP + 1,
      std::numeric_limits<uint64_t>::max() - 1,
      std::numeric_limits<uint64_t>::max(),
  };
  return *words;
}

uint64_t Modulo(Wide128 n) { return static_cast<uint64_t>(n % kP); }

void ExpectLikeDivision(uint64_t a, uint64_t b) {
  const Field64 x = Field64::Reduce(a);
  const Field64 y = Field64::Reduce(b);
  const Wide128 n = static_cast<Wide128>(a) << 64 | b;
  ASSERT_EQ(Field64::Reduce(n).value(), Modulo(n)) << a << " " << b;
  ASSERT_EQ(x.value(), a % kP) << a;
  ASSERT_EQ((x + y).value(), Modulo(static_cast<Wide128>(x.value()) + y.value())) << a << " " << b;
  ASSERT_EQ((x * y).value(), Modulo(static_cast<Wide128>(x.value()) * y.value())) << a << " " << b;
  ASSERT_EQ((x - y) + y, x) << a << " " << b;
  ASSERT_EQ((x - y).value(), Modulo(static_cast<Wide128>(kP) + x.value() - y.value()));
  ASSERT_EQ((-x) + x, Field64()) << a;
}

TEST(Field64Test, AgreesWithDivisionAtEveryEdge) {
  for (const uint64_t a : EdgeWords()) {
    for (const uint64_t b : EdgeWords()) ExpectLikeDivision(a, b);
  }
}
TEST(Field64Test, AgreesWithDivisionOnRandomWords) {
  SeededRandom random(1);
  for (int i = 0; i < 200000; ++i) ExpectLikeDivision(random.Next(), random.Next());
}
// High halves with a zero or full part exercise each term of the reduction alone.
TEST(Field64Test, AgreesWithDivisionOnSparseProducts) {
  SeededRandom random(2);
  const uint64_t masks[] = {0, 0xFFFFFFFF, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF};
  for (int i = 0; i < 20000; ++i) {
    for (const uint64_t mask : masks) {
      ExpectLikeDivision(random.Next() & mask, random.Next() | ~mask);
      ExpectLikeDivision(random.Next() | ~mask, random.Next() & mask);
    }
  }
}
TEST(Field64Test, InverseTimesValueIsOne) {
  SeededRandom random(3);
  const Field64 one = Field64::FromSigned(1);
  for (int i = 0; i < 2000; ++i) {
    const Field64 x = Field64::Reduce(random.Next() | 1);
    if (x == Field64()) continue;
    ASSERT_EQ(x * x.Inverse(), one) << x.value();
  }
  EXPECT_EQ(Field64::FromSigned(-1).Inverse(), Field64::FromSigned(-1));
  EXPECT_EQ(Field64().Inverse(), Field64());
}

// dp_golden.csv, rows field64.
TEST(Field64Test, EncodesTheGoldenIntegers) {
  EXPECT_EQ(Field64::FromSigned(-1).value(), 18446744069414584320u);
  EXPECT_EQ(Field64::FromSigned(-676099).value(), 18446744069413908222u);
  EXPECT_EQ(Field64::FromSigned(5).value(), 5u);
}
TEST(Field64Test, LiftsTheGoldenElements) {
  EXPECT_EQ(Field64::Reduce(18446744069414584320u).Lift(), -1);
  EXPECT_EQ(Field64::Reduce(9223372034707292160u).Lift(), 9223372034707292160);
  EXPECT_EQ(Field64::Reduce(9223372034707292161u).Lift(), -9223372034707292160);
}
TEST(Field64Test, LiftUndoesFromSignedWithinTheBound) {
  SeededRandom random(4);
  for (const int64_t v : {int64_t{0}, Field64::kMaxSigned, -Field64::kMaxSigned}) {
    EXPECT_EQ(Field64::FromSigned(v).Lift(), v);
  }
  for (int i = 0; i < 100000; ++i) {
    const auto v = static_cast<int64_t>(random.Next() >> 2) - (int64_t{1} << 61);
    ASSERT_EQ(Field64::FromSigned(v).Lift(), v);
  }
}
TEST(Field64Test, SignedSumsAreSumsOfIntegers) {
  const Field64 sum = Field64::FromSigned(-7) + Field64::FromSigned(3) + Field64::FromSigned(-1);
  EXPECT_EQ(sum.Lift(), -5);
}
TEST(Field64Test, CanonicalEndsBelowP) {
  EXPECT_TRUE(Field64::IsCanonical(kP - 1));
  EXPECT_FALSE(Field64::IsCanonical(kP));
  EXPECT_FALSE(Field64::IsCanonical(std::numeric_limits<uint64_t>::max()));
}

TEST(EncodeFieldsTest, WordsAreLittleEndian) {
  const FieldVector elements = {Field64::FromSigned(1), Field64::FromSigned(-1)};
  EXPECT_EQ(EncodeFields(elements),
            std::string("\x01\0\0\0\0\0\0\0\x00\x00\x00\x00\xff\xff\xff\xff", 16));
}
TEST(DecodeFieldsTest, GivesWhatWasEncoded) {
  SeededRandom random(5);
  FieldVector elements;
  for (int i = 0; i < 100; ++i) elements.push_back(Field64::Reduce(random.Next()));
  EXPECT_THAT(DecodeFields(EncodeFields(elements)), test_support::IsOkAndHolds(elements));
  EXPECT_THAT(DecodeFields(""), test_support::IsOkAndHolds(FieldVector()));
}
TEST(DecodeFieldsTest, RefusesOneValueAtP) {
  std::string bytes(24, '\0');
  bytes.replace(8, 8, std::string("\x01\x00\x00\x00\xff\xff\xff\xff", 8));
  EXPECT_THAT(DecodeFields(bytes), StatusIs(absl::StatusCode::kInvalidArgument));
  bytes[8] = '\0';  // p - 1
  EXPECT_OK(DecodeFields(bytes));
}
TEST(DecodeFieldsTest, RefusesAPartOfAWord) {
  EXPECT_THAT(DecodeFields(std::string(15, '\0')), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace perdura::crypto
