#include "base/key_text.h"

#include <string>

#include "base/in_file.h"
#include "base/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace perdura::base {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kBytes(32, '\xab');
const std::string kHex = "abababababababababababababababababababababababababababababababab";

TEST(KeyTextTest, FirstLineSaysWhatTheBytesAre) {
  EXPECT_EQ(PrintKey(KeyKind::kSecretKey, kBytes), "perdura/secret-key/v1\n" + kHex + "\n");
  EXPECT_EQ(PrintKey(KeyKind::kPublicKey, kBytes), "perdura/public-key/v1\n" + kHex + "\n");
  EXPECT_EQ(PrintKey(KeyKind::kPairSecret, kBytes), "perdura/pair-secret/v1\n" + kHex + "\n");
}

TEST(KeyTextTest, WhatWasPrintedReadsBack) {
  EXPECT_THAT(ParseKey(KeyKind::kPairSecret, PrintKey(KeyKind::kPairSecret, kBytes)),
              IsOkAndHolds(kBytes));
}

TEST(KeyTextTest, SecretKeyIsNoPublicKey) {
  EXPECT_THAT(
      ParseKey(KeyKind::kPublicKey, PrintKey(KeyKind::kSecretKey, kBytes)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("this is a perdura/secret-key/v1"), Not(HasSubstr("abab")))));
}

TEST(KeyTextTest, PublicKeyIsNoSecretKey) {
  EXPECT_THAT(
      ParseKey(KeyKind::kSecretKey, PrintKey(KeyKind::kPublicKey, kBytes)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a perdura/secret-key/v1 is wanted")));
}

TEST(KeyTextTest, TextWithoutFirstLineIsRefusedWithoutShowingIt) {
  EXPECT_THAT(ParseKey(KeyKind::kPublicKey, kHex + "\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("write it above the digits"), Not(HasSubstr("abab")))));
}

TEST(KeyTextTest, MissingLineEndIsRefused) {
  EXPECT_THAT(ParseKey(KeyKind::kPublicKey, "perdura/public-key/v1\n" + kHex),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("64 lower-case hex digits")));
}

TEST(KeyTextTest, ShortKeyIsRefusedWithoutShowingIt) {
  EXPECT_THAT(ParseKey(KeyKind::kSecretKey, "perdura/secret-key/v1\n" + kHex.substr(2) + "\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("abab"))));
}

TEST(KeyTextTest, LineAfterTheKeyIsRefused) {
  EXPECT_THAT(ParseKey(KeyKind::kPublicKey, PrintKey(KeyKind::kPublicKey, kBytes) + "more\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("more"))));
}

TEST(InFileTest, NamesTheFileAndKeepsCodeAndReason) {
  const absl::Status named =
      InFile("a.pin", Refuse(absl::StatusCode::kDataLoss, "malformed", "no title"));
  EXPECT_THAT(named, StatusIs(absl::StatusCode::kDataLoss, "a.pin: malformed: no title"));
  EXPECT_EQ(ReasonOf(named), "malformed");
}

TEST(InFileTest, OkStaysOk) { EXPECT_TRUE(InFile("a.pin", absl::OkStatus()).ok()); }

}  // namespace
}  // namespace perdura::base
