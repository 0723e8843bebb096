// The rules of the import between rows: episodes, infusions, visits, references, duplicates; and
// its report.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/registry-node/import/import_rules.h"

namespace perdura::registry_node {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// ---- Episodes, infusions, visits ----

TEST(ImportRelationsTest, EpOneRefusesAnEpisodeWithTwoProducts) {
  EXPECT_THAT(
      ErrorsOf(P1().Add("episodes.csv", "p1,e1,c1,car-t@1,2020-03-01,2020-03-01,,,,standard,34")),
      ElementsAre("episodes.csv:3::EP-ONE"));
}

TEST(ImportRelationsTest, EpOneRefusesAnEpisodeOfTwoPatientsForBoth) {
  CsvFiles files = P1().AddPatient(2);
  files.Replace("episodes.csv", "p2,e2,", "p2,e1,").Replace("visits.csv", "e2,", "e1,");
  TestNode node;
  v1::ImportOptions options;
  options.set_leave_out_bad_patients(true);
  const v1::ImportResponse response = node.Import(files, options);
  EXPECT_THAT(Findings(response), Contains("episodes.csv:3:episode_id:EP-ONE"));
  EXPECT_EQ(response.counts().left_out_patients(), 2u);
}

TEST(ImportRelationsTest, EpOneRefusesAnEpisodeThatIsAnothersOnRecord) {
  TestNode node;
  node.MustImport(P1());
  CsvFiles other = CsvFiles::Empty().AddPatient(2);
  other.Replace("episodes.csv", "p2,e2,", "p2,e1,").Replace("visits.csv", "e2,", "e1,");
  EXPECT_THAT(Findings(node.Import(other)), Contains("episodes.csv:2:episode_id:EP-ONE"));
}

TEST(ImportRelationsTest, InfSeqRefusesAnotherDayForTheFirst) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-02,,,,,")),
              ElementsAre("infusions.csv:2:day:INF-SEQ"));
}

TEST(ImportRelationsTest, InfSeqRefusesDescendingDays) {
  CsvFiles files = WithInfusion("e1,2,2020-03-09,,,,,");
  EXPECT_THAT(ErrorsOf(files.Add("infusions.csv", "e1,3,2020-03-08,,,,,")),
              ElementsAre("infusions.csv:3:day:INF-SEQ"));
}

TEST(ImportRelationsTest, InfSeqNeedsASequenceNumber) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,,2020-03-01,,,,,")),
              ElementsAre("infusions.csv:2:seq:INF-SEQ"));
}

TEST(ImportRelationsTest, InfSeqRefusesAUnitOfAnotherClass) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,2,vg/kg,,,")),
              ElementsAre("infusions.csv:2:dose_unit:INF-SEQ"));
  CsvFiles vector = WithInfusion("e1,1,2020-03-01,2,vg/kg,,,");
  EXPECT_THAT(ErrorsOf(vector.Replace("episodes.csv", "allo-hct@1", "aav@1")), IsEmpty());
}

TEST(ImportRelationsTest, UnitRefusesADoseWithoutUnit) {
  EXPECT_THAT(ErrorsOf(WithInfusion("e1,1,2020-03-01,2,,,,")),
              ElementsAre("infusions.csv:2:dose_unit:UNIT"));
}

TEST(ImportRelationsTest, EnrolIsNeeded) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,")),
              ElementsAre("episodes.csv:2:enrolled:ENROL"));
}

TEST(ImportRelationsTest, EnrolMayBeLaterThanDay0) {
  EXPECT_THAT(
      ErrorsOf(P1().Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2021-05-02")),
      IsEmpty());
}

TEST(ImportRelationsTest, EnrolAfterDeathIsRefused) {
  CsvFiles files = WithEvent("e1,death,2020-07-01,,,,,,,true,unknown");
  files.Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2020-07-02");
  EXPECT_THAT(ErrorsOf(files), ElementsAre("episodes.csv:2:enrolled:ENROL"));
}

TEST(ImportRelationsTest, VisitTileRefusesTwoContactsOnADay) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-06-09,phone,true,false")),
              ElementsAre("visits.csv:3::VISIT-TILE"));
}

TEST(ImportRelationsTest, VisitTileRefusesAMonthPlacedOnAnotherContact) {
  EXPECT_THAT(ErrorsOf(WithVisit("e1,2020-09-15,exam,true,true")
                           .Add("visits.csv", "e1,2020-09,phone,true,false")),
              ElementsAre("visits.csv:4:contact:VISIT-TILE"));
}

// ---- References and duplicates ----

TEST(ImportRelationsTest, RefRefusesAnUnknownPatient) {
  EXPECT_THAT(ErrorsOf(P1().Add("consents.csv", "p9,research,given,2020-01-01,")),
              ElementsAre("consents.csv:3:record_number:REF"));
}

