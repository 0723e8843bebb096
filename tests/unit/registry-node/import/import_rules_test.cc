// Every rule of the import has a row that passes and a row that fails, and the failing one names
// rule, file, line and field. The rows that pass are those of ImportRulesTest.RowsOfEveryTablePass
// unless a case has one of its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "registry-node/import/import_handler.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// What one import into an empty node finds.
std::vector<std::string> ErrorsOf(const CsvFiles& files) {
  return Findings(TestNode().Import(files));
}

// The finding of the only error.
v1::Finding OnlyError(const CsvFiles& files) {
  const v1::ImportResponse response = TestNode().Import(files);
  for (const v1::Finding& finding : response.findings()) {
    if (finding.severity() == "error") return finding;
  }
  ADD_FAILURE() << "no error";
  return {};
}

CsvFiles P1() { return CsvFiles::OnePatient(); }
CsvFiles WithEvent(absl::string_view row) { return P1().Add("events.csv", row); }
CsvFiles WithVisit(absl::string_view row) { return P1().Add("visits.csv", row); }
CsvFiles WithInfusion(absl::string_view row) { return P1().Add("infusions.csv", row); }

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

// ---- Enumerations, grades, ranges ----

TEST(ImportRulesTest, EnumRefusesUnknownWords) {
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
TEST(ImportRulesTest, EnumRefusesNotAskedInACodeColumn) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "perdura,acute", "not-asked,acute")),
              ElementsAre("conditions.csv:2:code_system:ENUM"));
}

// Trap 15: several codes in one cell, a unit inside a value.
TEST(ImportRulesTest, EnumRefusesFreeTextAndListsInCodes) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-05-01,,ctcae,a|b,,,,true,")),
              ElementsAre("events.csv:2:code:ENUM"));
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,66.89 [in_i],cells,,,")),
              ElementsAre("infusions.csv:2:dose:RANGE"));
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,,,,patient felt well,")),
              ElementsAre("infusions.csv:2:conditioning:ENUM"));
}

// Trap 2: the text NA is no empty field.
TEST(ImportRulesTest, EnumRefusesTheTextNa) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-05-01,,,,,NA,,true,")),
              ElementsAre("events.csv:2:serious:ENUM"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",90,", ",NA,")),
              ElementsAre("conditions.csv:2:kps:RANGE"));
}

TEST(ImportRulesTest, EnumTakesACauseOnlyWhereItBelongs) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,death,2021-06-01,,,,,,,true,moved")),
              ElementsAre("events.csv:2:cause:ENUM"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,lost_to_follow_up,2021-06-01,,,,,,,true,moved")), IsEmpty());
  EXPECT_THAT(ErrorsOf(WithEvent("e1,relapse,2021-06-01,,,,,,,true,unknown")),
              ElementsAre("events.csv:2:cause:ENUM"));
}

TEST(ImportRulesTest, EnumRefusesACanaryProduct) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "allo-hct@1", "test-canary@1")),
              ElementsAre("episodes.csv:2:product:ENUM"));
}

TEST(ImportRulesTest, GradeIsNeededForGradedTypes) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,2,,,true,")), IsEmpty());
}

TEST(ImportRulesTest, GradeMustBeOfItsScale) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,gvhd_chronic,2020-09-05,,,,4,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,crs,2020-03-05,,,,6,,,true,")),
              ElementsAre("events.csv:2:grade:RANGE"));
}

TEST(ImportRulesTest, Grade5NeedsADeathOnOrAfterIt) {
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-04-05,,,,5,,,true,")),
              ElementsAre("events.csv:2:grade:GRADE"));
  EXPECT_THAT(ErrorsOf(WithEvent("e1,infection,2020-07-05,,,,5,,,true,")
                           .Add("events.csv", "e1,death,2020-07-04,,,,,,,true,infection")),
              ElementsAre("events.csv:2:grade:GRADE"));
}

