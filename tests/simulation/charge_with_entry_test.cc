// A charge, its log entry and what it lets go stand in one transaction: where one part is refused,
// nothing of the others is left.

#include <gtest/gtest.h>

#include <string>

#include "base/reason.h"
#include "crypto/hash.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {
namespace {

constexpr uint64_t kUnits = 5;

class ChargeWithEntryTest : public ::testing::Test {
 protected:
  ChargeWithEntryTest()
      : sim_(test_support::TestFederation::Make(), /*seed=*/1, Faults{}, /*tables=*/{}) {
    sim_.Settle();
  }
  // `analyst`: an entry is refused where this is no name. `cap`: of the line, in units.
  static federation::Debit DebitOf(const std::string& analyst, uint64_t cap) {
    federation::Debit debit;
    debit.id = {analyst, std::string(16, 'q'), 1};
    debit.plan_hash = crypto::Sha256("plan");
    debit.manifest_hash = crypto::Sha256("manifest");
    debit.ask_hash = crypto::Sha256("ask");
    debit.lines = {
        {.line = Line(), .cap_units = cap, .analyst_cap_units = cap, .purpose_cap_units = cap}};
    return debit;
  }
  static federation::ChargeLine Line() {
    return {v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", kUnits};
  }
  static aggregator::RoundUpdate OneItem() {
    aggregator::RoundUpdate update;
    update.items.push_back({"ohio", v1::Item()});
    return update;
  }
  uint64_t SpentAtNode() {
    const auto spent = federation::ChargeLedger(sim_.registry("ohio")).Spent(Line());
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }

  SimulatedFederation sim_;
};

TEST_F(ChargeWithEntryTest, NodeChargesWhatItCanLog) {
  EXPECT_TRUE(sim_.answers("ohio").Debit(DebitOf("payer-desk", kUnits)).ok());
  EXPECT_EQ(SpentAtNode(), kUnits);
}

TEST_F(ChargeWithEntryTest, EntryThatANodeRefusesLeavesNoCharge) {
  const auto debited = sim_.answers("ohio").Debit(DebitOf("Not A Name", kUnits));
  EXPECT_EQ(base::ReasonOf(debited.status()), "malformed");
  EXPECT_EQ(SpentAtNode(), 0u);
}

TEST_F(ChargeWithEntryTest, AggregatorSendsWhatItCharged) {
  EXPECT_TRUE(sim_.store().Reserve(DebitOf("payer-desk", kUnits), OneItem()).ok());
  EXPECT_EQ(sim_.store().ItemsAfter("ohio", 0, 1 << 20)->size(), 1u);
}

TEST_F(ChargeWithEntryTest, ChargeThatTheAggregatorRefusesSendsNothing) {
  const auto reserved = sim_.store().Reserve(DebitOf("payer-desk", kUnits - 1), OneItem());
  EXPECT_EQ(base::ReasonOf(reserved.status()), "analyst_cap");
  EXPECT_TRUE(sim_.store().ItemsAfter("ohio", 0, 1 << 20)->empty());
}

TEST_F(ChargeWithEntryTest, EntryThatTheAggregatorRefusesLeavesNoCharge) {
  const auto reserved = sim_.store().Reserve(DebitOf("Not A Name", kUnits), OneItem());
  EXPECT_EQ(base::ReasonOf(reserved.status()), "malformed");
  EXPECT_EQ(sim_.store().Spent(Line()).value_or(1), 0u);
  EXPECT_TRUE(sim_.store().ItemsAfter("ohio", 0, 1 << 20)->empty());
}

}  // namespace
}  // namespace perdura::simulation
