#include "cli/charter/diff_charters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/support/test_charter.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::TestFederation;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DiffChartersTest : public ::testing::Test {
 protected:
  std::string Diff() const { return DiffCharters(before_, after_); }
  const v1::Charter before_ = TestFederation::Make().charter;
  v1::Charter after_ = before_;
};

TEST_F(DiffChartersTest, EqualChartersGiveNothing) { EXPECT_EQ(Diff(), ""); }

TEST_F(DiffChartersTest, ChangedNumberShowsBothValues) {
  after_.set_version(2);
  EXPECT_EQ(Diff(), "~ version: 1 -> 2\n");
}

TEST_F(DiffChartersTest, ChangedFieldOfARecordNamesTheRecord) {
  after_.mutable_members(1)->set_country("AU");
  EXPECT_EQ(Diff(), "~ members alfred.country: \"US\" -> \"AU\"\n");
}

TEST_F(DiffChartersTest, AddedRecordIsDescribed) {
  v1::DataCut& cut = *after_.add_data_cuts();
  cut.set_id("2026q3@1");
  cut.set_cutoff_day(20000);
  cut.set_period("2026");
  EXPECT_EQ(Diff(), "+ data_cuts 2026q3@1\n    cutoff_day: 20000\n    period: \"2026\"\n");
}

TEST_F(DiffChartersTest, RemovedRecordIsNamed) {
  after_.mutable_endpoints()->DeleteSubrange(1, 1);
  EXPECT_EQ(Diff(), "- endpoints disease-free-survival@1\n");
}

TEST_F(DiffChartersTest, OrderOfRecordsMatters) {
  after_.mutable_members()->SwapElements(0, 3);
  EXPECT_EQ(Diff(),
            "~ members: order [ohio, alfred, st-vincent, hahnemann] -> [hahnemann, alfred, "
            "st-vincent, ohio]\n");
}

TEST_F(DiffChartersTest, RecordThatGoesLeavesTheOrderOfTheOthers) {
  after_.mutable_members()->DeleteSubrange(0, 1);
  EXPECT_EQ(Diff(), "- members ohio\n");
}

TEST_F(DiffChartersTest, OrderOfStewardsMatters) {
  after_.mutable_committee()->mutable_stewards()->SwapElements(0, 3);
  EXPECT_EQ(Diff(),
            "~ committee.stewards: [\"ohio\", \"alfred\", \"st-vincent\", \"hahnemann\"] -> "
            "[\"hahnemann\", \"alfred\", \"st-vincent\", \"ohio\"]\n");
}

TEST_F(DiffChartersTest, BudgetIsMatchedByItsLine) {
  after_.mutable_budgets(0)->mutable_cap()->set_units(7);
  EXPECT_THAT(Diff(), StartsWith("~ budgets COMPARTMENT_ADHOC allo-hct@1 2026.cap.units: "));
  EXPECT_THAT(Diff(), HasSubstr("-> 7\n"));
}

TEST_F(DiffChartersTest, CapOfAPurposeIsMatchedByPurposeAndCompartment) {
  after_.mutable_purpose_caps(0)->mutable_cap()->set_units(7);
  EXPECT_THAT(Diff(), StartsWith("~ purpose_caps evidence COMPARTMENT_ADHOC.cap.units: "));
}

TEST_F(DiffChartersTest, PlannedReleaseIsDescribed) {
  v1::PlannedRelease& planned = *after_.add_planned_releases();
  planned.set_id("survival@1");
  planned.set_plan("perdura-plan/1");
  EXPECT_EQ(Diff(), "+ planned_releases survival@1\n    plan: \"perdura-plan/1\"\n");
}

TEST_F(DiffChartersTest, CapOfAnAnalystIsMatchedByItsCompartment) {
  after_.mutable_analysts(0)->mutable_caps(0)->mutable_cap()->set_units(7);
  EXPECT_THAT(Diff(), StartsWith("~ analysts payer-desk.caps COMPARTMENT_ADHOC.cap.units: "));
}

TEST_F(DiffChartersTest, KeysAreShortened) {
  after_.mutable_members(0)->set_sign_key(std::string(32, '\xab'));
  EXPECT_THAT(Diff(), HasSubstr("-> abababababababab...\n"));
}

TEST_F(DiffChartersTest, KeysThatDifferAtTheEndOnlyAreSeen) {
  std::string key = before_.members(0).sign_key();
  key.back() = static_cast<char>(key.back() ^ 1);
  after_.mutable_members(0)->set_sign_key(key);
  EXPECT_THAT(Diff(), StartsWith("~ members ohio.sign_key: "));
}

TEST_F(DiffChartersTest, EntriesOfStrategiesAreCounted) {
  after_.mutable_strategies(0)->set_entries(0, 1);
  EXPECT_EQ(Diff(), "~ strategies curative-g8-j1@1.entries: 1 of 256 values differ\n");
}

TEST_F(DiffChartersTest, TimesAreAlsoDates) {
  after_.set_valid_until(before_.valid_from() + 86400);
  EXPECT_THAT(Diff(), HasSubstr("UTC) -> "));
}

TEST_F(DiffChartersTest, FieldThatIsUnsetAgainIsSeen) {
  after_.clear_limits();
  EXPECT_THAT(Diff(), HasSubstr("~ limits.max_rows: 4096 -> 0\n"));
}

}  // namespace
}  // namespace perdura::cli
