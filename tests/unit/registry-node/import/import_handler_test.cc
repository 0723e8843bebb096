#include "registry-node/import/import_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-node/store/fact_sql.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;

int64_t AllRows(TestNode& node) {
  int64_t rows = 0;
  const FactBatch all;
  ForEachTable(
      [&]<typename Fact>(const std::vector<NewVersion<Fact>>&) {
        rows += RowsOf(node.registry, std::string(TableName<Fact>()));
      },
      all);
  return rows;
}

v1::ImportOptions LeaveOut() {
  v1::ImportOptions options;
  options.set_leave_out_bad_patients(true);
  return options;
}

TEST(ImportHandlerTest, ImportWritesOneVersionForEachRow) {
  TestNode node;
  const v1::ImportResponse response = node.Import(CsvFiles::OnePatient());
  EXPECT_TRUE(response.committed());
  EXPECT_EQ(response.import_id().size(), 32u);
  EXPECT_EQ(response.counts().read(), 5u);
  // The first infusion is the episode's own.
  EXPECT_EQ(response.counts().added(), 6u);
  EXPECT_EQ(AllRows(node), 6);
  EXPECT_EQ(RowsOf(node.registry, "import"), 1);
}

TEST(ImportHandlerTest, EpisodesOwnInfusionIsTheFirst) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  ASSERT_EQ(facts.infusions.size(), 1u);
  EXPECT_EQ(facts.infusions[0].fact.seq, 1);
  EXPECT_EQ(facts.infusions[0].fact.day, Day("2020-03-01"));
}

TEST(ImportHandlerTest, ImportTwiceIsImportOnce) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  const v1::ImportResponse again = node.Import(CsvFiles::OnePatient());
  EXPECT_TRUE(again.committed());
  EXPECT_EQ(again.counts().added(), 0u);
  EXPECT_EQ(again.counts().changed(), 0u);
  EXPECT_EQ(again.counts().same(), 5u);
  EXPECT_EQ(AllRows(node), 6);
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 1);
}

TEST(ImportHandlerTest, OrderOfRowsMakesNoDifference) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  files.AddPatient(2);
  node.MustImport(files);
  CsvFiles turned = CsvFiles::Empty();
  turned.AddPatient(2).AddPatient(1);
  const v1::ImportResponse again = node.Import(turned);
  EXPECT_EQ(again.counts().added() + again.counts().changed(), 0u);
  EXPECT_EQ(again.counts().same(), 10u);
}

TEST(ImportHandlerTest, AnotherValueIsANewVersion) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  const v1::ImportResponse changed =
      node.Import(CsvFiles::OnePatient().Replace("conditions.csv", ",90,3", ",80,3"));
  EXPECT_EQ(changed.counts().changed(), 1u);
  EXPECT_EQ(changed.counts().same(), 4u);
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  ASSERT_EQ(facts.conditions.size(), 1u);
  EXPECT_EQ(facts.conditions[0].version, 2);
  EXPECT_EQ(facts.conditions[0].fact.kps, 80);
  absl::MutexLock lock(&node.registry.mutex);
  ASSERT_OK_AND_ASSIGN(auto reason,
                       node.registry.db->Prepare("SELECT reason FROM condition WHERE version = 2"));
  ASSERT_TRUE(*reason.Step());
  EXPECT_EQ(*reason.TextAt(0), "source_corrected");
}

TEST(ImportHandlerTest, CorrectedDeathIsAVersionAndNoSecondDeath) {
  TestNode node;
  node.MustImport(
      CsvFiles::OnePatient().Add("events.csv", "e1,death,2022-01-01,,,,,,,true,unknown"));
  node.MustImport(CsvFiles::Empty().Add("events.csv", "e1,death,2022-01-03,,,,,,,true,infection"));
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  ASSERT_EQ(facts.events.size(), 1u);
  EXPECT_EQ(facts.events[0].fact.onset, DayInterval::Exact(Day("2022-01-03")));
}

TEST(ImportHandlerTest, AbsenceNeverRetracts) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  node.MustImport(CsvFiles::Empty().AddPatient(2));
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  EXPECT_EQ(facts.patients.size(), 2u);
  for (const auto& row : facts.patients) EXPECT_FALSE(row.retracted);
}

TEST(ImportHandlerTest, OneErrorWritesNothingAnywhere) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  files.AddPatient(2).Replace("episodes.csv", "p2,e2,c2,allo-hct@1", "p2,e2,c2,magic@1");
  const v1::ImportResponse response = node.Import(files);
  EXPECT_FALSE(response.committed());
  EXPECT_GT(response.counts().refused(), 0u);
  EXPECT_EQ(AllRows(node), 0);
  EXPECT_EQ(RowsOf(node.registry, "import"), 0);
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 0);
}

