#include "crypto/sign.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::StatusIs;

std::string FromHex(const char* hex) { return base::HexDecode(hex).value(); }

void ExpectRfcSignature(const char* seed, const char* public_key, const char* message,
                        const char* signature) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key,
                       SigningKey::FromSeed(SecretBytes{absl::string_view(FromHex(seed))}));
  EXPECT_EQ(base::HexEncode(key.public_key()), public_key);
  EXPECT_EQ(base::HexEncode(key.Sign(FromHex(message))), signature);
  EXPECT_TRUE(Verify(key.public_key(), FromHex(message), FromHex(signature)));
}

// RFC 8032 section 7.1.
TEST(SigningKeyTest, GivesTestOneOfTheRfc) {
  ExpectRfcSignature("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}
TEST(SigningKeyTest, GivesTestTwoOfTheRfc) {
  ExpectRfcSignature("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}
TEST(SigningKeyTest, FromSeedFailsIfLengthIsWrong) {
  EXPECT_THAT(SigningKey::FromSeed(SecretBytes(31)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SigningKey::FromSeed(SecretBytes(64)), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST(VerifyTest, RefusesEveryChange) {
  test_support::SeededRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const SigningKey other = SigningKey::Generate(random);
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(Verify(key.public_key(), "message", signature));
  EXPECT_FALSE(Verify(key.public_key(), "messagf", signature));
  EXPECT_FALSE(Verify(other.public_key(), "message", signature));
  for (size_t bit = 0; bit < 8 * kSignatureSize; ++bit) {
    std::string flipped = signature;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Verify(key.public_key(), "message", flipped)) << bit;
  }
}
TEST(VerifyTest, RefusesWrongLengths) {
  test_support::SeededRandom random(2);
  const SigningKey key = SigningKey::Generate(random);
  const std::string signature = key.Sign("m");
  EXPECT_FALSE(Verify(key.public_key(), "m", signature + '\0'));
  EXPECT_FALSE(Verify(key.public_key(), "m", signature.substr(0, 63)));
  EXPECT_FALSE(Verify(key.public_key(), "m", ""));
  EXPECT_FALSE(Verify(key.public_key().substr(0, 31), "m", signature));
  EXPECT_FALSE(Verify("", "m", signature));
}

}  // namespace
}  // namespace perdura::crypto
