#include "registry-node/derive/fact_table_source.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "registry-node/derive/table_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A node and a charter whose cut bmt@1 ignores what happened after 2024-06-30 and what was recorded
// from 2026-06-30T00:00:00Z on. The test records on 2026-06-29 and asks on 2026-07-01.
class FactTableSourceTest : public ::testing::Test {
 protected:
  FactTableSourceTest() {
    v1::Charter proto =
        test_support::TestFederation::Make({.products_per_patient = 2, .products = 3}).charter;
    proto.mutable_data_cuts(0)->set_cutoff_day(Day("2024-06-30"));
    charter_ = *federation::Charter::Create(proto.SerializeAsString());
    node_.charter = charter_->proto();
    request_.endpoint = "overall-survival@1";
    request_.cut = "bmt@1";
    request_.grid = "g15@1";
    request_.products = {"allo-hct@1"};
    request_.role = "researcher";
  }

  void Record(const CsvFiles& files) {
    node_.clock.Set(absl::FromUnixSeconds(1'782'777'600) - absl::Hours(20));
    node_.MustImport(files);
    node_.clock.Set(absl::FromUnixSeconds(1'782'777'600) + absl::Hours(20));
  }

  // The cells that are not zero, as "group cause bin:count"; `ne` instead of cause and bin.
  std::vector<std::string> Cells() {
    const query::Plan plan = *query::Plan::Build(request_, *charter_);
    const query::Layout layout = *query::Layout::Create(plan, *charter_);
    const auto cells = node_.tables.Cells(plan, layout, *charter_, ExactTableAccessForTest::Make());
    EXPECT_TRUE(cells.ok()) << cells.status();
    EXPECT_EQ(cells->size(), static_cast<size_t>(layout.cells()));
    std::vector<std::string> counted;
    for (int group = 0; group < static_cast<int>(layout.groups().size()); ++group) {
      const std::string name = layout.groups()[static_cast<size_t>(group)];
      for (int cause = 0; cause <= layout.causes(); ++cause) {
        for (int bin = 0; bin < layout.bins(); ++bin) {
          const int64_t count = (*cells)[static_cast<size_t>(layout.CellOf(group, bin, cause))];
          if (count != 0) counted.push_back(absl::StrCat(name, " ", cause, " ", bin, ":", count));
        }
      }
      const int64_t none = (*cells)[static_cast<size_t>(layout.NotEvaluableCell(group))];
      if (none != 0) counted.push_back(absl::StrCat(name, " ne:", none));
    }
    return counted;
  }

  TestNode node_;
  std::shared_ptr<const federation::Charter> charter_;
  query::PlanRequest request_;
};

// The worked cell of the data model: infused 2020-03-01, progression seen on 2021-01-20, alive on
// 2024-03-11. Bins count from 0 here.
CsvFiles WorkedPatient() {
  CsvFiles files = CsvFiles::OnePatient();
  files.Add("visits.csv", "e1,2024-03-11,phone,true,false");
  files.Add("events.csv", "e1,progression,2021-01-20,,,,,,,true,");
  return files;
}

TEST_F(FactTableSourceTest, WorkedPatientOfPfsFallsIntoBin8Cause1) {
  Record(WorkedPatient());
  request_.endpoint = "disease-free-survival@1";
  EXPECT_THAT(Cells(), ElementsAre(" 1 7:1"));
}

TEST_F(FactTableSourceTest, WorkedPatientOfOsIsCensoredInTheBinOf60) {
  Record(WorkedPatient());
  EXPECT_THAT(Cells(), ElementsAre(" 0 14:1"));
}

// M = 2: products are corrected, and the patient ever counts for the first two of them only.
TEST_F(FactTableSourceTest, ThirdProductOfAPatientCountsNowhere) {
  const auto record_as = [this](const char* product) {
    CsvFiles files = CsvFiles::OnePatient();
    if (std::string(product) != "allo-hct@1") {
      files.Replace("episodes.csv", "allo-hct@1", product);
    }
    Record(files);
  };
  const auto cells_of = [this](const char* product) {
    request_.products = {product};
    return Cells();
  };
  record_as("allo-hct@1");
  EXPECT_THAT(cells_of("allo-hct@1"), ElementsAre(" 0 3:1"));
  record_as("auto-hct@1");
  EXPECT_THAT(cells_of("auto-hct@1"), ElementsAre(" 0 3:1"));
  EXPECT_THAT(cells_of("allo-hct@1"), ElementsAre());
  record_as("dli@1");
  for (const char* product : {"allo-hct@1", "auto-hct@1", "dli@1"}) {
    EXPECT_THAT(cells_of(product), ElementsAre()) << product;
  }
  record_as("allo-hct@1");
  EXPECT_THAT(cells_of("allo-hct@1"), ElementsAre(" 0 3:1"));
}

TEST_F(FactTableSourceTest, WorkedPatientHasExactExits) {
  Record(WorkedPatient());
  TableQuestion question = AskAll("pfs@1");
  question.cutoff_day = Day("2024-06-30");
  const auto pfs = node_.Exits(question);
  ASSERT_EQ(pfs.size(), 1u);
  EXPECT_EQ(pfs[0].exit, 325);
  EXPECT_EQ(pfs[0].cause, 1);
  question.rule_set = FindRuleSet("os@1");
  EXPECT_EQ(node_.Exits(question).at(0).exit, 1471);
}

TEST_F(FactTableSourceTest, DeathOnDay0IsHalfADayOnTheExactPath) {
  Record(CsvFiles::OnePatient()
             .DropLast("visits.csv")
             .Add("events.csv", "e1,death,2020-03-01,,,,,,,true,unknown"));
  EXPECT_THAT(Cells(), ElementsAre(" 1 0:1"));
  EXPECT_EQ(node_.Exits(AskAll("os@1")).at(0).exit, 0.5);
}

TEST_F(FactTableSourceTest, ExitBeyondTheLastKnotIsCensoredInTheLastBin) {
  CsvFiles files = CsvFiles::OnePatient();
  files.Replace("consents.csv", "2020-01-01", "2001-01-01")
      .Replace("conditions.csv", "2019-05-02", "2001-01-01")
      .Replace("episodes.csv", "2020-03-01", "2001-03-01")
      .Replace("visits.csv", "2020-06-09", "2001-06-09")
      .Add("events.csv", "e1,death,2020-01-01,,,,,,,true,unknown");
  Record(files);
  EXPECT_THAT(Cells(), ElementsAre(" 0 14:1"));
}

TEST_F(FactTableSourceTest, DelayedEntryIsNotEvaluableInATableWithoutEntryAxis) {
  Record(CsvFiles::OnePatient().Replace("episodes.csv", "2020-03-01,2020-03-01",
                                        "2020-03-01,2020-04-01"));
  EXPECT_THAT(Cells(), ElementsAre(" ne:1"));
}

TEST_F(FactTableSourceTest, NobodySeenAfterDay0IsNotEvaluable) {
  Record(CsvFiles::OnePatient().DropLast("visits.csv"));
  EXPECT_THAT(Cells(), ElementsAre(" ne:1"));
}

TEST_F(FactTableSourceTest, NodeWithoutPatientsHasZeros) { EXPECT_THAT(Cells(), ElementsAre()); }

TEST_F(FactTableSourceTest, EveryPatientOfTheCohortIsInOneCell) {
  CsvFiles files = CsvFiles::OnePatient();
  for (int number = 2; number <= 9; ++number) files.AddPatient(number);
  Record(files);
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:9"));
}

TEST_F(FactTableSourceTest, WhatWasRecordedAfterTheCutIsIgnored) {
  Record(CsvFiles::OnePatient());
  node_.MustImport(WorkedPatient().AddPatient(2));
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
}

TEST_F(FactTableSourceTest, InfusedAfterTheCutoffIsOutside) {
  Record(CsvFiles::OnePatient()
             .Replace("episodes.csv", "2020-03-01", "2025-03-01")
             .Replace("visits.csv", "2020-06-09", "2025-06-09"));
  EXPECT_THAT(Cells(), ElementsAre());
}

// ---- consent ----

TEST_F(FactTableSourceTest, NoConsentMeansNo) {
  Record(CsvFiles::OnePatient().DropLast("consents.csv"));
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, ConsentForAnotherScopeMeansNo) {
  Record(CsvFiles::OnePatient().Replace("consents.csv", "research", "regulatory"));
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, ConsentThatEndedMeansNo) {
  Record(CsvFiles::OnePatient().Replace("consents.csv", "2020-01-01,", "2020-01-01,2026-06-28"));
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, RefusalWinsOnOneDay) {
  Record(CsvFiles::OnePatient().Replace("consents.csv", "2020-01-01", "2020"));
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
  node_.MustImport(CsvFiles::Empty().Add("consents.csv", "p1,research,withdrawn,2020-05-05,"));
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, WithdrawalTakesThePatientOutOfOldCuts) {
  Record(CsvFiles::OnePatient());
  node_.MustImport(CsvFiles::Empty().Add("consents.csv", "p1,research,withdrawn,2026-06-30,"));
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, ConsentAfterAWithdrawalCountsAgain) {
  Record(CsvFiles::OnePatient()
             .Replace("consents.csv", "2020-01-01", "2022-01-01")
             .Add("consents.csv", "p1,research,withdrawn,2021-01-01,"));
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
}

TEST_F(FactTableSourceTest, CrossBorderNeedsItsOwnConsent) {
  request_.cross_border = true;
  Record(CsvFiles::OnePatient());
  EXPECT_THAT(Cells(), ElementsAre());
  node_.MustImport(CsvFiles::Empty().Add("consents.csv", "p1,cross_border,given,2020-01-01,"));
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
}

// ---- cohort, groups, index episode ----

CsvFiles ThreeDiseases() {
  CsvFiles files = CsvFiles::OnePatient();
  files.AddPatient(2).AddPatient(3);
  files.Replace("conditions.csv", "p2,c2,perdura,acute-leukaemia,all",
                "p2,c2,perdura,acute-leukaemia,aml-low");
  return files.Replace("conditions.csv", "p3,c3,perdura,acute-leukaemia,all",
                       "p3,c3,perdura,acute-leukaemia,");
}

TEST_F(FactTableSourceTest, CohortAdmitsItsCategoriesOnly) {
  Record(ThreeDiseases());
  request_.cohort = {{"disease", {"all"}}};
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
  request_.cohort = {{"disease", {"aml-high"}}};
  EXPECT_THAT(Cells(), ElementsAre());
}

TEST_F(FactTableSourceTest, UnknownIsACategory) {
  Record(ThreeDiseases());
  request_.cohort = {{"disease", {"all", "unknown"}}};
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:2"));
}

TEST_F(FactTableSourceTest, GroupsSplitTheCohort) {
  Record(ThreeDiseases());
  request_.group_by = "disease";
  EXPECT_THAT(Cells(),
              ::testing::UnorderedElementsAre("all 0 3:1", "aml-low 0 3:1", "unknown 0 3:1"));
}

TEST_F(FactTableSourceTest, NumbersFallIntoBands) {
  Record(CsvFiles::OnePatient());
  request_.cohort = {{"age-band", {"20-39"}}};
  EXPECT_THAT(Cells(), ElementsAre(" 0 3:1"));
  request_.cohort = {{"age-band", {"40-plus"}}};
  EXPECT_THAT(Cells(), ElementsAre());
}

CsvFiles TwoEpisodes() {
  return CsvFiles::OnePatient()
      .Add("episodes.csv", "p1,e1b,c1,auto-hct@1,2019-06-01,2019-06-01,,,,standard,33")
      .Add("visits.csv", "e1b,2019-12-01,exam,true,true");
}

TEST_F(FactTableSourceTest, IndexIsTheFirstEpisode) {
  Record(TwoEpisodes());
  request_.products = {"allo-hct@1", "auto-hct@1"};
  // From 2019-06-01 to the visit on 2020-06-09: 374 days, bin of 15 months.
  EXPECT_THAT(Cells(), ElementsAre(" 0 8:1"));
}

TEST_F(FactTableSourceTest, IndexOfAnotherProductIsOutside) {
  Record(TwoEpisodes());
  EXPECT_THAT(Cells(), ElementsAre());
}

// ---- what this binary cannot derive ----

TEST_F(FactTableSourceTest, UnknownRuleSetIsRefusedWithoutReadingPatients) {
  v1::Charter proto = charter_->proto();
  proto.mutable_endpoints(0)->set_rule_set("efs@1");
  const query::Plan plan = *query::Plan::Build(request_, *charter_);
  EXPECT_THAT(TableQuestion::Create(plan, proto),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("unsupported_endpoint")));
}

TEST_F(FactTableSourceTest, SwitchIsRefused) {
  v1::Charter proto = charter_->proto();
  proto.mutable_endpoints(0)->add_switches()->set_name("new_therapy");
  const query::Plan plan = *query::Plan::Build(request_, *charter_);
  EXPECT_THAT(TableQuestion::Create(plan, proto),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("unsupported_endpoint")));
}

TEST_F(FactTableSourceTest, KnownEndpointsAreSupported) {
  const query::Plan plan = *query::Plan::Build(request_, *charter_);
  EXPECT_OK(FactTableSource::CheckSupported(plan, *charter_));
}

// ---- one patient, one cell ----

TEST(TableBuilderTest, SecondCellOfAPersonCountsNothing) {
  TableBuilder table(4, /*cap=*/1);
  Pseudonym person;
  table.Place(person, {{1}});
  table.Place(person, {{1}});
  table.Place(person, {{2}});
  EXPECT_THAT(std::move(table).Counts(), ElementsAre(0, 1, 0, 0));
}

TEST(TableBuilderTest, CellOutsideTheTableCountsNothing) {
  TableBuilder table(2, /*cap=*/1);
  Pseudonym first, second;
  second.bytes[0] = 1;
  table.Place(first, {{2}});
  table.Place(second, {{-1}});
  EXPECT_THAT(std::move(table).Counts(), ElementsAre(0, 0));
}

}  // namespace
}  // namespace perdura::registry_node
