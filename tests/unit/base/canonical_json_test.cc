#include "base/canonical_json.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace perdura::base {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(CanonicalJsonTest, PrintsMembersInOrderOfKeysWithoutSpaces) {
  const CanonicalObject object = {{"seq", uint64_t{0}},
                                  {"kind", "reserved"},
                                  {"charge", std::vector<std::string>{"a:1", "b:2"}},
                                  {"none", std::vector<std::string>{}}};
  EXPECT_THAT(PrintCanonicalJson(object),
              IsOkAndHolds(R"({"charge":["a:1","b:2"],"kind":"reserved","none":[],"seq":0})"));
  EXPECT_THAT(PrintCanonicalJson({}), IsOkAndHolds("{}"));
}

TEST(CanonicalJsonTest, PrintFailsOutsideTheSubset) {
  EXPECT_THAT(PrintCanonicalJson({{"n", kMaxCanonicalInteger + 1}}),
              StatusIs(kInvalid, HasSubstr("member n")));
  EXPECT_THAT(PrintCanonicalJson({{"s", "a\"b"}}), StatusIs(kInvalid, HasSubstr("member s")));
  EXPECT_FALSE(PrintCanonicalJson({{"s", "a\\b"}}).ok());
  EXPECT_FALSE(PrintCanonicalJson({{"s", "a\nb"}}).ok());
  EXPECT_FALSE(PrintCanonicalJson({{"s", "\xc3\xa9"}}).ok());
  EXPECT_FALSE(PrintCanonicalJson({{"l", std::vector<std::string>{"\x7f"}}}).ok());
  EXPECT_FALSE(PrintCanonicalJson({{"K", "upper case"}}).ok());
  EXPECT_FALSE(PrintCanonicalJson({{"", "empty key"}}).ok());
}

class CanonicalJsonRoundTripTest : public ::testing::TestWithParam<const char*> {};

TEST_P(CanonicalJsonRoundTripTest, ParsePrintsTheSameBytes) {
  ASSERT_OK_AND_ASSIGN(const CanonicalObject object, ParseCanonicalJson(GetParam()));
  EXPECT_THAT(PrintCanonicalJson(object), IsOkAndHolds(std::string(GetParam())));
}
INSTANTIATE_TEST_SUITE_P(Lines, CanonicalJsonRoundTripTest,
                         ::testing::Values("{}", R"({"a":0})", R"({"a":9007199254740991})",
                                           R"({"a":"","b":["",","]})", R"({"a":"}{:[]","b":[]})"));

class CanonicalJsonRefusalTest : public ::testing::TestWithParam<const char*> {};

TEST_P(CanonicalJsonRefusalTest, ParseFails) {
  EXPECT_THAT(ParseCanonicalJson(GetParam()), StatusIs(kInvalid));
}
INSTANTIATE_TEST_SUITE_P(
    Lines, CanonicalJsonRefusalTest,
    ::testing::Values("", "{", "[]", "{}{}", "{}\n", " {}", R"({"a": 1})", R"({"b":1,"a":2})",
                      R"({"a":1,"a":1})", R"({"a":1,"a":2})", R"({"a":01})", R"({"a":-1})",
                      R"({"a":+1})", R"({"a":1.0})", R"({"a":1e3})", R"({"a":9007199254740992})",
                      R"({"a":18446744073709551616})", R"({"a":})", R"({"a"})", R"({"a":1,})",
                      R"({,"a":1})", R"({"a":["x",]})", R"({"a":["x"})", R"({"a":[1]})",
                      R"({"a":[["x"]]})", R"({"a":{}})", R"({"a":true})", R"({"a":null})",
                      R"({"a":"\u0041"})", R"({"a":"\""})", R"({"A":1})", R"({a:1})", R"({"a":"x)",
                      "{\"a\":\"\t\"}", "{\"a\":\"\xc3\xa9\"}"));

}  // namespace
}  // namespace perdura::base
