// Caps of analysts, purposes, lines and lifetimes, and charges set aside, in one ledger.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/ledger/charge_ledger.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using ::testing::HasSubstr;

ChargeLine CapsLine(uint64_t units, const std::string& period = "2026",
                    const std::string& product = "axi-cel@1") {
  return {v1::COMPARTMENT_ADHOC, product, period, units};
}

class ChargeCapsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, base::Database::OpenInMemory());
    const base::Migration migrations[] = {{1, kChargeLedgerSchema}, {2, kChargePurposeSchema}};
    ASSERT_OK(base::ApplyMigrations(*database_, 7, migrations));
  }

  // Charges one line in a transaction, as parties do; a refusal drops it.
  absl::Status Charge(const CappedLine& line, const ChargeOrigin& origin) {
    PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_));
    const std::string name = absl::StrCat("question ", ++questions_);
    Debit debit;
    debit.id = {origin.analyst, crypto::Sha256(name).substr(0, 16), 1};
    debit.plan_hash = origin.plan_hash.empty() ? crypto::Sha256(name) : origin.plan_hash;
    debit.manifest_hash = debit.ask_hash = crypto::Sha256(name);
    debit.purpose = origin.purpose;
    debit.lines = {line};
    PERDURA_RETURN_IF_ERROR(ChargeLedger(*database_).Write(debit, "debited").status());
    return transaction.Commit();
  }
  absl::Status Charge(uint64_t units, const std::string& analyst = "payer-desk",
                      const std::string& purpose = "coverage") {
    return Charge({.line = CapsLine(units),
                   .cap_units = 100,
                   .analyst_cap_units = 60,
                   .purpose_cap_units = 80},
                  {analyst, purpose, ""});
  }
  uint64_t Spent(const std::string& period = "2026") {
    return *ChargeLedger(*database_).Spent(CapsLine(0, period));
  }

  std::unique_ptr<base::Database> database_;
  int questions_ = 0;
};

TEST_F(ChargeCapsTest, ChargeAboveEveryBudgetIsARefusal) {
  EXPECT_THAT(Charge(kMaxChargeUnits + 1), IsRefused("budget_exhausted", "2^58"));
  EXPECT_THAT(Charge(~uint64_t{0}), IsRefused("budget_exhausted", "2^58"));
}

