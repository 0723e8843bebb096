// The rules of the import on values: enumerations, grades, ranges, sentinels.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/registry-node/import/import_rules.h"

namespace perdura::registry_node {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// ---- Enumerations, grades, ranges ----

TEST(ImportValuesTest, EnumRefusesUnknownWords) {
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", ",F,", ",female,")),
              ElementsAre("patients.csv:2:sex:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", ",US,", ",USA,")),
              ElementsAre("patients.csv:2:country:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("consents.csv", "research", "marketing")),
              ElementsAre("consents.csv:2:scope:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("consents.csv", "given", "yes")),
              ElementsAre("consents.csv:2:status:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("visits.csv", "exam", "visit")),
              ElementsAre("visits.csv:2:contact_type:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "standard", "2-year")),
              ElementsAre("episodes.csv:2:track:ENUM"));
}

// Trap 15: a status that is no value of the list.
TEST(ImportValuesTest, EnumRefusesNotAskedInACodeColumn) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "perdura,acute", "not-asked,acute")),
              ElementsAre("conditions.csv:2:code_system:ENUM"));
}

// Trap 15: several codes in one cell, a unit inside a value.
TEST(ImportValuesTest, EnumRefusesFreeTextAndListsInCodes) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-05-01,,ctcae,a|b,,,,true,")),
              ElementsAre("events.csv:2:code:ENUM"));
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,66.89 [in_i],cells,,,")),
              ElementsAre("infusions.csv:2:dose:RANGE"));
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,,,,patient felt well,")),
              ElementsAre("infusions.csv:2:conditioning:ENUM"));
}

// Trap 2: the text NA is no empty field.
TEST(ImportValuesTest, EnumRefusesTheTextNa) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-05-01,,,,,NA,,true,")),
              ElementsAre("events.csv:2:serious:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",90,", ",NA,")),
              ElementsAre("conditions.csv:2:kps:RANGE"));
}

TEST(ImportValuesTest, EnumTakesACauseOnlyWhereItBelongs) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,death,2021-06-01,,,,,,,true,moved")),
              ElementsAre("events.csv:2:cause:ENUM"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,lost_to_follow_up,2021-06-01,,,,,,,true,moved")), IsEmpty());
  EXPECT_THAT(ErrorsOf(WithEvent("e1,relapse,2021-06-01,,,,,,,true,unknown")),
              ElementsAre("events.csv:2:cause:ENUM"));
}

TEST(ImportValuesTest, EnumRefusesACanaryProduct) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "allo-hct@1", "test-canary@1")),
              ElementsAre("episodes.csv:2:product:ENUM"));
}

TEST(ImportValuesTest, GradeIsNeededForGradedTypes) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,2,,,true,")), IsEmpty());
}

TEST(ImportValuesTest, GradeMustBeOfItsScale) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,gvhd_chronic,2020-09-05,,,,4,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,6,,,true,")),
              ElementsAre("events.csv:2:grade:RANGE"));
}

TEST(ImportValuesTest, Grade5NeedsADeathOnOrAfterIt) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-04-05,,,,5,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-07-05,,,,5,,,true,")
                           .Add("events.csv", "e1,death,2020-07-04,,,,,,,true,infection")),
              ElementsAre("events.csv:2:grade:GRADE"));
}

TEST(ImportValuesTest, RangeRefusesImplausibleNumbers) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",31,1,90,3")),
              ElementsAre("conditions.csv:2:prior_lines:RANGE"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",2,5,90,3")),
              ElementsAre("conditions.csv:2:ecog:RANGE"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",2,1.5,90,3")),
              ElementsAre("conditions.csv:2:ecog:RANGE"));
}

TEST(ImportValuesTest, RangeIsTheChartersWhereItHasOne) {
  TestNode node;
  v1::PlausibleRange& range = *node.charter.add_plausible_ranges();
  range.set_field("condition.kps");
  range.set_low(0);
  range.set_high(80);
  EXPECT_THAT(Findings(node.Import(P1())), ElementsAre("conditions.csv:2:kps:RANGE"));
}

// Trap 1: codes that look like numbers.
TEST(ImportValuesTest, SentinelOutsideTheRangeIsRefused) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",99,1,90,3")),
              ElementsAre("conditions.csv:2:prior_lines:SENTINEL"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",-1,1,90,3")),
              ElementsAre("conditions.csv:2:prior_lines:SENTINEL"));
}

// 99 is a plausible KPS to the range; it is the crowd that gives it away.
CsvFiles WithKps99(int of) {
  CsvFiles files = CsvFiles::Empty();
  for (int i = 1; i <= of; ++i) files.AddPatient(i);
  return files.Replace("conditions.csv", "p1,c1,perdura,acute-leukaemia,all,2019-05-02,,,2,1,90",
                       "p1,c1,perdura,acute-leukaemia,all,2019-05-02,,,2,1,99");
}

TEST(ImportValuesTest, SentinelInsideTheRangeIsRefusedAboveTwoPercent) {
  EXPECT_THAT(ErrorsOf(WithKps99(49)), ElementsAre("conditions.csv:2:kps:SENTINEL"));
}

TEST(ImportValuesTest, SentinelInsideTheRangePassesAtTwoPercent) {
  EXPECT_THAT(ErrorsOf(WithKps99(50)), IsEmpty());
}

// Trap 1 again: 99.1776 is a real number.
TEST(ImportValuesTest, SentinelIsAPropertyOfAColumnNotOfANumber) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,99.1776,cells,,,")), IsEmpty());
}

TEST(ImportValuesTest, SentinelDatesAreRefused) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "2019-05-02", "1900-01-01")),
              ElementsAre("conditions.csv:2:diagnosed:SENTINEL"));
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", "p1,,,,", "p1,,,1970-01-01,")),
              ElementsAre("patients.csv:2:birth_date:SENTINEL"));
}

}  // namespace
}  // namespace perdura::registry_node