TEST(ImportRulesTest, RangeRefusesImplausibleNumbers) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",31,1,90,3")),
              ElementsAre("conditions.csv:2:prior_lines:RANGE"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",2,5,90,3")),
              ElementsAre("conditions.csv:2:ecog:RANGE"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",2,1,90,3", ",2,1.5,90,3")),
              ElementsAre("conditions.csv:2:ecog:RANGE"));
}

TEST(ImportRulesTest, RangeIsTheChartersWhereItHasOne) {
  TestNode node;
  v1::PlausibleRange& range = *node.charter.add_plausible_ranges();
  range.set_field("condition.kps");
  range.set_low(0);
  range.set_high(80);
  EXPECT_THAT(Findings(node.Import(P1())), ElementsAre("conditions.csv:2:kps:RANGE"));
}

// Trap 1: codes that look like numbers.
TEST(ImportRulesTest, SentinelOutsideTheRangeIsRefused) {
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

TEST(ImportRulesTest, SentinelInsideTheRangeIsRefusedAboveTwoPercent) {
  EXPECT_THAT(ErrorsOf(WithKps99(49)), ElementsAre("conditions.csv:2:kps:SENTINEL"));
}

TEST(ImportRulesTest, SentinelInsideTheRangePassesAtTwoPercent) {
  EXPECT_THAT(ErrorsOf(WithKps99(50)), IsEmpty());
}

// Trap 1 again: 99.1776 is a real number.
TEST(ImportRulesTest, SentinelIsAPropertyOfAColumnNotOfANumber) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,99.1776,cells,,,")), IsEmpty());
}

TEST(ImportRulesTest, SentinelDatesAreRefused) {
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "2019-05-02", "1900-01-01")),
              ElementsAre("conditions.csv:2:diagnosed:SENTINEL"));
  EXPECT_THAT(ErrorsOf(P1().Replace("patients.csv", "p1,,,,", "p1,,,1970-01-01,")),
              ElementsAre("patients.csv:2:birth_date:SENTINEL"));
}

// ---- Episodes, infusions, visits ----

TEST(ImportRulesTest, EpOneRefusesAnEpisodeWithTwoProducts) {
  EXPECT_THAT(
      ErrorsOf(P1().Add("episodes.csv", "p1,e1,c1,car-t@1,2020-03-01,2020-03-01,,,,standard,34")),
      ElementsAre("episodes.csv:3::EP-ONE"));
}

TEST(ImportRulesTest, EpOneRefusesAnEpisodeOfTwoPatientsForBoth) {
  CsvFiles files = P1().AddPatient(2);
  files.Replace("episodes.csv", "p2,e2,", "p2,e1,").Replace("visits.csv", "e2,", "e1,");
  TestNode node;
  v1::ImportOptions options;
  options.set_leave_out_bad_patients(true);
  const v1::ImportResponse response = node.Import(files, options);
  EXPECT_THAT(Findings(response), Contains("episodes.csv:3:episode_id:EP-ONE"));
  EXPECT_EQ(response.counts().left_out_patients(), 2u);
}

TEST(ImportRulesTest, EpOneRefusesAnEpisodeThatIsAnothersOnRecord) {
  TestNode node;
  node.MustImport(P1());
  CsvFiles other = CsvFiles::Empty().AddPatient(2);
  other.Replace("episodes.csv", "p2,e2,", "p2,e1,").Replace("visits.csv", "e2,", "e1,");
  EXPECT_THAT(Findings(node.Import(other)), Contains("episodes.csv:2:episode_id:EP-ONE"));
}

TEST(ImportRulesTest, InfSeqRefusesAnotherDayForTheFirst) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-02,,,,,")),
              ElementsAre("infusions.csv:2:day:INF-SEQ"));
}

TEST(ImportRulesTest, InfSeqRefusesDescendingDays) {
  CsvFiles files = WithInfusion("e1,2,2020-03-09,,,,,");
  EXPECT_THAT(ErrorsOf(files.Add("infusions.csv", "e1,3,2020-03-08,,,,,")),
              ElementsAre("infusions.csv:3:day:INF-SEQ"));
}

