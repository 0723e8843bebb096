// `perdura ledger verify` on copies of the databases of a federation that has answered questions.

#include "federation/audit/ledger_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/files.h"
#include "base/reason.h"
#include "federation/ledger/charge_entry.h"
#include "federation/witnesses.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using federation::VerifyLedgerFile;
using ::testing::Contains;
using ::testing::HasSubstr;

class LedgerAuditTest : public ::testing::Test {
 protected:
  LedgerAuditTest()
      : sim_(test_support::TestFederation::Make({.witness = v1::WITNESS_REQUIRED}), /*seed=*/5,
             Faults{}, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
    const auto answer = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
    EXPECT_TRUE(answer.ok()) << answer.status();
  }
  const federation::AuthorityPin& pin() const { return sim_.federation().pin; }
  static federation::Debit OtherDebit() {
    federation::Debit debit;
    debit.id = {"payer-desk", std::string(16, 'q'), 1};
    debit.plan_hash = debit.manifest_hash = debit.ask_hash = std::string(32, 'm');
    debit.debited_at = 1;
    constexpr uint64_t kPlenty = uint64_t{1} << 57;
    debit.lines = {{{v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 5}, kPlenty, kPlenty, kPlenty}};
    return debit;
  }

  SimulatedFederation sim_;
};

TEST_F(LedgerAuditTest, CopiesOfEveryPartyPass) {
  for (const v1::Member& member : sim_.charter()->proto().members()) {
    const DatabaseCopy copy = sim_.CopyOf(member.id());
    EXPECT_OK(VerifyLedgerFile(copy.path(), pin()).status()) << member.id();
  }
  const DatabaseCopy copy = sim_.CopyOfDesk();
  ASSERT_OK_AND_ASSIGN(const auto lines, VerifyLedgerFile(copy.path(), pin()));
  EXPECT_THAT(lines, Contains(HasSubstr("charges: 1,")));
  EXPECT_THAT(lines, Contains(HasSubstr("cosigned by ")));
}

TEST_F(LedgerAuditTest, OtherAuthorityIsRefused) {
  const DatabaseCopy copy = sim_.CopyOfDesk();
  federation::AuthorityPin other = pin();
  for (std::string& key : other.keys) key = test_support::TestKey("other").public_key();
  EXPECT_EQ(base::ReasonOf(VerifyLedgerFile(copy.path(), other).status()), "bad_signature");
}

TEST_F(LedgerAuditTest, ChargeWithoutItsEntryIsFound) {
  const DatabaseCopy copy = sim_.CopyOf("ohio");
  {
    const auto database = copy.Open();
    auto transaction = base::Transaction::Begin(*database);
    ASSERT_TRUE(transaction.ok());
    ASSERT_OK(federation::ChargeLedger(*database).Write(OtherDebit(), "debited").status());
    ASSERT_OK(transaction->Commit());
  }
  const auto status = VerifyLedgerFile(copy.path(), pin()).status();
  EXPECT_EQ(base::ReasonOf(status), "ledger_mismatch") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is in no entry"));
}

TEST_F(LedgerAuditTest, EntryWithoutItsChargeIsFound) {
  const DatabaseCopy copy = sim_.CopyOf("ohio");
  {
    const auto database = copy.Open();
    auto log = federation::log::MerkleLog::Open(
        {*database, federation::OriginOf("test", "ohio"), sim_.federation().log_key("ohio")});
    ASSERT_TRUE(log.ok()) << log.status();
    auto transaction = base::Transaction::Begin(*database);
    ASSERT_TRUE(transaction.ok());
    ASSERT_OK(log->Append(*transaction, federation::ChargeEntry("debited", OtherDebit())).status());
    ASSERT_OK(transaction->Commit());
  }
  const auto status = VerifyLedgerFile(copy.path(), pin()).status();
  EXPECT_EQ(base::ReasonOf(status), "ledger_mismatch") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("has no attempt"));
}

TEST_F(LedgerAuditTest, EntryThatWasChangedInTheFileIsFound) {
  const DatabaseCopy copy = sim_.CopyOf("ohio");
  ASSERT_OK_AND_ASSIGN(std::string bytes, base::ReadFile(copy.path(), 1 << 24));
  const size_t entry = bytes.find("\"kind\":\"debited\"");
  ASSERT_NE(entry, std::string::npos);
  bytes.replace(entry, 16, "\"kind\":\"debitee\"");
  ASSERT_OK(base::WriteFileAtomic(copy.path(), bytes, 0600));
  EXPECT_EQ(base::ReasonOf(VerifyLedgerFile(copy.path(), pin()).status()), "log_damaged");
}

// Writes a row of log_checkpoint into a copy, where a row of this size is not.
void AddCheckpoint(const DatabaseCopy& copy, uint64_t size, const std::string& note) {
  ASSERT_OK(copy.Open()->Execute("INSERT INTO log_checkpoint (log, size, note) VALUES (1, ?1, ?2)",
                                 {static_cast<int64_t>(size), note}));
}

TEST_F(LedgerAuditTest, OlderCheckpointOfAnotherTreeIsFound) {
  const DatabaseCopy copy = sim_.CopyOfDesk();
  const federation::log::Checkpoint other{
      .origin = "test/aggregator/1", .size = 1, .root = std::string(32, 'r')};
  AddCheckpoint(
      copy, 1,
      PrintNote(
          federation::log::SignCheckpoint(other, sim_.federation().log_key("aggregator")).note));
  const auto status = VerifyLedgerFile(copy.path(), pin()).status();
  EXPECT_EQ(base::ReasonOf(status), "log_damaged") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("checkpoint of 1 entries"));
}

TEST_F(LedgerAuditTest, CheckpointOfAnotherSignerIsFound) {
  const DatabaseCopy copy = sim_.CopyOfDesk();
  const federation::log::Checkpoint other{
      .origin = "test/aggregator/1", .size = 1, .root = std::string(32, 'r')};
  AddCheckpoint(
      copy, 1,
      PrintNote(federation::log::SignCheckpoint(other, test_support::TestKey("stranger")).note));
  EXPECT_EQ(base::ReasonOf(VerifyLedgerFile(copy.path(), pin()).status()), "log_damaged");
}

TEST_F(LedgerAuditTest, ForgedCosignatureIsFound) {
  const DatabaseCopy copy = sim_.CopyOfDesk();
  ASSERT_OK_AND_ASSIGN(const auto sizes, sim_.store().log().SignedSizes(1));
  ASSERT_OK_AND_ASSIGN(const std::string text, sim_.store().log().NoteAt(sizes[0]));
  ASSERT_OK_AND_ASSIGN(federation::log::SignedNote note, federation::log::ParseNote(text));
  note.signatures.at(1).bytes[20] ^= 1;
  ASSERT_OK(copy.Open()->Execute("UPDATE log_checkpoint SET note = ?2 WHERE size = ?1",
                                 {static_cast<int64_t>(sizes[0]), PrintNote(note)}));
  EXPECT_EQ(base::ReasonOf(VerifyLedgerFile(copy.path(), pin()).status()), "bad_signature");
}

}  // namespace
}  // namespace perdura::simulation
