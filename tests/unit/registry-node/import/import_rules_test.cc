// The rules of the import on files, dates and death.

#include "tests/unit/registry-node/import/import_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-node/import/import_handler.h"

namespace perdura::registry_node {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ImportRulesTest, RowsOfEveryTablePass) {
  CsvFiles files = P1();
  files.Replace("patients.csv", "p1,,,,F,US,", "p1,Doe,Jo,1985-04-30,F,US,US-OH");
  files.Add("consents.csv", "p1,cross_border,refused,2020,");
  files.Add("infusions.csv", "e1,1,2020-03-01,2.5,cells/kg,true,flu-bu,");
  files.Add("infusions.csv", "e1,2,2020-03-02,250000000,cells/kg,false,,");
  files.Add("visits.csv", "e1,2020-09,phone,true,false");
  files.Add("events.csv", "e1,gvhd_acute,2020-04-02,2020-05,perdura,a.1,2,false,procedure,true,");
  files.Add("events.csv", "e1,relapse,2021-01,,,,,,,false,");
  files.Add("events.csv", "e1,infection,2021-05-30,,,,5,true,disease,true,");
  files.Add("events.csv", "e1,death,2021-06-01,,,,,,,true,infection");
  TestNode node;
  const v1::ImportResponse response = node.Import(files);
  EXPECT_THAT(Findings(response), IsEmpty());
  EXPECT_TRUE(response.committed());
}

// ---- Files ----

TEST(ImportRulesTest, UnknownFileIsRefusedByName) {
  CsvFiles files = P1();
  files.text["survival.csv"] = "record_number\n";
  EXPECT_THAT(ErrorsOf(files), ElementsAre(":0::FILE"));
  EXPECT_EQ(OnlyError(files).shown(), "survival.csv");
}

TEST(ImportRulesTest, FileTwiceIsRefused) {
  TestNode node;
  ImportHandler handler({.facts = node.facts, .vault = node.vault, .random = node.random});
  v1::ImportOptions options;
  options.set_source_system("emr");
  const std::string text = P1().text["patients.csv"];
  const auto response = handler.Run({{"patients.csv", text}, {"patients.csv", text}}, options,
                                    node.charter, node.clock.Now());
  ASSERT_TRUE(response.ok());
  EXPECT_THAT(Findings(*response), ElementsAre("patients.csv:0::FILE"));
}

TEST(ImportRulesTest, OtherHeaderIsRefusedAndTheRightOneShown) {
  CsvFiles files = P1().Replace("patients.csv", "given", "first_name");
  EXPECT_THAT(ErrorsOf(files), Contains("patients.csv:1::HEADER"));
  EXPECT_THAT(OnlyError(files).hint(), HasSubstr("record_number,family,given,birth_date"));
}

TEST(ImportRulesTest, EmptyFileIsRefused) {
  CsvFiles files = P1();
  files.text["events.csv"] = "";
  EXPECT_THAT(ErrorsOf(files), ElementsAre("events.csv:1::HEADER"));
}

TEST(ImportRulesTest, WrongFieldCountIsRefused) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-09-01,exam,true")), ElementsAre("visits.csv:3::FIELDS"));
}

TEST(ImportRulesTest, InvalidUtf8IsRefused) {
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", "p1,,", "p1,M\xFCller,")),
              Contains("patients.csv:2:family:UTF-8"));
}

TEST(ImportRulesTest, LineBreakInAFieldIsRefused) {
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", "p1,,", "p1,\"a\nb\",")),
              Contains("patients.csv:2:family:UTF-8"));
}

TEST(ImportRulesTest, BrokenQuotesAreRefused) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,\"2020-09-01,exam,true,true")),
              ElementsAre("visits.csv:3::CSV"));
}

TEST(ImportRulesTest, CrlfByteOrderMarkAndNoLastLineEndPass) {
  CsvFiles files = P1();
  std::string& text = files.text["visits.csv"];
  text =
      "\xEF\xBB\xBF"
      "episode_id,contact,contact_type,alive,disease_assessed\r\n"
      "e1,2020-06-09,exam,true,true";
  EXPECT_THAT(ErrorsOf(files), IsEmpty());
}

TEST(ImportRulesTest, OptionalColumnsMayBeAbsent) {
  CsvFiles files = P1();
  files.Replace("episodes.csv", ",age_at_infusion", "")
      .Replace("episodes.csv", "standard,34", "standard");
  EXPECT_THAT(ErrorsOf(files), IsEmpty());
}

// ---- Dates ----

// Trap 15: ambiguous date form.
TEST(ImportRulesTest, OtherDateFormIsRefusedWithHint) {
  const CsvFiles files = WithVisit("e1,12-09-2020,exam,true,true");
  EXPECT_THAT(ErrorsOf(files), ElementsAre("visits.csv:3:contact:DATE"));
  EXPECT_THAT(OnlyError(files).hint(), HasSubstr("two readings"));
  EXPECT_EQ(OnlyError(files).shown(), "12-09-2020");
}

TEST(ImportRulesTest, DayExactRefusesAMonthForDay0) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03,2020-03-01")),
              Contains("episodes.csv:2:infused:DAY-EXACT"));
}

TEST(ImportRulesTest, DayExactRefusesAnEmptyDay0) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", ",2020-03-01")),
              Contains("episodes.csv:2:infused:DAY-EXACT"));
}

TEST(ImportRulesTest, DayExactRefusesAYearForAnInfusion) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020,,,,,")), Contains("infusions.csv:2:day:DAY-EXACT"));
}

