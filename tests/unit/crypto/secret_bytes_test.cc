#include "crypto/secret_bytes.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "crypto/init.h"
#include "crypto/wiped.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <typename T>
concept Comparable = requires(const T& value) {
  value == value;
};

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(!Printable<SecretBytes>);
static_assert(!Comparable<SecretBytes>);

TEST(InitTest, EveryCallIsOk) {
  EXPECT_OK(Init());
  EXPECT_OK(Init());
}

TEST(SecretBytesTest, StartsWithZerosInBothMemories) {
  EXPECT_EQ(SecretBytes(33).view(), std::string(33, '\0'));
  EXPECT_EQ(SecretBytes(33, SecretBytes::Memory::kHeap).view(), std::string(33, '\0'));
}
TEST(SecretBytesTest, EmptyOneHasNoBytes) {
  const SecretBytes empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.view(), "");
  EXPECT_TRUE(SecretBytes(0).empty());
  EXPECT_TRUE(SecretBytes(0, SecretBytes::Memory::kHeap).empty());
}
TEST(SecretBytesTest, MovingEmptiesTheSource) {
  SecretBytes first("abc");
  SecretBytes second(std::move(first));
  EXPECT_EQ(second.view(), "abc");
  SecretBytes third(2, SecretBytes::Memory::kHeap);
  third = std::move(second);
  EXPECT_EQ(third.view(), "abc");
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): the promise under test
}
TEST(SecretBytesTest, CloneIsIndependent) {
  SecretBytes first("abc");
  const SecretBytes second = first.Clone();
  first.mutable_span()[0] = 'x';
  EXPECT_EQ(second.view(), "abc");
}
TEST(SecretBytesTest, TakeFromEmptiesTheString) {
  std::string source = "a secret that is longer than a short string";
  const SecretBytes secret = SecretBytes::TakeFrom(source);
  EXPECT_EQ(secret.view(), "a secret that is longer than a short string");
  EXPECT_EQ(source, "");
}
TEST(SecretBytesTest, RandomReadsItsSource) {
  test_support::SeededRandom one(1);
  test_support::SeededRandom two(1);
  EXPECT_TRUE(SecretBytes::Random(32, one).EqualsConstantTime(SecretBytes::Random(32, two)));
  EXPECT_FALSE(SecretBytes::Random(32, one).EqualsConstantTime(SecretBytes(32)));
}
TEST(SecretBytesTest, EqualsNeedsLengthAndBytes) {
  const SecretBytes secret("abc");
  EXPECT_TRUE(secret.EqualsConstantTime("abc"));
  EXPECT_FALSE(secret.EqualsConstantTime("abd"));
  EXPECT_FALSE(secret.EqualsConstantTime("ab"));
}
TEST(SecretBytesDeathTest, LockedMemoryEndsAtAGuardPage) {
  SecretBytes secret(16);
  EXPECT_DEATH(
      {
        volatile uint8_t* const data = secret.mutable_span().data();
        data[16] = 1;
      },
      "");
}
TEST(WipeStringTest, ClearsTheBufferAndTheText) {
  std::string text = "a secret that is longer than a short string";
  const char* const buffer = text.data();
  WipeString(text);
  EXPECT_EQ(text, "");
  EXPECT_EQ(std::string(buffer, 10), std::string(10, '\0'));
}

}  // namespace
}  // namespace perdura::crypto
