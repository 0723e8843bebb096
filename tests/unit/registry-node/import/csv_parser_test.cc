#include "registry-node/import/csv_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace perdura::registry_node {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CsvParserTest, PlainFieldsAreSplitAtCommas) {
  const CsvDocument csv = ParseCsv("a,b,c\n1,,3\n");
  ASSERT_THAT(csv.rows, SizeIs(2));
  EXPECT_THAT(csv.rows[1].fields, ElementsAre("1", "", "3"));
  EXPECT_FALSE(csv.error.has_value());
}

TEST(CsvParserTest, CrlfEndsALine) {
  const CsvDocument csv = ParseCsv("a,b\r\n1,2\r\n");
  ASSERT_THAT(csv.rows, SizeIs(2));
  EXPECT_THAT(csv.rows[1].fields, ElementsAre("1", "2"));
}

// Trap 15: no newline at the end.
TEST(CsvParserTest, LastLineNeedsNoEnd) {
  const CsvDocument csv = ParseCsv("a,b\n1,2");
  ASSERT_THAT(csv.rows, SizeIs(2));
  EXPECT_THAT(csv.rows[1].fields, ElementsAre("1", "2"));
}

TEST(CsvParserTest, LastEmptyFieldCounts) {
  EXPECT_THAT(ParseCsv("a,").rows[0].fields, ElementsAre("a", ""));
}

TEST(CsvParserTest, ByteOrderMarkIsSkipped) {
  EXPECT_THAT(ParseCsv("\xEF\xBB\xBF"
                       "a,b\n")
                  .rows[0]
                  .fields,
              ElementsAre("a", "b"));
}

TEST(CsvParserTest, QuotedFieldKeepsCommasAndDoubledQuotes) {
  EXPECT_THAT(ParseCsv("\"a,\"\"b\"\"\",c\n").rows[0].fields, ElementsAre("a,\"b\"", "c"));
}

TEST(CsvParserTest, LineBreakInsideQuotesCountsLines) {
  const CsvDocument csv = ParseCsv("\"a\nb\",c\nd,e\n");
  ASSERT_THAT(csv.rows, SizeIs(2));
  EXPECT_THAT(csv.rows[0].fields, ElementsAre("a\nb", "c"));
  EXPECT_EQ(csv.rows[1].line, 3u);
}

TEST(CsvParserTest, EmptyLinesAreSkippedAndCounted) {
  const CsvDocument csv = ParseCsv("a\n\n\r\nb\n");
  ASSERT_THAT(csv.rows, SizeIs(2));
  EXPECT_EQ(csv.rows[1].line, 4u);
}

TEST(CsvParserTest, EmptyFileHasNoRows) { EXPECT_THAT(ParseCsv("").rows, IsEmpty()); }

TEST(CsvParserTest, QuoteInsidePlainFieldFails) {
  const CsvDocument csv = ParseCsv("a\nb\"c\n");
  ASSERT_TRUE(csv.error.has_value());
  EXPECT_EQ(csv.error->line, 2u);
}

TEST(CsvParserTest, TextAfterClosingQuoteFails) {
  EXPECT_TRUE(ParseCsv("\"a\"b,c\n").error.has_value());
}

TEST(CsvParserTest, UnclosedQuoteFailsAndNamesItsLine) {
  const CsvDocument csv = ParseCsv("a\n\"b\nc\n");
  ASSERT_TRUE(csv.error.has_value());
  EXPECT_THAT(csv.error->hint, HasSubstr("line 2"));
}

TEST(CsvParserTest, CrAloneFails) { EXPECT_TRUE(ParseCsv("a\rb\n").error.has_value()); }

TEST(CsvParserTest, FieldAtTheBoundPassesAndBeyondFails) {
  EXPECT_FALSE(ParseCsv(std::string(kMaxFieldBytes, 'x')).error.has_value());
  EXPECT_TRUE(ParseCsv(std::string(kMaxFieldBytes + 1, 'x')).error.has_value());
}

TEST(CsvParserTest, QuotedFieldBeyondTheBoundFails) {
  EXPECT_TRUE(ParseCsv("\"" + std::string(kMaxFieldBytes + 1, 'x') + "\"").error.has_value());
}

TEST(CsvParserTest, ColumnsAtTheBoundPassAndBeyondFail) {
  EXPECT_FALSE(ParseCsv(std::string(kMaxColumns - 1, ',')).error.has_value());
  EXPECT_TRUE(ParseCsv(std::string(kMaxColumns, ',')).error.has_value());
}

TEST(CsvParserTest, FileBeyondTheBoundFails) {
  EXPECT_TRUE(ParseCsv(std::string(kMaxFileBytes + 1, '\n')).error.has_value());
}

TEST(CsvParserTest, RowsBeyondTheBoundFail) {
  std::string rows;
  for (size_t i = 0; i <= kMaxRows; ++i) rows += "x\n";
  EXPECT_TRUE(ParseCsv(rows).error.has_value());
}

}  // namespace
}  // namespace perdura::registry_node