TEST(ImportRulesTest, InfSeqNeedsASequenceNumber) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,,2020-03-01,,,,,")),
              ElementsAre("infusions.csv:2:seq:INF-SEQ"));
}

TEST(ImportRulesTest, InfSeqRefusesAUnitOfAnotherClass) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,2,vg/kg,,,")),
              ElementsAre("infusions.csv:2:dose_unit:INF-SEQ"));
  CsvFiles vector = WithInfusion("e1,1,2020-03-01,2,vg/kg,,,");
  EXPECT_THAT(ErrorsOf(vector.Replace("episodes.csv", "allo-hct@1", "aav@1")), IsEmpty());
}

TEST(ImportRulesTest, UnitRefusesADoseWithoutUnit) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,2,,,,")),
              ElementsAre("infusions.csv:2:dose_unit:UNIT"));
}

TEST(ImportRulesTest, EnrolIsNeeded) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,")),
              ElementsAre("episodes.csv:2:enrolled:ENROL"));
}

TEST(ImportRulesTest, EnrolMayBeLaterThanDay0) {
  EXPECT_THAT(
      ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2021-05-02")),
      IsEmpty());
}

TEST(ImportRulesTest, EnrolAfterDeathIsRefused) {
  CsvFiles files = WithEvent("e1,death,2020-07-01,,,,,,,true,unknown");
  files.Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2020-07-02");
  EXPECT_THAT(ErrorsOf(files), ElementsAre("episodes.csv:2:enrolled:ENROL"));
}

TEST(ImportRulesTest, VisitTileRefusesTwoContactsOnADay) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-06-09,phone,true,false")),
              ElementsAre("visits.csv:3::VISIT-TILE"));
}

TEST(ImportRulesTest, VisitTileRefusesAMonthPlacedOnAnotherContact) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-09-15,exam,true,true")
                           .Add("visits.csv", "e1,2020-09,phone,true,false")),
              ElementsAre("visits.csv:4:contact:VISIT-TILE"));
}

// ---- References and duplicates ----

TEST(ImportRulesTest, RefRefusesAnUnknownPatient) {
  EXPECT_THAT(ErrorsOf(P1().Add("consents.csv", "p9,research,given,2020-01-01,")),
              ElementsAre("consents.csv:3:record_number:REF"));
}

TEST(ImportRulesTest, RefRefusesAnUnknownEpisode) {
  EXPECT_THAT(ErrorsOf(WithVisit("e9,2020-09-01,exam,true,true")),
              ElementsAre("visits.csv:3:episode_id:REF"));
}

TEST(ImportRulesTest, RefRefusesAnotherPatientsCondition) {
  EXPECT_THAT(ErrorsOf(P1().AddPatient(2).Replace("episodes.csv", "p2,e2,c2", "p2,e2,c1")),
              ElementsAre("episodes.csv:3:condition_id:REF"));
}

TEST(ImportRulesTest, RefRefusesWhatTheCharterLacks) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "allo-hct@1", "allo-hct@2")),
              ElementsAre("episodes.csv:2:product:REF"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "acute-leukaemia", "gout")),
              Contains("conditions.csv:2:code:REF"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",all,", ",chronic,")),
              Contains("conditions.csv:2:subtype:ENUM"));
}

TEST(ImportRulesTest, RefNeedsARecordNumber) {
  EXPECT_THAT(ErrorsOf(P1().Add("patients.csv", ",,,,F,US,")),
              ElementsAre("patients.csv:3:record_number:REF"));
}

TEST(ImportRulesTest, DuplicatePatientIsRefused) {
  EXPECT_THAT(ErrorsOf(P1().Add("patients.csv", "p1,,,,M,US,")),
              ElementsAre("patients.csv:3::DUPLICATE"));
}

