// The rules of what was seen after the infusion, and of insurance: every rule has a row that passes
// (RowsOfEveryTablePass) and one that fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-node/import/import_handler.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

CsvFiles With(const std::string& file, absl::string_view row) {
  return CsvFiles::OnePatient().Add(file, row);
}
std::vector<std::string> ErrorsWith(const std::string& file, absl::string_view row) {
  return Findings(TestNode().Import(With(file, row)));
}

TEST(FollowUpRulesTest, RowsOfEveryTablePass) {
  TestNode node;
  const v1::ImportResponse response = node.Import(CsvFiles::EveryTable());
  EXPECT_THAT(Findings(response), IsEmpty());
  ASSERT_TRUE(response.committed());
  EXPECT_EQ(RowsOf(node.registry, "coverage"), 3);
  EXPECT_EQ(RowsOf(node.registry, "response"), 2);
  EXPECT_EQ(RowsOf(node.registry, "measure"), 2);
  EXPECT_EQ(RowsOf(node.registry, "transgene"), 2);
  EXPECT_EQ(RowsOf(node.registry, "contract_link"), 1);
  EXPECT_EQ(RowsOf(node.registry, "contact_try"), 1);
}

TEST(FollowUpRulesTest, ImportAgainAddsNothing) {
  TestNode node;
  node.MustImport(CsvFiles::EveryTable());
  const v1::ImportResponse again = node.Import(CsvFiles::EveryTable());
  EXPECT_TRUE(again.committed());
  EXPECT_EQ(again.counts().added(), 0u);
  EXPECT_EQ(again.counts().changed(), 0u);
}

TEST(FollowUpRulesTest, MeasureIsKeptAsGivenAndInTheCanonicalUnit) {
  TestNode node;
  node.MustImport(CsvFiles::EveryTable());
  const auto facts = node.facts.Newest();
  ASSERT_TRUE(facts.ok());
  ASSERT_FALSE(facts->measures.empty());
  const MeasureFact& measure = facts->measures.front().fact;
  EXPECT_EQ(measure.value, "8.5");
  EXPECT_EQ(measure.unit, "g/dL");
  EXPECT_EQ(measure.given_value, "85");
  EXPECT_EQ(measure.given_unit, "g/L");
}

TEST(FollowUpRulesTest, OtherValueIsACorrection) {
  TestNode node;
  node.MustImport(CsvFiles::EveryTable());
  const v1::ImportResponse corrected =
      node.Import(CsvFiles::EveryTable().Replace("measures.csv", "718-7,12.1", "718-7,11.2"));
  EXPECT_EQ(corrected.counts().changed(), 1u);
  EXPECT_EQ(corrected.counts().added(), 0u);
}

TEST(FollowUpRulesTest, ScalesAreClosed) {
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-06-09,recist,CR,,imaging"),
              ElementsAre("responses.csv:2:scale:ENUM"));
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-06-09,lugano2014,CR,,imaging"),
              ElementsAre("responses.csv:2:scale:SCALE-GROUP"));
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-06-09,ball_nccn,PR,,marrow"),
              ElementsAre("responses.csv:2:value:SCALE-VALUE"));
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-06-09,ball_nccn,CR,maybe,marrow"),
              ElementsAre("responses.csv:2:mrd:ENUM"));
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-06-09,ball_nccn,CR,,hearsay"),
              ElementsAre("responses.csv:2:evidence:ENUM"));
}

TEST(FollowUpRulesTest, MeasuresHaveCodesUnitsAndBounds) {
  EXPECT_THAT(ErrorsWith("measures.csv", "e1,2020-06-09,0-0,1,g/L,,"),
              ElementsAre("measures.csv:2:code:REF"));
  EXPECT_THAT(ErrorsWith("measures.csv", "e1,2020-06-09,718-7,8,mmol/L,,"),
              ElementsAre("measures.csv:2:unit:UNIT"));
  EXPECT_THAT(ErrorsWith("measures.csv", "e1,2020-06-09,718-7,85,g/dL,,"),
              ElementsAre("measures.csv:2:value:RANGE"));
  EXPECT_THAT(ErrorsWith("measures.csv", "e1,2020-06-09,718-7,high,g/dL,,"),
              ElementsAre("measures.csv:2:value:RANGE"));
  EXPECT_THAT(ErrorsWith("measures.csv", "e1,2020-06-09,777-3,9999,10*9/L,,"),
              ElementsAre("measures.csv:2:value:SENTINEL"));
  EXPECT_THAT(ErrorsWith("transgene.csv", "e1,2020-06-09,ddpcr,0.8,,true"),
              ElementsAre("transgene.csv:2:unit:UNIT"));
}

