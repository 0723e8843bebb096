#include "base/bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace perdura::base {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;

constexpr auto kRefusedText = absl::StatusCode::kInvalidArgument;

TEST(HexTest, EncodesLowerCase) { EXPECT_EQ(HexEncode(std::string("\x00\xab\xff", 3)), "00abff"); }
TEST(HexTest, DecodesWhatItEncodes) {
  EXPECT_THAT(HexDecode("00abff"), IsOkAndHolds(std::string("\x00\xab\xff", 3)));
  EXPECT_THAT(HexDecode(""), IsOkAndHolds(""));
}
TEST(HexTest, DecodeRefusesUpperCase) { EXPECT_THAT(HexDecode("AB"), StatusIs(kRefusedText)); }
TEST(HexTest, DecodeRefusesOddLength) { EXPECT_THAT(HexDecode("abc"), StatusIs(kRefusedText)); }
TEST(HexTest, DecodeRefusesOtherCharacters) {
  EXPECT_THAT(HexDecode("0g"), StatusIs(kRefusedText));
  EXPECT_THAT(HexDecode("0 "), StatusIs(kRefusedText));
}

// RFC 4648 section 10.
TEST(Base64Test, RoundTripsTheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_THAT(Base64Decode(text), IsOkAndHolds(bytes));
  }
}
TEST(Base64Test, DecodeRefusesMissingPadding) {
  EXPECT_THAT(Base64Decode("Zg"), StatusIs(kRefusedText));
}
TEST(Base64Test, DecodeRefusesStrayBits) {
  EXPECT_THAT(Base64Decode("Zh=="), StatusIs(kRefusedText));
}
TEST(Base64Test, DecodeRefusesWhiteSpace) {
  EXPECT_THAT(Base64Decode("Zm9v\n"), StatusIs(kRefusedText));
}
TEST(Base64Test, DecodeRefusesTheUrlAlphabet) {
  EXPECT_THAT(Base64Decode("-_-_"), StatusIs(kRefusedText));
}

TEST(ParseDecimalTest, TakesTheOneTextOfEachInteger) {
  EXPECT_EQ(*ParseDecimal("0"), 0U);
  EXPECT_EQ(*ParseDecimal("10"), 10U);
  EXPECT_EQ(*ParseDecimal("18446744073709551615"), 18446744073709551615U);
}
TEST(ParseDecimalTest, RefusesEveryOtherText) {
  for (const char* bad : {"", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "0x1", "1.0", "1e3", "a",
                          "18446744073709551616"}) {
    EXPECT_THAT(ParseDecimal(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

TEST(StrictUtf8Test, TakesWellFormedText) {
  EXPECT_TRUE(IsStrictUtf8("", 0));
  EXPECT_TRUE(
      IsStrictUtf8("Universit\xc3\xa4tsklinik K\xc3\xb6ln \xe2\x82\xac \xf0\x9f\xa7\xac", 100));
}
TEST(StrictUtf8Test, CountsBytesAgainstTheBound) {
  EXPECT_TRUE(IsStrictUtf8("\xc3\xa4", 2));
  EXPECT_FALSE(IsStrictUtf8("\xc3\xa4", 1));
}
TEST(StrictUtf8Test, RefusesNulAndControls) {
  EXPECT_FALSE(IsStrictUtf8(absl::string_view("a\0b", 3), 10));
  EXPECT_FALSE(IsStrictUtf8("a\nb", 10));
  EXPECT_FALSE(IsStrictUtf8("a\tb", 10));
  EXPECT_FALSE(IsStrictUtf8("\x7f", 10));
  EXPECT_FALSE(IsStrictUtf8("\xc2\x85", 10));  // U+0085
}
TEST(StrictUtf8Test, RefusesBidiControlsAndSeparators) {
  EXPECT_FALSE(IsStrictUtf8("\xe2\x80\xae", 10));  // U+202E
  EXPECT_FALSE(IsStrictUtf8("\xe2\x81\xa6", 10));  // U+2066
  EXPECT_FALSE(IsStrictUtf8("\xd8\x9c", 10));      // U+061C
  EXPECT_FALSE(IsStrictUtf8("\xe2\x80\xa8", 10));  // U+2028
}
TEST(StrictUtf8Test, RefusesMalformedSequences) {
  EXPECT_FALSE(IsStrictUtf8("\xc3", 10));              // cut
  EXPECT_FALSE(IsStrictUtf8("\xa4", 10));              // no lead
  EXPECT_FALSE(IsStrictUtf8("\xc0\xaf", 10));          // overlong
  EXPECT_FALSE(IsStrictUtf8("\xe0\x80\xaf", 10));      // overlong
  EXPECT_FALSE(IsStrictUtf8("\xf0\x80\x80\xaf", 10));  // overlong
  EXPECT_FALSE(IsStrictUtf8("\xed\xa0\x80", 10));      // surrogate
  EXPECT_FALSE(IsStrictUtf8("\xf4\x90\x80\x80", 10));  // beyond U+10FFFF
  EXPECT_FALSE(IsStrictUtf8("\xe2\x28\xa1", 10));      // no continuation
}

TEST(NameTest, TakesTheAlphabetUpToFortyCharacters) {
  EXPECT_TRUE(IsName("axi-cel_2.b"));
  EXPECT_TRUE(IsName(std::string(40, 'a')));
}
TEST(NameTest, RefusesEverythingElse) {
  EXPECT_FALSE(IsName(""));
  EXPECT_FALSE(IsName(std::string(41, 'a')));
  EXPECT_FALSE(IsName("Axi"));
  EXPECT_FALSE(IsName("a b"));
  EXPECT_FALSE(IsName("a@1"));
  EXPECT_FALSE(IsName("a\n"));
  EXPECT_FALSE(IsName("\xc3\xa4"));
}
TEST(VersionedNameTest, TakesNameAndVersion) {
  EXPECT_TRUE(IsVersionedName("km-15@2"));
  EXPECT_TRUE(IsVersionedName("a@999999999"));
}
TEST(VersionedNameTest, RefusesBrokenVersions) {
  EXPECT_FALSE(IsVersionedName("km-15"));
  EXPECT_FALSE(IsVersionedName("km-15@"));
  EXPECT_FALSE(IsVersionedName("km-15@0"));
  EXPECT_FALSE(IsVersionedName("km-15@02"));
  EXPECT_FALSE(IsVersionedName("km-15@-1"));
  EXPECT_FALSE(IsVersionedName("km-15@1@2"));
  EXPECT_FALSE(IsVersionedName("km-15@1234567890"));
  EXPECT_FALSE(IsVersionedName("@1"));
}

}  // namespace
}  // namespace perdura::base