TEST(ImportRulesTest, DuplicatePersonUnderTwoNumbersIsRefused) {
  CsvFiles files = P1().AddPatient(2);
  files.Replace("patients.csv", "p1,,,,", "p1,Doe,Jo,1985-04-30,");
  files.Replace("patients.csv", "p2,,,,", "p2,Doe,Jo,1985-04-30,");
  EXPECT_THAT(ErrorsOf(files), ElementsAre("patients.csv:3:family:DUPLICATE"));
}

TEST(ImportRulesTest, DuplicatePersonOnRecordIsRefused) {
  TestNode node;
  node.MustImport(P1().Replace("patients.csv", "p1,,,,", "p1,Doe,Jo,1985-04-30,"));
  CsvFiles files = CsvFiles::Empty().AddPatient(2);
  files.Replace("patients.csv", "p2,,,,", "p2,Doe,Jo,1985-04-30,");
  EXPECT_THAT(Findings(node.Import(files)), ElementsAre("patients.csv:2:family:DUPLICATE"));
}

TEST(ImportRulesTest, DuplicateEventIsRefused) {
  CsvFiles files = WithEvent("e1,infection,2020-05-01,,,,,,,true,");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,infection,2020-05-01,,,,,,,true,")),
              ElementsAre("events.csv:3::DUPLICATE"));
}

TEST(ImportRulesTest, SameEventWithAnotherCodeIsAnother) {
  CsvFiles files = WithEvent("e1,infection,2020-05-01,,ctcae,a,,,,true,");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,infection,2020-05-01,,ctcae,b,,,,true,")),
              IsEmpty());
}

// ---- Report ----

TEST(ImportRulesTest, IdentityFieldsAreNeverShown) {
  CsvFiles files = P1().Replace("patients.csv", "p1,,,,", "p1,Secretname,Jo,30-04-1985,");
  files.Add("visits.csv", "SECRET-EPISODE,2020-09-01,exam,true,true");
  const v1::ImportResponse response = TestNode().Import(files);
  EXPECT_THAT(Findings(response), UnorderedElementsAre("patients.csv:2:birth_date:DATE",
                                                       "visits.csv:3:episode_id:REF"));
  const std::string report = response.DebugString();
  EXPECT_EQ(report.find("Secretname"), std::string::npos);
  EXPECT_EQ(report.find("30-04-1985"), std::string::npos);
  EXPECT_EQ(report.find("SECRET"), std::string::npos);
}

TEST(ImportRulesTest, LateEntryIsOneWarningForEachFile) {
  CsvFiles files = P1().Add("visits.csv", "e1,2020-09-09,exam,true,true");
  TestNode node;
  const v1::ImportResponse response = node.Import(files);
  EXPECT_TRUE(response.committed());
  EXPECT_THAT(Findings(response, "warning"),
              ElementsAre("episodes.csv:0::LATE-ENTRY", "visits.csv:0::LATE-ENTRY"));
}

TEST(ImportRulesTest, EntryWithin180DaysIsNotLate) {
  CsvFiles files = P1().Replace("visits.csv", "2020-06-09", "2026-01-02");
  files.Replace("episodes.csv", "2020-03-01,2020-03-01", "2026-01-02,2026-01-02");
  EXPECT_THAT(Findings(TestNode().Import(files), "warning"), IsEmpty());
}

TEST(ImportRulesTest, FindingsBeyondAThousandAreCounted) {
  CsvFiles files = P1();
  for (int i = 0; i < 1005; ++i) files.Add("visits.csv", absl::StrCat("e", i + 2, ",2020,,,"));
  const v1::ImportResponse response = TestNode().Import(files);
  EXPECT_EQ(response.findings_size(), 1000);
  EXPECT_GT(response.findings_omitted(), 0u);
  EXPECT_EQ(response.counts().refused(), 1005u);
}

}  // namespace
}  // namespace perdura::registry_node