TEST(ImportRulesTest, DayFutureRefusesTomorrowAndTakesToday) {
  // It is 2026-07-01 everywhere from UTC to UTC+14.
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2026-07-01,exam,true,true")), IsEmpty());
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2026-07-02,exam,true,true")),
              ElementsAre("visits.csv:3:contact:DAY-FUTURE"));
}

TEST(ImportRulesTest, DayFutureTakesTheMonthThatHasBegun) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2026-07,exam,true,true")), IsEmpty());
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2026-08,exam,true,true")),
              ElementsAre("visits.csv:3:contact:DAY-FUTURE"));
}

TEST(ImportRulesTest, DayFutureCoversEveryDate) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,relapse,2027-01-01,,,,,,,true,")),
              ElementsAre("events.csv:2:onset:DAY-FUTURE"));
  EXPECT_THAT(ErrorsOf(P1().Add("consents.csv", "p1,regulatory,given,2027-01-01,")),
              ElementsAre("consents.csv:3:from:DAY-FUTURE"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "2019-05-02", "2027-05-02")),
              ElementsAre("conditions.csv:2:diagnosed:DAY-FUTURE"));
}

TEST(ImportRulesTest, DayFutureLeavesTheEndOfAConsentAlone) {
  EXPECT_THAT(ErrorsOf(P1().Add("consents.csv", "p1,regulatory,given,2020-01-01,2030-12-31")),
              IsEmpty());
}

TEST(ImportRulesTest, DayOrderRefusesWhatLiesBeforeDay0) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-02-29,exam,true,true")),
              ElementsAre("visits.csv:3:contact:DAY-ORDER"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,relapse,2020-02-29,,,,,,,true,")),
              ElementsAre("events.csv:2:onset:DAY-ORDER"));
}

TEST(ImportRulesTest, DayOrderTakesDay0AndTheMonthThatHoldsIt) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-03-01,,,,,,,true,")), IsEmpty());
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-03,,,,,,,true,")), IsEmpty());
}

TEST(ImportRulesTest, DayOrderTakesBaselineRatesBeforeDay0) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,bleed,2019-07-01,,,,,,,true,")), IsEmpty());
}

TEST(ImportRulesTest, DayOrderRefusesAnEndBeforeTheOnset) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-05-02,2020-05-01,,,,,,true,")),
              ElementsAre("events.csv:2:end:DAY-ORDER"));
}

TEST(ImportRulesTest, DayOrderRefusesApheresisAfterInfusion) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01,,",
                                    "2020-03-01,2020-03-01,2020-03-02,")),
              ElementsAre("episodes.csv:2:apheresis:DAY-ORDER"));
}

// ---- Death ----

TEST(ImportRulesTest, DeathOneRefusesASecondDeath) {
  CsvFiles files = WithEvent("e1,death,2021-06-01,,,,,,,true,unknown");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,death,2021-06-02,,,,,,,true,unknown")),
              ElementsAre("events.csv:3::DEATH-ONE"));
}

TEST(ImportRulesTest, DeathAfterTakesTheNextDayAndRefusesTheDayAfterThat) {
  CsvFiles files = WithEvent("e1,death,2021-06-01,,,,,,,true,unknown");
  EXPECT_THAT(ErrorsOf(CsvFiles(files).Add("events.csv", "e1,infection,2021-06-02,,,,,,,true,")),
              IsEmpty());
  EXPECT_THAT(ErrorsOf(CsvFiles(files).Add("events.csv", "e1,infection,2021-06-03,,,,,,,true,")),
              ElementsAre("events.csv:3:onset:DEATH-AFTER"));
}

// Trap 8, row 127 of bmt: chronic GVHD on day 200, after death on day 168.
TEST(ImportRulesTest, DeathAfterRefusesChronicGvhdOfBmtRow127) {
  CsvFiles files = WithEvent("e1,death,2020-08-16,,,,,,,true,unknown");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,gvhd_chronic,2020-09-17,,,,1,,,true,")),
              ElementsAre("events.csv:3:onset:DEATH-AFTER"));
}

TEST(ImportRulesTest, DeathAfterRefusesALivingContactAfterDeath) {
  CsvFiles files = WithEvent("e1,death,2021-06-01,,,,,,,true,unknown");
  EXPECT_THAT(ErrorsOf(CsvFiles(files).Add("visits.csv", "e1,2021-06-02,phone,true,false")),
              ElementsAre("visits.csv:3:alive:DEATH-AFTER"));
  EXPECT_THAT(ErrorsOf(CsvFiles(files).Add("visits.csv", "e1,2021-06-20,phone,false,false")),
              IsEmpty());
}

TEST(ImportRulesTest, DeathAfterRefusesAnAssessmentAfterDeath) {
  CsvFiles files = WithEvent("e1,death,2021-06-01,,,,,,,true,unknown");
  EXPECT_THAT(ErrorsOf(files.Add("visits.csv", "e1,2021-06-20,exam,false,true")),
              ElementsAre("visits.csv:3:contact:DEATH-AFTER"));
}

TEST(ImportRulesTest, DeathAfterLooksAtWhatIsOnRecordAlready) {
  TestNode node;
  node.MustImport(P1());
  CsvFiles later;
  later.text["events.csv"] = CsvFiles::Empty().text["events.csv"];
  later.Add("events.csv", "e1,death,2020-05-01,,,,,,,true,unknown");
  EXPECT_THAT(Findings(node.Import(later)), ElementsAre("events.csv:2:alive:DEATH-AFTER"));
}

}  // namespace
}  // namespace perdura::registry_node