TEST(ImportHandlerTest, LeaveOutTakesTheOthersWhole) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  files.AddPatient(2).Add("events.csv", "e2,relapse,2019-01-01,,,,,,,true,");
  const v1::ImportResponse response = node.Import(files, LeaveOut());
  EXPECT_TRUE(response.committed());
  EXPECT_EQ(response.counts().left_out_patients(), 1u);
  EXPECT_THAT(Findings(response, "warning"), Contains("patients.csv:3:record_number:LEFT-OUT"));
  EXPECT_EQ(AllRows(node), 6);
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 1);
}

TEST(ImportHandlerTest, LeaveOutDoesNotCureABrokenFile) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  files.Add("visits.csv", "e1,2021-01-01,exam");
  EXPECT_FALSE(node.Import(files, LeaveOut()).committed());
  EXPECT_EQ(AllRows(node), 0);
}

TEST(ImportHandlerTest, DryRunWritesNothing) {
  TestNode node;
  v1::ImportOptions options;
  options.set_dry_run(true);
  const v1::ImportResponse response = node.Import(CsvFiles::OnePatient(), options);
  EXPECT_FALSE(response.committed());
  EXPECT_THAT(Findings(response), ElementsAre());
  EXPECT_EQ(response.counts().added(), 6u);
  EXPECT_EQ(AllRows(node), 0);
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 0);
}

TEST(ImportHandlerTest, VaultRowsWithoutFactsAreCompletedByTheRetry) {
  TestNode node;
  const Identity orphan[] = {{.record_number = "p1", .family = {}, .given = {}, .birth_date = {}}};
  ASSERT_OK_AND_ASSIGN(const auto pseudonyms, node.vault.Admit("emr", orphan));
  node.MustImport(CsvFiles::OnePatient());
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 1);
  EXPECT_EQ(facts.patients.at(0).fact.pseudonym, pseudonyms.at(0));
  EXPECT_EQ(facts.episodes.at(0).fact.pseudonym, pseudonyms.at(0));
}

TEST(ImportHandlerTest, SystemsDoNotShareRecordNumbers) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  v1::ImportOptions other;
  other.set_source_system("lab");
  other.set_new_system(true);
  EXPECT_TRUE(node.Import(CsvFiles::OnePatient(), other).committed());
  EXPECT_EQ(AllRows(node), 12);
}

TEST(ImportHandlerTest, MistypedSystemIsRefusedWithTheKnownNames) {
  TestNode node;
  node.MustImport(CsvFiles::OnePatient());
  ImportHandler handler({.facts = node.facts, .vault = node.vault, .random = node.random});
  v1::ImportOptions mistyped;
  mistyped.set_source_system("emrr");
  EXPECT_THAT(handler.Run({}, mistyped, node.charter, node.clock.Now()),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("known: emr.")));
  EXPECT_EQ(AllRows(node), 6);
}

TEST(ImportHandlerTest, PersonOfAnotherSystemIsADuplicate) {
  TestNode node;
  const CsvFiles files =
      CsvFiles::OnePatient().Replace("patients.csv", "p1,,,,", "p1,Doe,Jo,1985-04-30,");
  node.MustImport(files);
  v1::ImportOptions other;
  other.set_source_system("lab");
  other.set_new_system(true);
  EXPECT_THAT(Findings(node.Import(files, other)), ElementsAre("patients.csv:2:family:DUPLICATE"));
}

TEST(ImportHandlerTest, SourceSystemMustBeAName) {
  TestNode node;
  ImportHandler handler({.facts = node.facts, .vault = node.vault, .random = node.random});
  v1::ImportOptions options;
  options.set_source_system("My EMR");
  EXPECT_THAT(handler.Run({}, options, node.charter, node.clock.Now()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ImportHandlerTest, FindingsAreBounded) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  for (int i = 0; i < 1200; ++i) files.Add("visits.csv", "e9,2021-01-01,exam,true,true");
  const v1::ImportResponse response = node.Import(files);
  EXPECT_EQ(response.findings_size(), 1000);
  EXPECT_GE(response.findings_omitted(), 200u);
}

TEST(ImportHandlerTest, NothingToImportIsCommittedAndSaysSo) {
  TestNode node;
  const v1::ImportResponse response = node.Import(CsvFiles::Empty());
  EXPECT_TRUE(response.committed());
  EXPECT_EQ(response.counts().read(), 0u);
}

}  // namespace
}  // namespace perdura::registry_node
