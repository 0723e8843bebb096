// From one patient's facts to the cells of every kind of table.

#include "registry-node/derive/table_cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry-node/derive/fact_table_source.h"
#include "registry-node/derive/table_builder.h"
#include "tests/support/test_charter.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using ::testing::ElementsAre;

class TableCellsTest : public ::testing::Test {
 protected:
  TableCellsTest() {
    v1::Charter proto = test_support::TestFederation::Make().charter;
    proto.mutable_data_cuts(0)->set_cutoff_day(Day("2024-06-30"));
    charter_ = *federation::Charter::Create(proto.SerializeAsString());
    node_.charter = charter_->proto();
  }

  // Cells of the endpoint that are not zero, as "name:count"; the cell's number where it has no
  // name, `ne` for those not evaluable.
  std::vector<std::string> Cells(const std::string& endpoint, const CsvFiles& files) {
    node_.clock.Set(absl::FromUnixSeconds(1'782'777'600) - absl::Hours(20));
    node_.MustImport(files);
    node_.clock.Set(absl::FromUnixSeconds(1'782'777'600) + absl::Hours(20));
    query::PlanRequest request;
    request.endpoint = endpoint;
    request.role = "researcher";
    const query::Plan plan = *query::Plan::Build(request, *charter_);
    const query::Layout layout = *query::Layout::Create(plan, *charter_);
    const auto cells = node_.tables.Cells(plan, layout, *charter_, ExactTableAccessForTest::Make());
    EXPECT_TRUE(cells.ok()) << cells.status();
    std::vector<std::string> counted;
    const std::vector<std::string>& names = layout.shape().names;
    for (size_t cell = 0; cell < cells->size(); ++cell) {
      if ((*cells)[cell] == 0) continue;
      const bool last = cell + 1 == cells->size();
      counted.push_back(absl::StrCat(last                  ? "ne"
                                     : cell < names.size() ? names[cell]
                                                           : absl::StrCat(cell),
                                     ":", (*cells)[cell]));
    }
    return counted;
  }

  TestNode node_;
  std::shared_ptr<const federation::Charter> charter_;
};

// Infused 2020-03-01, seen and assessed on 2020-06-09; the landmark of 12 months is 2021-03-01.
TEST_F(TableCellsTest, WhoIsNotSeenAtTheLandmarkIsMissing) {
  EXPECT_THAT(Cells("status-12@1", CsvFiles::OnePatient()), ElementsAre("missing:1"));
}

TEST_F(TableCellsTest, WhoIsSeenAfterTheLandmarkIsEventFree) {
  EXPECT_THAT(Cells("status-12@1",
                    CsvFiles::OnePatient().Add("visits.csv", "e1,2021-04-01,exam,true,true")),
              ElementsAre("event-free:1"));
}

TEST_F(TableCellsTest, RelapseBeforeTheLandmarkCountsAndLaterDoesNot) {
  EXPECT_THAT(Cells("status-12@1",
                    CsvFiles::OnePatient().Add("events.csv", "e1,relapse,2020-12-01,,,,,,,true,")),
              ElementsAre("relapse:1"));
  EXPECT_THAT(Cells("status-12@1", CsvFiles::Empty()
                                       .AddPatient(2)
                                       .Add("visits.csv", "e2,2021-05-01,exam,true,true")
                                       .Add("events.csv", "e2,relapse,2021-06-01,,,,,,,true,")),
              ElementsAre("event-free:1", "relapse:1"));
}

TEST_F(TableCellsTest, DeathWithoutRelapseIsDeathInRemission) {
  EXPECT_THAT(Cells("status-12@1", CsvFiles::OnePatient().Add(
                                       "events.csv", "e1,death,2020-12-01,,,,,,,true,infection")),
              ElementsAre("death-in-remission:1"));
}

// A death before the landmark of who could not have reached it by C would bias the table.
TEST_F(TableCellsTest, WhoCannotHaveReachedTheLandmarkByTheCutoffIsNotYetDue) {
  EXPECT_THAT(Cells("status-12@1",
                    CsvFiles::OnePatient()
                        .Replace("episodes.csv", "2020-03-01,2020-03-01", "2024-03-01,2024-03-01")
                        .Replace("visits.csv", "2020-06-09", "2024-04-09")
                        .Add("events.csv", "e1,death,2024-05-01,,,,,,,true,infection")),
              ElementsAre("not-yet-due:1"));
}

TEST_F(TableCellsTest, FlagsAreCountedOnceInTheWindowUpToTheCap) {
  EXPECT_THAT(Cells("safety-12@1", CsvFiles::OnePatient()), ElementsAre("all:1"));
}

// Four kinds within a cap of 3, of which `all` is one: the first two in the charter's order.
TEST_F(TableCellsTest, MoreFlagsThanTheCapKeepTheFirstOfTheCharter) {
  EXPECT_THAT(Cells("safety-12@1", CsvFiles::OnePatient()
                                       .Add("events.csv", "e1,crs,2020-03-05,,,,2,,,true,")
                                       .Add("events.csv", "e1,infection,2020-04-05,,,,3,,,true,")
                                       .Add("events.csv", "e1,infection,2020-05-05,,,,3,,,true,")
                                       .Add("events.csv", "e1,gvhd_acute,2020-04-01,,,,2,,,true,")),
              ElementsAre("all:1", "gvhd_acute:1", "infection:1"));
}

TEST_F(TableCellsTest, WhatBeganAfterTheWindowIsNoFlag) {
  EXPECT_THAT(Cells("safety-12@1", CsvFiles::OnePatient().Add(
                                       "events.csv", "e1,infection,2021-03-05,,,,3,,,true,")),
              ElementsAre("all:1"));
}

// Age 34 of 0 to 100: step round(256 (68 - 100) / 100) = -82, cell 174.
TEST_F(TableCellsTest, AMomentIsTheStepOfTheValue) {
  EXPECT_THAT(Cells("age@1", CsvFiles::OnePatient()), ElementsAre("174:1"));
}

TEST_F(TableCellsTest, AnUnknownValueIsNotEvaluable) {
  EXPECT_THAT(
      Cells("age@1", CsvFiles::OnePatient().Replace("episodes.csv", "standard,34", "standard,")),
      ElementsAre("ne:1"));
}

// Enrolled on day 100 (bin 4 of g8 holds days 92 to 182): entry bin 3, exit bin 3 (day 150).
TEST_F(TableCellsTest, ALateEntryHasACellOfItsOwnWhereTheTableHasAnEntryAxis) {
  const CsvFiles late =
      CsvFiles::OnePatient()
          .Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2020-06-09")
          .Replace("visits.csv", "2020-06-09", "2020-07-29");
  // Entry bin 3 of 8, J = 1: (3 (1 + 1) + 1) 8 + 2.
  EXPECT_THAT(Cells("late-entry-survival@1", late), ElementsAre("58:1"));
}

TEST_F(TableCellsTest, ALateEntryIsNotEvaluableElsewhere) {
  const CsvFiles late =
      CsvFiles::OnePatient()
          .Replace("episodes.csv", "2020-03-01,2020-03-01", "2020-03-01,2020-06-09")
          .Replace("visits.csv", "2020-06-09", "2020-07-29");
  EXPECT_THAT(Cells("overall-survival@1", late), ElementsAre("ne:1"));
  EXPECT_THAT(Cells("status-12@1", CsvFiles::Empty()), ElementsAre("ne:1"));
}

TEST(TableBuilderCapTest, CellsBeyondTheCapAndRepeatsCountNothing) {
  TableBuilder table(5, /*cap=*/2);
  table.Place(Pseudonym(), {{0, 0, 3, 4}});
  EXPECT_THAT(std::move(table).Counts(), ElementsAre(1, 0, 0, 1, 0));
}

TEST(TableBuilderCapTest, APatientWithoutAnyFlagIsInNoCell) {
  TableBuilder table(2, /*cap=*/1);
  table.Place(Pseudonym(), {});
  EXPECT_THAT(std::move(table).Counts(), ElementsAre(0, 0));
}

}  // namespace
}  // namespace perdura::registry_node