TEST_F(ChargeCapsTest, DebitWithoutLinesIsRefusedUnlessItChargesNothing) {
  Debit debit;
  debit.id = {"payer-desk", std::string(16, 'q'), 1};
  debit.plan_hash = debit.manifest_hash = debit.ask_hash = crypto::Sha256("canary");
  ChargeLedger ledger(*database_);
  EXPECT_TRUE(absl::IsInvalidArgument(ledger.Write(debit, "debited").status()));
  debit.charges_nothing = true;
  EXPECT_OK(ledger.Write(debit, "debited").status());
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(ChargeCapsTest, DebitWithLinesThatChargesNothingIsRefused) {
  Debit debit;
  debit.id = {"payer-desk", std::string(16, 'q'), 1};
  debit.plan_hash = debit.manifest_hash = debit.ask_hash = crypto::Sha256("canary");
  debit.lines = {{.line = CapsLine(1), .cap_units = 1}};
  debit.charges_nothing = true;
  EXPECT_TRUE(absl::IsInvalidArgument(ChargeLedger(*database_).WriteCharged(debit, "debited")));
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(ChargeCapsTest, PurposeIsOneShareForAllAnalysts) {
  ASSERT_OK(Charge(50, "payer-desk"));
  EXPECT_THAT(Charge(31, "hta-body"), IsRefused("purpose_cap", "30 of 80 units"));
  EXPECT_EQ(Spent(), 50u);
  EXPECT_OK(Charge(30, "hta-body"));
  EXPECT_THAT(Charge(1, "manufacturer"), IsRefused("purpose_cap", "0 of 80 units"));
  EXPECT_OK(Charge(20, "manufacturer", "price"));
  EXPECT_THAT(Charge(1, "manufacturer", "price"), IsRefused("budget_exhausted", "0 of 100"));
}

TEST_F(ChargeCapsTest, UnsetPurposeCapIsNothing) {
  EXPECT_THAT(Charge({.line = CapsLine(1), .cap_units = 100, .analyst_cap_units = 100},
                     {"payer-desk", "coverage", ""}),
              IsRefused("purpose_cap", "0 of 0"));
}

TEST_F(ChargeCapsTest, PurposeStandsWithItsAttempt) {
  ASSERT_OK(Charge(10, "payer-desk", "price"));
  ASSERT_OK_AND_ASSIGN(const auto attempts, ChargeLedger(*database_).Attempts("", 10));
  ASSERT_EQ(attempts.size(), 1u);
  EXPECT_EQ(attempts[0].purpose, "price");
  EXPECT_FALSE(database_->Execute("UPDATE attempt_purpose SET purpose = 'coverage'").ok());
}

TEST_F(ChargeCapsTest, LifetimeCapAddsUpPeriods) {
  const auto in = [this](const std::string& period, uint64_t units) {
    return Charge({.line = CapsLine(units, period),
                   .cap_units = 100,
                   .analyst_cap_units = 100,
                   .purpose_cap_units = 100,
                   .lifetime_cap_units = 150},
                  {"payer-desk", "coverage", ""});
  };
  ASSERT_OK(in("2026", 100));
  EXPECT_THAT(in("2027", 51), IsRefused("lifetime_cap", "50 of 150 units"));
  EXPECT_EQ(Spent("2027"), 0u);
  EXPECT_OK(in("2027", 50));
  EXPECT_THAT(in("2028", 1), IsRefused("lifetime_cap", "0 of 150"));
  EXPECT_EQ(*ChargeLedger(*database_).LifetimeSpent(v1::COMPARTMENT_ADHOC, "axi-cel@1"), 150u);
  EXPECT_EQ(*ChargeLedger(*database_).LifetimeSpent(v1::COMPARTMENT_FLAGSHIP, "axi-cel@1"), 0u);
}

class SetAsideTest : public ChargeCapsTest {
 protected:
  const std::string planned_ = crypto::Sha256("planned table");

  // 40 of 100 units are kept in 2026, 30 more in 2027; 150 in a lifetime.
  absl::Status Ask(uint64_t units, const std::string& plan_hash = "",
                   const std::string& period = "2026") {
    return Charge({.line = CapsLine(units, period),
                   .cap_units = 100,
                   .analyst_cap_units = 200,
                   .purpose_cap_units = 200,
                   .lifetime_cap_units = 150,
                   .planned = {{planned_, "2026", 40}, {crypto::Sha256("next"), "2027", 30}}},
                  {"payer-desk", "coverage", plan_hash});
  }
};

TEST_F(SetAsideTest, OtherPlansSeeTheCapWithoutIt) {
  EXPECT_THAT(Ask(61), IsRefused("budget_exhausted", "60 of 100 units (40 are set aside"));
  EXPECT_OK(Ask(60));
  EXPECT_THAT(Ask(1), IsRefused("budget_exhausted", "0 of 100"));
}

TEST_F(SetAsideTest, ThePlanItselfFindsItsCharge) {
  ASSERT_OK(Ask(60));
  EXPECT_OK(Ask(40, planned_));
  EXPECT_EQ(Spent(), 100u);
}

TEST_F(SetAsideTest, NothingIsKeptOnceThePlanIsChargedFor) {
  ASSERT_OK(Ask(40, planned_));
  EXPECT_OK(Ask(60));
}

// A burnt attempt has used it up: no refunds, and nothing is kept for another.
TEST_F(SetAsideTest, ABurntAttemptIsCharged) {
  ASSERT_OK(Ask(40, planned_));
  ASSERT_OK_AND_ASSIGN(const auto attempts, ChargeLedger(*database_).Attempts("", 1));
  ASSERT_OK(ChargeLedger(*database_).SetState(attempts[0].manifest_hash, "burnt", "bad_sum"));
  EXPECT_OK(Ask(60));
  EXPECT_THAT(Ask(40, planned_), IsRefused("budget_exhausted", "0 of 100"));
}

TEST_F(SetAsideTest, LifetimeKeepsThePlannedChargesOfAllPeriods) {
  ASSERT_OK(Ask(60));
  // 150 - 60 - 40 - 30: the line of 2028 would bear 100.
  EXPECT_THAT(Ask(21, "", "2028"), IsRefused("lifetime_cap", "20 of 150 units (70 are set aside"));
  EXPECT_OK(Ask(20, "", "2028"));
}

// A database from before purposes were recorded.
TEST(ChargePurposeMigrationTest, ChargesOfBeforeStillCount) {
  ASSERT_OK_AND_ASSIGN(const auto database, base::Database::OpenInMemory());
  const base::Migration before[] = {{1, kChargeLedgerSchema}};
  ASSERT_OK(base::ApplyMigrations(*database, 7, before));
  const std::string hash(32, 'h');
  ASSERT_OK(database->Execute(
      "INSERT INTO attempt (analyst, question, attempt, plan, plan_hash, manifest_hash, manifest,"
      " ask_hash, cut_known_at, debited_at, state)"
      " VALUES ('payer-desk', ?1, 1, 'plan', ?2, ?2, ?2, ?2, 0, 0, 'debited')",
      {base::Blob{std::string(16, 'q')}, base::Blob{hash}}));
  ASSERT_OK(database->Execute("INSERT INTO charge_line VALUES (1, ?1, 'axi-cel@1', '2026', 70)",
                              {static_cast<int64_t>(v1::COMPARTMENT_ADHOC)}));
  const base::Migration after[] = {{1, kChargeLedgerSchema}, {2, kChargePurposeSchema}};
  ASSERT_OK(base::ApplyMigrations(*database, 7, after));
  ChargeLedger ledger(*database);
  EXPECT_EQ(*ledger.Spent(CapsLine(0)), 70u);
  ASSERT_OK_AND_ASSIGN(const auto attempt, ledger.FindByManifest(hash));
  EXPECT_EQ(attempt->purpose, "");
  EXPECT_TRUE(*ledger.IsCharged(hash));
}

// An analyst with friends, who spreads over names, purposes, products, periods and compartments,
// against sums kept beside the ledger.
class SpreadingAdversary {
 public:
  explicit SpreadingAdversary(uint64_t seed) : random_(seed) {}

  struct Step {
    ChargeOrigin origin;
    std::vector<CappedLine> lines;
  };
  Step Next() {
    Step step;
    step.origin = {Pick(kAnalysts), Pick(kPurposes),
                   crypto::Sha256(absl::StrCat("plan ", random_.Below(60)))};
    const auto compartment =
        random_.Below(2) == 0 ? v1::COMPARTMENT_ADHOC : v1::COMPARTMENT_FLAGSHIP;
    const std::string period = Pick(kPeriods);
    const uint64_t units = 1 + random_.Below(30);
    const uint64_t products = 1 + random_.Below(kProducts.size());
    for (size_t i = 0; i < products; ++i) {
      CappedLine line;
      line.line = {compartment, kProducts[i], period, units};
      line.cap_units = kCap;
      line.analyst_cap_units = kAnalystCap;
      line.purpose_cap_units = kPurposeCap;
      line.lifetime_cap_units = kLifetimeCap;
      line.planned = {{crypto::Sha256("plan 7"), "2026", kPlanned}};
      step.lines.push_back(std::move(line));
    }
    return step;
  }

  static constexpr uint64_t kCap = 200, kAnalystCap = 85, kPurposeCap = 80, kLifetimeCap = 450,
                            kPlanned = 25;

 private:
  template <size_t n>
  std::string Pick(const std::array<const char*, n>& names) {
    return names[random_.Below(n)];
  }
  static constexpr std::array<const char*, 3> kAnalysts = {"payer-desk", "hta-body", "maker"};
  static constexpr std::array<const char*, 3> kPurposes = {"coverage", "price", "safety"};
  static constexpr std::array<const char*, 3> kPeriods = {"2026", "2027", "2028"};
  static constexpr std::array<const char*, 3> kProducts = {"axi-cel@1", "tisa-cel@1", "ide-cel@1"};
  test_support::SeededRandom random_;
};

// Sums by name of what they count; written down apart from the ledger's SQL.
using Sums = std::map<std::string, uint64_t>;

std::vector<std::pair<std::string, uint64_t>> KeysAndCaps(const ChargeOrigin& origin,
                                                          const ChargeLine& line) {
  const std::string product = absl::StrCat(line.compartment, " ", line.product);
  const std::string place = absl::StrCat(product, " ", line.period);
  using A = SpreadingAdversary;
  return {{absl::StrCat("line ", place), A::kCap},
          {absl::StrCat("analyst ", origin.analyst, " ", place), A::kAnalystCap},
          {absl::StrCat("purpose ", origin.purpose, " ", place), A::kPurposeCap},
          {absl::StrCat("lifetime ", product), A::kLifetimeCap}};
}

TEST_F(ChargeCapsTest, NoSpreadingPassesAnyCapAndRefusalsWriteNothing) {
  SpreadingAdversary adversary(20260701);
  Sums sums;
  std::map<std::string, int> refusals;
  bool planned_charged = false;
  int written = 0;
  const auto rows = [this](const char* table) {
    auto count = database_->Prepare(absl::StrCat("SELECT count(*) FROM ", table));
    return count.ok() && *count->Step() ? *count->Int64At(0) : -1;
  };
  int64_t lines_written = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto step = adversary.Next();
    const bool is_planned = step.origin.plan_hash == crypto::Sha256("plan 7");
    bool fits = true;
    for (const CappedLine& capped : step.lines) {
      const uint64_t aside = is_planned || planned_charged ? 0 : SpreadingAdversary::kPlanned;
      for (const auto& [key, cap] : KeysAndCaps(step.origin, capped.line)) {
        const bool period = key.starts_with("line ") && capped.line.period == "2026";
        const uint64_t kept = period || key.starts_with("lifetime ") ? aside : 0;
        fits = fits && sums[key] + capped.line.units + kept <= cap;
      }
    }
    auto transaction = base::Transaction::Begin(*database_);
    ASSERT_OK(transaction.status());
    const std::string name = absl::StrCat("round ", i);
    Debit debit;
    debit.id = {step.origin.analyst, crypto::Sha256(name).substr(0, 16), 1};
    debit.plan_hash = step.origin.plan_hash;
    debit.manifest_hash = debit.ask_hash = crypto::Sha256(name);
    debit.purpose = step.origin.purpose;
    debit.lines = step.lines;
    const absl::Status status = ChargeLedger(*database_).Write(debit, "debited").status();
    ASSERT_EQ(status.ok(), fits) << i << ": " << status;
    if (!status.ok()) {
      ++refusals[base::ReasonOf(status)];
      // Inside the transaction, which a caller would drop: not one row.
      ASSERT_EQ(rows("attempt"), written);
      ASSERT_EQ(rows("charge_line"), lines_written);
      continue;
    }
    ASSERT_OK(transaction->Commit());
    ++written;
    lines_written += static_cast<int64_t>(step.lines.size());
    planned_charged = planned_charged || is_planned;
    for (const CappedLine& capped : step.lines) {
      for (const auto& [key, cap] : KeysAndCaps(step.origin, capped.line)) {
        sums[key] += capped.line.units;
        ASSERT_LE(sums[key], cap) << key;
      }
    }
  }
  EXPECT_GT(written, 20);
  // Each cap was the one that held at some time.
  for (const char* reason : {"analyst_cap", "purpose_cap", "budget_exhausted", "lifetime_cap"}) {
    EXPECT_GT(refusals[reason], 0) << reason;
  }
}

}  // namespace
}  // namespace perdura::federation
