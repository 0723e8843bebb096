#include "federation/ledger/charge_entry.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/log/merkle_log.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

ChargeLine LineOf(absl::string_view product, uint64_t units) {
  return {.compartment = v1::COMPARTMENT_ADHOC,
          .product = std::string(product),
          .period = "2026",
          .units = units};
}

Debit DebitOf(uint32_t attempt, uint64_t cap_units) {
  const std::vector<CappedLine> lines = {{LineOf("tisa-cel", 30), cap_units, cap_units, cap_units},
                                         {LineOf("axi-cel", 30), cap_units, cap_units, cap_units}};
  return {.id = {.analyst = "payer-desk", .question_id = std::string(16, 'q'), .attempt = attempt},
          .plan = "plan",
          .plan_hash = crypto::Sha256("plan"),
          .manifest_hash = crypto::Sha256(absl::StrCat("manifest ", attempt)),
          .manifest = "manifest",
          .ask_hash = crypto::Sha256("ask"),
          .cut_known_at = 0,
          .debited_at = 1'782'864'000'000'000,
          .lines = lines};
}

std::vector<ChargeLine> ChargedLines() { return {LineOf("axi-cel", 30), LineOf("tisa-cel", 30)}; }

TEST(ChargeEntryTest, NamesQuestionManifestAndSortedLines) {
  EXPECT_EQ(*log::PrintEntry(ChargeEntry("debited", DebitOf(2, 100))),
            absl::StrCat(R"({"actor":"payer-desk","attempt":2,"charge":["adhoc:axi-cel:2026:30",)",
                         R"("adhoc:tisa-cel:2026:30"],"kind":"debited","manifest":")",
                         base::HexEncode(crypto::Sha256("manifest 2")),
                         R"(","question":"71717171717171717171717171717171","seq":0,)",
                         R"("time":1782864000000000})"));
}

TEST(ChargeEntryTest, ReservationIsCheckedInEveryPart) {
  const Debit debit = DebitOf(2, 100);
  const std::string line = *log::PrintEntry(ChargeEntry("reserved", debit));
  EXPECT_OK(CheckReserved(line, debit.id, debit.manifest_hash, ChargedLines()));

  AttemptId other = debit.id;
  other.attempt = 3;
  EXPECT_THAT(CheckReserved(line, other, debit.manifest_hash, ChargedLines()),
              IsRefused("unlogged", "attempt"));
  other = debit.id;
  other.analyst = "hta-body";
  EXPECT_THAT(CheckReserved(line, other, debit.manifest_hash, ChargedLines()),
              IsRefused("unlogged", "analyst"));
  other = debit.id;
  other.question_id = std::string(16, 'r');
  EXPECT_THAT(CheckReserved(line, other, debit.manifest_hash, ChargedLines()),
              IsRefused("unlogged", "question"));
  EXPECT_THAT(CheckReserved(line, debit.id, crypto::Sha256("another"), ChargedLines()),
              IsRefused("unlogged", "manifest"));
  EXPECT_THAT(CheckReserved(line, debit.id, debit.manifest_hash, {LineOf("axi-cel", 30)}),
              IsRefused("unlogged", "charge"));
  // A canary round, which has no lines, reserved as if it had some.
  EXPECT_THAT(CheckReserved(line, debit.id, debit.manifest_hash, {}),
              IsRefused("unlogged", "charge"));
  EXPECT_THAT(CheckReserved(line, debit.id, debit.manifest_hash,
                            {LineOf("axi-cel", 29), LineOf("tisa-cel", 30)}),
              IsRefused("unlogged", "charge"));
  EXPECT_THAT(CheckReserved(*log::PrintEntry(ChargeEntry("debited", debit)), debit.id,
                            debit.manifest_hash, ChargedLines()),
              IsRefused("unlogged", "reservation"));
  EXPECT_THAT(CheckReserved("{}", debit.id, debit.manifest_hash, ChargedLines()),
              IsRefused("unlogged", "log entry"));
}

// A charge and its entry are one write: both are there or neither.
class ChargeTransactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, base::Database::OpenInMemory());
    const std::string schema =
        absl::StrCat(kChargeLedgerSchema, kChargePurposeSchema, log::kLogSchema);
    const base::Migration migrations[] = {{1, schema}};
    ASSERT_OK(base::ApplyMigrations(*database_, 7, migrations));
  }
  log::MerkleLog OpenLog() {
    return *log::MerkleLog::Open({.database = *database_,
                                  .origin = *log::LogOrigin::Parse(log::kOrigin),
                                  .key = log::LogSecret(log::kOrigin)});
  }
  absl::Status Charge(log::MerkleLog& log, const Debit& debit, absl::string_view kind) {
    PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_));
    PERDURA_RETURN_IF_ERROR(ChargeLedger(*database_).Write(debit, kind).status());
    PERDURA_RETURN_IF_ERROR(log.Append(transaction, ChargeEntry(kind, debit)).status());
    return transaction.Commit();
  }
  std::unique_ptr<base::Database> database_;
};

TEST_F(ChargeTransactionTest, ChargeAndEntryStandTogether) {
  log::MerkleLog log = OpenLog();
  ASSERT_OK(Charge(log, DebitOf(1, 100), "debited"));
  EXPECT_EQ(*log.Size(), 1U);
  EXPECT_EQ(*ChargeLedger(*database_).Spent(LineOf("axi-cel", 0)), 30U);
  EXPECT_OK(log.SignHead());
}

TEST_F(ChargeTransactionTest, ARefusedChargeLeavesNoEntry) {
  log::MerkleLog log = OpenLog();
  EXPECT_THAT(Charge(log, DebitOf(1, 20), "debited"), IsRefused("analyst_cap", ""));
  EXPECT_EQ(*log.Size(), 0U);
}

TEST_F(ChargeTransactionTest, ARefusedEntryLeavesNoCharge) {
  log::MerkleLog log = OpenLog();
  EXPECT_THAT(Charge(log, DebitOf(1, 100), "refunded"), IsRefused("malformed", "kind"));
  EXPECT_EQ(*ChargeLedger(*database_).Spent(LineOf("axi-cel", 0)), 0U);
}

}  // namespace
}  // namespace perdura::federation
