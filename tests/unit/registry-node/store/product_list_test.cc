#include "registry-node/store/product_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "registry-node/store/registry_schema.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Pseudonym kPatient = Pseudonym::FromBytes("patient-number-1");

EpisodeFact EpisodeOf(const std::string& product, int64_t day0) {
  EpisodeFact fact;
  fact.pseudonym = kPatient;
  fact.condition = RecordId::FromBytes("condition-of-all");
  fact.product = product;
  fact.day0 = day0;
  fact.enrolled = DayInterval::Exact(day0);
  fact.scheme = fact.track = "standard";
  return fact;
}

class ProductListTest : public ::testing::Test {
 protected:
  NewVersion<EpisodeFact> Version(char record, int64_t version, const std::string& product,
                                  int64_t day0, bool retract = false) {
    return {.record = RecordId::FromBytes(std::string(16, record)),
            .version = version,
            .retract = retract,
            .source = "form",
            .source_ref = "",
            .reason = version > 1 ? "typo" : "",
            .fact = EpisodeOf(product, day0)};
  }
  // Returns when the rows were recorded.
  int64_t Append(std::vector<NewVersion<EpisodeFact>> episodes) {
    FactBatch batch;
    batch.episodes = std::move(episodes);
    const auto at = node_.facts.Append(batch, "anna");
    EXPECT_OK(at.status());
    return at.ok() ? *at : 0;
  }
  std::vector<std::string> ListBefore(int64_t known_at) {
    const auto facts = node_.facts.KnownAt(known_at);
    EXPECT_OK(facts.status());
    const auto found = facts->products.find(kPatient);
    return found == facts->products.end() ? std::vector<std::string>() : found->second;
  }

  TestNode node_;
};

TEST_F(ProductListTest, ProductsOfOneAppendStandInOrderOfInfusion) {
  const int64_t at = Append({Version('b', 1, "car-t@1", 900), Version('a', 1, "allo-hct@1", 100),
                             Version('c', 1, "car-t@1", 50)});
  EXPECT_THAT(ListBefore(at + 1), ElementsAre("car-t@1", "allo-hct@1"));
  EXPECT_THAT(ListBefore(at), IsEmpty());
}

TEST_F(ProductListTest, CorrectionAddsAnEntryAndFreesNone) {
  const int64_t first = Append({Version('a', 1, "allo-hct@1", 100)});
  const int64_t second = Append({Version('a', 2, "car-t@1", 100)});
  const int64_t third = Append({Version('a', 3, "allo-hct@1", 100)});
  EXPECT_THAT(ListBefore(first + 1), ElementsAre("allo-hct@1"));
  EXPECT_THAT(ListBefore(second), ElementsAre("allo-hct@1"));
  EXPECT_THAT(ListBefore(second + 1), ElementsAre("allo-hct@1", "car-t@1"));
  EXPECT_THAT(ListBefore(third + 1), ElementsAre("allo-hct@1", "car-t@1"));
}

// It would push out a product that the patient has counted for.
TEST_F(ProductListTest, EarlyInfusionThatIsRecordedLateStandsBehind) {
  Append({Version('a', 1, "allo-hct@1", 900)});
  const int64_t late = Append({Version('b', 1, "car-t@1", 100)});
  EXPECT_THAT(ListBefore(late + 1), ElementsAre("allo-hct@1", "car-t@1"));
}

TEST_F(ProductListTest, RetractionFreesNothing) {
  Append({Version('a', 1, "allo-hct@1", 100)});
  const int64_t gone = Append({Version('a', 2, "allo-hct@1", 100, /*retract=*/true)});
  EXPECT_THAT(ListBefore(gone + 1), ElementsAre("allo-hct@1"));
}

// Who writes to the file with other tools is found at start.
TEST_F(ProductListTest, MissingProductIsFound) {
  Append({Version('a', 1, "allo-hct@1", 100)});
  ASSERT_OK(node_.facts.Verify());
  {
    absl::MutexLock lock(&node_.registry.mutex);
    ASSERT_OK(node_.registry.db->Execute(
        "INSERT INTO episode SELECT row + 1, record, version + 1, op, recorded_at, actor, source,"
        " source_ref, 'typo', pseudonym, condition, 'aav@1', day0, enrolled_lo, enrolled_hi,"
        " enrolled_prec, apheresis_lo, apheresis_hi, apheresis_prec, age_at_infusion, laterality,"
        " intent, scheme, track FROM episode"));
  }
  EXPECT_THAT(node_.facts.Verify(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("list")));
}

// A database from before there were lists gets those that it would have kept.
TEST_F(ProductListTest, MigrationMakesTheListsOfOldFacts) {
  Append({Version('b', 1, "car-t@1", 900), Version('a', 1, "allo-hct@1", 100)});
  Append({Version('a', 2, "aav@1", 100), Version('c', 1, "car-t@1", 10)});
  const int64_t last = Append({Version('b', 2, "allo-hct@1", 900), Version('d', 1, "dli@1", 1)});
  ASSERT_OK_AND_ASSIGN(const auto old, base::Database::OpenInMemory());
  const base::Migration before[] = {{1, kFactSchema}};
  ASSERT_OK(base::ApplyMigrations(*old, kRegistryApplicationId, before));
  {
    absl::MutexLock lock(&node_.registry.mutex);
    auto rows = node_.registry.db->Prepare(
        "SELECT record, version, recorded_at, product, day0 FROM episode ORDER BY row");
    ASSERT_OK(rows.status());
    while (*rows->Step()) {
      const int64_t version = *rows->Int64At(1);
      ASSERT_OK(old->Execute(
          "INSERT INTO episode (record, version, op, recorded_at, actor, source, reason, pseudonym,"
          " condition, product, day0, enrolled_lo, enrolled_hi, enrolled_prec, scheme, track)"
          " VALUES (?1, ?2, 'assert', ?3, 'anna', 'form', ?4, ?5, ?5, ?6, ?7, 0, 0, 'd',"
          " 'standard', 'standard')",
          {base::Blob{*rows->BlobAt(0)}, version, *rows->Int64At(2),
           version > 1 ? base::SqlValue("typo") : base::SqlValue(std::nullopt),
           base::Blob{kPatient.view()}, *rows->TextAt(3), *rows->Int64At(4)}));
    }
  }
  ASSERT_OK(base::ApplyMigrations(*old, kRegistryApplicationId, FactMigrations()));
  EXPECT_OK(VerifyProducts(*old));
  ASSERT_OK_AND_ASSIGN(const ProductLists lists, ProductsBefore(*old, last + 1));
  EXPECT_THAT(lists.at(kPatient), ElementsAre("allo-hct@1", "car-t@1", "aav@1", "dli@1"));
  EXPECT_EQ(lists.at(kPatient), ListBefore(last + 1));
}

}  // namespace
}  // namespace perdura::registry_node