TEST(FollowUpRulesTest, CharterMayNarrowTheBoundsOfAMeasure) {
  TestNode node;
  v1::PlausibleRange& range = *node.charter.add_plausible_ranges();
  range.set_field("measure.718-7");
  range.set_low(4);
  range.set_high(9);
  EXPECT_THAT(Findings(node.Import(With("measures.csv", "e1,2020-06-09,718-7,12.1,g/dL,,"))),
              ElementsAre("measures.csv:2:value:RANGE"));
}

TEST(FollowUpRulesTest, NothingIsDatedInTheFutureOrAfterDeath) {
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2026-08-01,ball_nccn,CR,,marrow"),
              ElementsAre("responses.csv:2:day:DAY-FUTURE"));
  EXPECT_THAT(ErrorsWith("coverage.csv", "p1,acme,commercial,,2027-01-01,,primary,"),
              ElementsAre("coverage.csv:2:from:DAY-FUTURE"));
  EXPECT_THAT(ErrorsWith("responses.csv", "e1,2020-02-01,ball_nccn,CR,,marrow"),
              ElementsAre("responses.csv:2:day:DAY-ORDER"));
  CsvFiles dead = With("measures.csv", "e1,2020-12-01,718-7,9,g/dL,,");
  dead.Add("events.csv", "e1,death,2020-11-01,,,,,,,true,");
  EXPECT_THAT(Findings(TestNode().Import(dead)), ElementsAre("measures.csv:2:day:DEATH-AFTER"));
}

TEST(FollowUpRulesTest, SpellsOfOneRankDoNotOverlap) {
  CsvFiles files = With("coverage.csv", "p1,acme,commercial,,2019-01-01,,primary,");
  files.Add("coverage.csv", "p1,state,medicaid,,2021-01-01,,primary,");
  EXPECT_THAT(Findings(TestNode().Import(files)), ElementsAre("coverage.csv:3:from:COV-OVERLAP"));
  EXPECT_THAT(ErrorsWith("coverage.csv", "p1,acme,commercial,,2020-01-02,2020-01-01,primary,"),
              ElementsAre("coverage.csv:2:to:COV-ORDER"));
  EXPECT_THAT(ErrorsWith("coverage.csv", "p1,acme,commercial,,2020-01-02,,primary,job"),
              ElementsAre("coverage.csv:2:reason_end:COV-ORDER"));
  EXPECT_THAT(ErrorsWith("coverage.csv", "p1,acme,commercial,,2020-01,,primary,"),
              ElementsAre("coverage.csv:2:from:DAY-EXACT"));
}

TEST(FollowUpRulesTest, SlotsAndContractsAreChecked) {
  EXPECT_THAT(ErrorsWith("tries.csv", "e1,y16,2021-05-01,phone,no_answer"),
              ElementsAre("tries.csv:2:slot:ENUM"));
  EXPECT_THAT(ErrorsWith("tries.csv", "e9,y1,2021-05-01,phone,no_answer"),
              ElementsAre("tries.csv:2:episode_id:REF"));
  EXPECT_THAT(ErrorsWith("contracts.csv", "e1,rebate,,acme,2020-02-01"),
              ElementsAre("contracts.csv:2:contract_version:REF"));
}

TEST(FollowUpRulesTest, ImprovementAfterProgressionIsAWarning) {
  CsvFiles files = With("responses.csv", "e1,2020-06-09,ball_nccn,RELAPSE,,marrow");
  files.Add("responses.csv", "e1,2020-09-09,ball_nccn,CR,,marrow");
  const v1::ImportResponse response = TestNode().Import(files);
  EXPECT_TRUE(response.committed());
  EXPECT_THAT(Findings(response, "warning"), Contains("responses.csv:3:value:RESP-AFTER-PD"));
}

TEST(FollowUpRulesTest, JumpOfHaemoglobinIsAWarning) {
  CsvFiles files = With("measures.csv", "e1,2020-06-01,718-7,6,g/dL,,");
  files.Add("measures.csv", "e1,2020-06-08,718-7,12.1,g/dL,,");
  files.Add("measures.csv", "e1,2020-06-16,718-7,6,g/dL,,");
  const v1::ImportResponse response = TestNode().Import(files);
  EXPECT_TRUE(response.committed());
  const auto warnings = Findings(response, "warning");
  EXPECT_THAT(warnings, Contains("measures.csv:3:value:HB-JUMP"));
  EXPECT_THAT(warnings, Not(Contains("measures.csv:4:value:HB-JUMP")));
}

}  // namespace
}  // namespace perdura::registry_node