TEST(ImportRelationsTest, RefRefusesAnUnknownEpisode) {
  EXPECT_THAT(ErrorsOf(WithVisit("e9,2020-09-01,exam,true,true")),
              ElementsAre("visits.csv:3:episode_id:REF"));
}

TEST(ImportRelationsTest, RefRefusesAnotherPatientsCondition) {
  EXPECT_THAT(ErrorsOf(P1().AddPatient(2).Replace("episodes.csv", "p2,e2,c2", "p2,e2,c1")),
              ElementsAre("episodes.csv:3:condition_id:REF"));
}

TEST(ImportRelationsTest, RefRefusesWhatTheCharterLacks) {
  EXPECT_THAT(ErrorsOf(P1().Replace("episodes.csv", "allo-hct@1", "allo-hct@2")),
              ElementsAre("episodes.csv:2:product:REF"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", "acute-leukaemia", "gout")),
              Contains("conditions.csv:2:code:REF"));
  EXPECT_THAT(ErrorsOf(P1().Replace("conditions.csv", ",all,", ",chronic,")),
              Contains("conditions.csv:2:subtype:ENUM"));
}

TEST(ImportRelationsTest, RefNeedsARecordNumber) {
  EXPECT_THAT(ErrorsOf(P1().Add("patients.csv", ",,,,F,US,")),
              ElementsAre("patients.csv:3:record_number:REF"));
}

TEST(ImportRelationsTest, DuplicatePatientIsRefused) {
  EXPECT_THAT(ErrorsOf(P1().Add("patients.csv", "p1,,,,M,US,")),
              ElementsAre("patients.csv:3::DUPLICATE"));
}

TEST(ImportRelationsTest, DuplicatePersonUnderTwoNumbersIsRefused) {
  CsvFiles files = P1().AddPatient(2);
  files.Replace("patients.csv", "p1,,,,", "p1,Doe,Jo,1985-04-30,");
  files.Replace("patients.csv", "p2,,,,", "p2,Doe,Jo,1985-04-30,");
  EXPECT_THAT(ErrorsOf(files), ElementsAre("patients.csv:3:family:DUPLICATE"));
}

TEST(ImportRelationsTest, DuplicatePersonOnRecordIsRefused) {
  TestNode node;
  node.MustImport(P1().Replace("patients.csv", "p1,,,,", "p1,Doe,Jo,1985-04-30,"));
  CsvFiles files = CsvFiles::Empty().AddPatient(2);
  files.Replace("patients.csv", "p2,,,,", "p2,Doe,Jo,1985-04-30,");
  EXPECT_THAT(Findings(node.Import(files)), ElementsAre("patients.csv:2:family:DUPLICATE"));
}

TEST(ImportRelationsTest, DuplicateEventIsRefused) {
  CsvFiles files = WithEvent("e1,infection,2020-05-01,,,,,,,true,");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,infection,2020-05-01,,,,,,,true,")),
              ElementsAre("events.csv:3::DUPLICATE"));
}

TEST(ImportRelationsTest, SameEventWithAnotherCodeIsAnother) {
  CsvFiles files = WithEvent("e1,infection,2020-05-01,,ctcae,a,,,,true,");
  EXPECT_THAT(ErrorsOf(files.Add("events.csv", "e1,infection,2020-05-01,,ctcae,b,,,,true,")),
              IsEmpty());
}

// ---- Report ----

TEST(ImportRelationsTest, IdentityFieldsAreNeverShown) {
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

TEST(ImportRelationsTest, LateEntryIsOneWarningForEachFile) {
  CsvFiles files = P1().Add("visits.csv", "e1,2020-09-09,exam,true,true");
  TestNode node;
  const v1::ImportResponse response = node.Import(files);
  EXPECT_TRUE(response.committed());
  EXPECT_THAT(Findings(response, "warning"),
              ElementsAre("episodes.csv:0::LATE-ENTRY", "visits.csv:0::LATE-ENTRY"));
}

TEST(ImportRelationsTest, EntryWithin180DaysIsNotLate) {
  CsvFiles files = P1().Replace("visits.csv", "2020-06-09", "2026-01-02");
  files.Replace("episodes.csv", "2020-03-01,2020-03-01", "2026-01-02,2026-01-02");
  EXPECT_THAT(Findings(TestNode().Import(files), "warning"), IsEmpty());
}

TEST(ImportRelationsTest, FindingsBeyondAThousandAreCounted) {
  CsvFiles files = P1();
  for (int i = 0; i < 1005; ++i) files.Add("visits.csv", absl::StrCat("e", i + 2, ",2020,,,"));
  const v1::ImportResponse response = TestNode().Import(files);
  EXPECT_EQ(response.findings_size(), 1000);
  EXPECT_GT(response.findings_omitted(), 0u);
  EXPECT_EQ(response.counts().refused(), 1005u);
}

}  // namespace
}  // namespace perdura::registry_node
