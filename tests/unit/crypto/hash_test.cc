#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "crypto/wiped.h"

namespace perdura::crypto {
namespace {

// FIPS 180-4 examples.
TEST(Sha256Test, GivesTheStandardsDigests) {
  EXPECT_EQ(base::HexEncode(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(base::HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
// The authors' keyed test set uses 64 bytes; this value is Python's hashlib.blake2b(b"abc",
// digest_size=32, key=bytes(range(32))).
TEST(KeyedBlake2bTest, AgreesWithAnotherImplementation) {
  WipedArray<32> key;
  for (uint8_t i = 0; i < 32; ++i) key.data()[i] = i;
  WipedArray<32> out;
  KeyedBlake2b256(key.span(), "abc", out.span());
  EXPECT_EQ(base::HexEncode(std::string(out.span().begin(), out.span().end())),
            "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
}
TEST(EqualConstantTimeTest, ComparesLengthAndBytes) {
  EXPECT_TRUE(EqualConstantTime("", ""));
  EXPECT_TRUE(EqualConstantTime("ab", "ab"));
  EXPECT_FALSE(EqualConstantTime("ab", "ac"));
  EXPECT_FALSE(EqualConstantTime("ab", "abc"));
}

}  // namespace
}  // namespace perdura::crypto
