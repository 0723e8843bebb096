#include "registry-node/store/fact_store.h"

#include <gtest/gtest.h>

#include "registry-node/store/registry_schema.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::HasSubstr;

RecordId RecordNumber(uint8_t number) {
  RecordId record;
  record.bytes.fill(number);
  return record;
}

NewVersion<EventFact> Relapse(int64_t day, int64_t version = 1, uint8_t record = 7) {
  NewVersion<EventFact> row;
  row.record = RecordNumber(record);
  row.version = version;
  row.source = "form";
  if (version > 1) row.reason = "typo";
  row.fact.type = "relapse";
  row.fact.onset = DayInterval::Exact(day);
  return row;
}

FactBatch BatchOf(NewVersion<EventFact> row) {
  FactBatch batch;
  batch.events.push_back(std::move(row));
  return batch;
}

absl::Status RunSql(TestNode& node, absl::string_view sql) {
  absl::MutexLock lock(&node.registry.mutex);
  return node.registry.db->Execute(sql);
}

TEST(FactStoreTest, KnownAtShowsTheVersionOfThatMoment) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const int64_t first, node.facts.Append(BatchOf(Relapse(100)), "anna"));
  node.clock.Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const int64_t second, node.facts.Append(BatchOf(Relapse(90, 2)), "anna"));

  ASSERT_OK_AND_ASSIGN(const FactSet before, node.facts.KnownAt(first));
  ASSERT_OK_AND_ASSIGN(const FactSet between, node.facts.KnownAt(second));
  ASSERT_OK_AND_ASSIGN(const FactSet after, node.facts.KnownAt(second + 1));

  EXPECT_TRUE(before.events.empty());
  ASSERT_EQ(between.events.size(), 1u);
  EXPECT_EQ(between.events[0].fact.onset, DayInterval::Exact(100));
  ASSERT_EQ(after.events.size(), 1u);
  EXPECT_EQ(after.events[0].fact.onset, DayInterval::Exact(90));
}

TEST(FactStoreTest, RetractedRecordIsAbsentAfterwardsOnly) {
  TestNode node;
  ASSERT_OK(node.facts.Append(BatchOf(Relapse(100)), "anna"));
  NewVersion<EventFact> gone = Relapse(100, 2);
  gone.retract = true;
  gone.reason = "wrong_patient";
  node.clock.Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const int64_t at, node.facts.Append(BatchOf(gone), "anna"));

  ASSERT_OK_AND_ASSIGN(const FactSet before, node.facts.KnownAt(at));
  ASSERT_OK_AND_ASSIGN(const FactSet after, node.facts.KnownAt(at + 1));
  ASSERT_OK_AND_ASSIGN(const FactSet newest, node.facts.Newest());

  EXPECT_EQ(before.events.size(), 1u);
  EXPECT_TRUE(after.events.empty());
  ASSERT_EQ(newest.events.size(), 1u);
  EXPECT_TRUE(newest.events[0].retracted);
}

TEST(FactStoreTest, ConsentIsReadAsOfNow) {
  TestNode node;
  FactBatch batch;
  NewVersion<ConsentFact> consent;
  consent.record = RecordNumber(3);
  consent.source = "form";
  consent.fact = {{}, "research", "given", DayInterval::Exact(10), {}};
  batch.consents.push_back(consent);
  ASSERT_OK_AND_ASSIGN(const int64_t first, node.facts.Append(batch, "anna"));
  batch.consents[0].version = 2;
  batch.consents[0].reason = "consent";
  batch.consents[0].fact.status = "withdrawn";
  node.clock.Advance(absl::Hours(1));
  ASSERT_OK(node.facts.Append(batch, "anna"));

  ASSERT_OK_AND_ASSIGN(const FactSet old_cut, node.facts.KnownAt(first + 1));

  ASSERT_EQ(old_cut.consents.size(), 1u);
  EXPECT_EQ(old_cut.consents[0].fact.status, "withdrawn");
}

TEST(FactStoreTest, RecordedAtIsTheClock) {
  TestNode node;
  EXPECT_EQ(*node.facts.Append(BatchOf(Relapse(100)), "anna"),
            absl::ToUnixMicros(node.clock.Now()));
}

TEST(FactStoreTest, RecordedAtNeverRunsBackWithTheClock) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const int64_t first, node.facts.Append(BatchOf(Relapse(100)), "anna"));
  node.clock.Advance(-absl::Hours(1));
  EXPECT_EQ(*node.facts.Append(BatchOf(Relapse(90, 2)), "anna"), first + 1);
}

TEST(FactStoreTest, RecordedAtIsAfterEveryDebitedCut) {
  TestNode node;
  node.newest_debited_cut = absl::ToUnixMicros(node.clock.Now() + absl::Hours(5));
  EXPECT_GT(*node.facts.Append(BatchOf(Relapse(100)), "anna"), node.newest_debited_cut);
}

