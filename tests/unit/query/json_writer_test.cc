#include "query/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace perdura::query {
namespace {

TEST(JsonWriterTest, NestsObjectsAndArrays) {
  JsonWriter json;
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.Number(1);
  json.Bool(false);
  json.BeginObject();
  json.EndObject();
  json.BeginArray();
  json.EndArray();
  json.EndArray();
  json.Field("b", "text");
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"a":[1,false,{},[]],"b":"text"})");
}

TEST(JsonWriterTest, MissingValueIsNull) {
  JsonWriter json;
  json.BeginObject();
  json.Field("a", std::optional<double>());
  json.Field("b", std::optional<double>(0.5));
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"a":null,"b":0.5})");
}

TEST(JsonWriterTest, NumberThatIsNoneIsNull) {
  JsonWriter json;
  json.BeginArray();
  json.Number(std::numeric_limits<double>::quiet_NaN());
  json.Number(std::numeric_limits<double>::infinity());
  json.Number(-0.0);
  json.EndArray();
  EXPECT_EQ(json.text(), "[null,null,0]");
}

TEST(JsonWriterTest, LargeIntegersKeepTheirDigits) {
  JsonWriter json;
  json.Integer(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(json.text(), "18446744073709551615");
}

TEST(JsonWriterTest, QuotesAndBackslashesAreEscaped) {
  EXPECT_EQ(JsonString("a\"b\\c"), R"("a\"b\\c")");
}

TEST(JsonWriterTest, ControlCharactersAreEscaped) {
  EXPECT_EQ(JsonString(absl::string_view("\n\t\x01\x7f\0", 5)), R"("\n\u0009\u0001\u007f\u0000")");
}

TEST(JsonWriterTest, OtherScriptsPass) { EXPECT_EQ(JsonString("Zürich"), "\"Zürich\""); }

}  // namespace
}  // namespace perdura::query
