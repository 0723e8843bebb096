#include "registry-node/store/vault_store.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

Identity Person(const std::string& number) {
  return {.record_number = number, .family = "Marsh", .given = "Ida", .birth_date = "1961-04-05"};
}

TEST(VaultTest, AdmitGivesTheSamePersonTheSamePseudonym) {
  TestNode node;
  const Identity person[] = {Person("17")};
  ASSERT_OK_AND_ASSIGN(const auto first, node.vault.Admit("emr", person));
  ASSERT_OK_AND_ASSIGN(const auto second, node.vault.Admit("emr", person));
  EXPECT_EQ(first, second);
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 1);
}

TEST(VaultTest, AdmitTellsRecordNumbersAndSystemsApart) {
  TestNode node;
  const Identity people[] = {Person("17"), Person("18")};
  ASSERT_OK_AND_ASSIGN(const auto here, node.vault.Admit("emr", people));
  ASSERT_OK_AND_ASSIGN(const auto there, node.vault.Admit("lab", people));
  EXPECT_NE(here[0], here[1]);
  EXPECT_NE(here[0], there[0]);
}

TEST(VaultTest, AdmitStoresACorrectedName) {
  TestNode node;
  Identity person[] = {Person("17")};
  ASSERT_OK(node.vault.Admit("emr", person));
  person[0].family = "Marsh-Lee";
  ASSERT_OK(node.vault.Admit("emr", person));
  ASSERT_OK_AND_ASSIGN(const auto people, node.vault.People("emr"));
  EXPECT_EQ(people.at("17").identity, person[0]);
}

TEST(VaultTest, AdmitLeavesNoTraceWhereOnePersonFails) {
  TestNode node;
  const Identity people[] = {Person("17"), Person("")};
  EXPECT_FALSE(node.vault.Admit("emr", people).ok());
  EXPECT_EQ(RowsOf(node.vault_database, "person"), 0);
}

TEST(VaultTest, PseudonymsFollowFromNothingButRandomness) {
  TestNode one(1), other(2);
  const Identity person[] = {Person("17")};
  EXPECT_NE(*one.vault.Admit("emr", person), *other.vault.Admit("emr", person));
}

TEST(VaultTest, SourceRefDependsOnTheVaultsKey) {
  TestNode one(1), other(2);
  EXPECT_NE(one.vault.SourceRef({"a", "b"}), other.vault.SourceRef({"a", "b"}));
  EXPECT_EQ(one.vault.SourceRef({"a", "b"}).size(), 32u);
}

TEST(VaultTest, SourceRefTellsPartsApart) {
  TestNode node;
  EXPECT_NE(node.vault.SourceRef({"ab", "c"}), node.vault.SourceRef({"a", "bc"}));
  EXPECT_NE(node.vault.SourceRef({"abc"}), node.vault.SourceRef({"abc", ""}));
}

TEST(VaultTest, OpenFindsItsKeyAgain) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(
      const Vault again,
      Vault::Open({.database = node.vault_database, .clock = node.clock, .random = node.random}));
  EXPECT_EQ(again.SourceRef({"a"}), node.vault.SourceRef({"a"}));
}

TEST(VaultTest, OpenRefusesPeopleWithoutAKey) {
  TestNode node;
  const Identity person[] = {Person("17")};
  ASSERT_OK(node.vault.Admit("emr", person));
  {
    absl::MutexLock lock(&node.vault_database.mutex);
    ASSERT_OK(node.vault_database.db->Execute("DELETE FROM vault_key"));
  }
  EXPECT_THAT(
      Vault::Open({.database = node.vault_database, .clock = node.clock, .random = node.random})
          .status(),
      test_support::StatusIs(absl::StatusCode::kDataLoss));
}

// Everything that identifies p1 is in one file and not in the other.
TEST(VaultTest, IdentityNeverReachesTheFacts) {
  TestNode node;
  CsvFiles files = CsvFiles::OnePatient();
  files.Replace("patients.csv", "p1,,,,", "p1,Marsh,Ida,1961-04-05,");
  node.MustImport(files);
  ASSERT_OK_AND_ASSIGN(const FactSet facts, node.facts.Newest());
  ASSERT_EQ(facts.patients.size(), 1u);
  EXPECT_EQ(facts.patients[0].fact.birth_year, 1961);
  EXPECT_EQ(facts.episodes[0].fact.age_at_infusion, 58);
  absl::MutexLock lock(&node.registry.mutex);
  for (const char* table : {"patient", "consent", "condition", "episode", "visit", "import"}) {
    ASSERT_OK_AND_ASSIGN(auto rows,
                         node.registry.db->Prepare(std::string("SELECT * FROM ") + table));
    while (*rows.Step()) {
      for (int column = 0; column < 40; ++column) {
        const auto text = rows.TextAt(column);
        if (!text.ok()) continue;
        EXPECT_EQ(text->find("Marsh"), std::string::npos) << table;
        EXPECT_EQ(text->find("1961-04"), std::string::npos) << table;
        EXPECT_NE(*text, "p1") << table;
      }
    }
  }
}

}  // namespace
}  // namespace perdura::registry_node