TEST(FactStoreTest, AppendFailsWhereTheNewestCutIsUnknown) {
  TestNode node;
  FactStore store({.database = node.registry,
                   .clock = node.clock,
                   .newest_debited_cut_micros = []() -> absl::StatusOr<int64_t> {
                     return absl::UnavailableError("ledger");
                   }});
  EXPECT_THAT(store.Append(BatchOf(Relapse(100)), "anna"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(RowsOf(node.registry, "event"), 0);
}

TEST(FactStoreTest, AppendRefusesTheSameVersionTwice) {
  TestNode node;
  ASSERT_OK(node.facts.Append(BatchOf(Relapse(100)), "anna"));
  EXPECT_FALSE(node.facts.Append(BatchOf(Relapse(90)), "anna").ok());
  EXPECT_EQ(RowsOf(node.registry, "event"), 1);
}

TEST(FactStoreTest, AppendRefusesAVersionGap) {
  TestNode node;
  ASSERT_OK(node.facts.Append(BatchOf(Relapse(100)), "anna"));
  EXPECT_THAT(node.facts.Append(BatchOf(Relapse(90, 3)), "anna"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(FactStoreTest, AppendRefusesAFurtherVersionWithoutReason) {
  TestNode node;
  ASSERT_OK(node.facts.Append(BatchOf(Relapse(100)), "anna"));
  NewVersion<EventFact> silent = Relapse(90, 2);
  silent.reason.clear();
  EXPECT_THAT(node.facts.Append(BatchOf(silent), "anna"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(FactStoreTest, AppendRefusesAValueOutsideItsEnum) {
  TestNode node;
  NewVersion<EventFact> free_text = Relapse(100);
  free_text.fact.type = "felt better";
  EXPECT_THAT(node.facts.Append(BatchOf(free_text), "anna"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(FactStoreTest, AppendLeavesNoTraceWhereOneRowFails) {
  TestNode node;
  FactBatch batch = BatchOf(Relapse(100));
  batch.events.push_back(Relapse(200, 2, 8));  // no version 1
  EXPECT_FALSE(node.facts.Append(batch, "anna").ok());
  EXPECT_EQ(RowsOf(node.registry, "event"), 0);
}

// One attack on each fact table and on the import log.
class AppendOnlyTest : public ::testing::TestWithParam<const char*> {
 protected:
  AppendOnlyTest() { node_.MustImport(CsvFiles::EveryTable()); }
  std::string Table() const { return GetParam(); }
  TestNode node_;
};

TEST_P(AppendOnlyTest, UpdateIsRefused) {
  EXPECT_THAT(RunSql(node_, "UPDATE " + Table() + " SET recorded_at = recorded_at + 1"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(AppendOnlyTest, DeleteIsRefused) {
  EXPECT_THAT(RunSql(node_, "DELETE FROM " + Table()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_GT(RowsOf(node_.registry, Table()), 0);
}

TEST_P(AppendOnlyTest, InsertOrReplaceIsRefused) {
  EXPECT_FALSE(
      RunSql(node_, "INSERT OR REPLACE INTO " + Table() + " SELECT * FROM " + Table() + " LIMIT 1")
          .ok());
  EXPECT_OK(node_.facts.Verify());
}

TEST_P(AppendOnlyTest, UpsertIsRefused) {
  EXPECT_FALSE(RunSql(node_, "INSERT INTO " + Table() + " SELECT * FROM " + Table() +
                                 " WHERE true ON CONFLICT DO UPDATE SET recorded_at = 1")
                   .ok());
}

TEST_P(AppendOnlyTest, DroppingTheTriggerIsRefused) {
  EXPECT_FALSE(RunSql(node_, "DROP TRIGGER " + Table() + "_no_update").ok());
  EXPECT_FALSE(RunSql(node_, "DROP TABLE " + Table()).ok());
  EXPECT_OK(node_.facts.Verify());
}

INSTANTIATE_TEST_SUITE_P(EveryTable, AppendOnlyTest,
                         ::testing::Values("patient", "consent", "condition", "episode", "infusion",
                                           "visit", "event", "response", "measure", "transgene",
                                           "coverage", "contract_link", "contact_try", "import",
                                           "patient_product"));

// Whoever opens the file with other tools can drop a trigger; start-up finds it.
class VerifyTest : public ::testing::TestWithParam<const char*> {};

TEST_P(VerifyTest, MissingTriggerIsFound) {
  TestNode node;
  ASSERT_OK(node.facts.Verify());
  const std::string drop = std::string("DROP TRIGGER ") + GetParam();
  std::vector<base::Migration> steps(FactMigrations().begin(), FactMigrations().end());
  steps.push_back({static_cast<int32_t>(steps.size()) + 1, drop});
  {
    absl::MutexLock lock(&node.registry.mutex);
    // A migration is the one door for schema changes.
    ASSERT_OK(base::ApplyMigrations(*node.registry.db, kRegistryApplicationId, steps));
  }
  EXPECT_THAT(node.facts.Verify(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("trigger")));
}

INSTANTIATE_TEST_SUITE_P(EveryKind, VerifyTest,
                         ::testing::Values("patient_no_update", "consent_no_delete",
                                           "condition_dense", "episode_forward", "visit_no_delete",
                                           "event_no_update", "patient_product_no_delete"));

}  // namespace
}  // namespace perdura::registry_node
