// Purposes, lifetimes and planned tables through the whole federation: refused by the aggregator
// and by each node on its own, with nothing written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "base/reason.h"
#include "crypto/hash.h"
#include "query/plan.h"
#include "registry-node/answer/budget_status.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;
using ::testing::HasSubstr;

constexpr uint64_t kTwo = 96'924'905'894;  // rho(2, 1e-6); five of them fit the default cap
constexpr uint64_t kCap = 509'145'341'073;
constexpr char kProduct[] = "allo-hct@1";

// The test federation with lines for another purpose, a lifetime cap, a planned table.
TestFederation Edited(const std::function<void(v1::Charter&)>& edit) {
  TestFederation made = TestFederation::Make();
  edit(made.charter);
  return made;
}

void AddLifetimeCap(v1::Charter& charter, uint64_t units) {
  v1::LifetimeCap& cap = *charter.add_lifetime_caps();
  cap.set_compartment(v1::COMPARTMENT_ADHOC);
  cap.set_product(kProduct);
  cap.mutable_cap()->set_units(units);
}

// Survival of everybody at `units`, promised.
void AddPlanned(v1::Charter& charter, uint64_t units) {
  const auto before = federation::Charter::Create(charter.SerializeAsString());
  ASSERT_OK(before.status());
  v1::PlannedRelease& planned = *charter.add_planned_releases();
  planned.set_id("survival@1");
  planned.set_plan(PlanText(**before, kEverybody, units));
}

class BudgetTest : public ::testing::Test {
 protected:
  void Start(const std::function<void(v1::Charter&)>& edit) {
    sim_.emplace(Edited(edit), /*seed=*/17, Faults{}, OneCellEach(25));
    sim_->Settle();
  }
  std::string Plan(const std::string& endpoint, uint64_t units = kTwo) {
    return PlanText(*sim_->charter(), endpoint, units);
  }
  // The reason word, empty for an answer.
  std::string Ask(const std::string& plan, const std::string& repeat_of = "") {
    return base::ReasonOf(sim_->Ask(sim_->MakeAsk(plan, repeat_of)).status());
  }
  uint64_t SpentAt(const std::string& node) {
    return *federation::ChargeLedger(sim_->registry(node))
                .Spent({v1::COMPARTMENT_ADHOC, kProduct, "2026", 0});
  }
  uint64_t SpentAtAggregator() {
    return *sim_->store().Spent({v1::COMPARTMENT_ADHOC, kProduct, "2026", 0});
  }
  // Charges `node` behind the aggregator's back: its ledger is the one that counts for its
  // patients.
  void ChargeNode(const std::string& node, const std::string& analyst, const std::string& purpose,
                  const std::string& period, uint64_t units) {
    federation::Debit debit;
    debit.id = {analyst, crypto::Sha256(period + purpose).substr(0, 16), 1};
    debit.plan_hash = debit.manifest_hash = debit.ask_hash = crypto::Sha256(period + purpose);
    debit.purpose = purpose;
    debit.lines = {{{v1::COMPARTMENT_ADHOC, kProduct, period, units}, units, units, units}};
    ASSERT_OK(sim_->answers(node).Debit(debit).status());
    ASSERT_OK(sim_->answers(node).SetState(debit.manifest_hash, "receipted", ""));
  }
  // The others answer; `node` refused by this word and charged nothing.
  void ExpectOnlyRefuses(const std::string& node, const std::string& reason, uint64_t spent) {
    const auto answer = sim_->Ask(sim_->MakeAsk(Plan(kEverybody)));
    ASSERT_OK(answer.status());
    v1::Commit commit;
    ASSERT_TRUE(commit.ParseFromString(BundleOf(*answer).commit().payload()));
    EXPECT_EQ(commit.contributors_size(), 3);
    EXPECT_EQ(SpentAt(node), spent);
    EXPECT_EQ(SpentAt("alfred"), kTwo);
    auto lines = sim_->registry(node).Prepare(
        "SELECT line FROM log_entry WHERE line LIKE '%\"kind\":\"refused\"%'");
    ASSERT_OK(lines.status());
    ASSERT_TRUE(*lines->Step());
    EXPECT_THAT(*lines->TextAt(0), HasSubstr(reason));
  }

  std::optional<SimulatedFederation> sim_;
};

TEST_F(BudgetTest, SpentPurposeIsRefusedAndAnotherGoesOn) {
  Start([](v1::Charter& charter) {
    charter.add_purposes("price");
    charter.mutable_analysts(0)->add_purposes("price");
    *charter.add_purpose_caps() = charter.purpose_caps(0);
    charter.mutable_purpose_caps(1)->set_purpose("price");
    charter.mutable_purpose_caps(0)->mutable_cap()->set_units(kTwo);
  });
  ASSERT_EQ(Ask(Plan(kEverybody)), "");
  EXPECT_EQ(Ask(Plan("disease-free-survival", kTwo / 2)), "purpose_cap");
  EXPECT_EQ(SpentAtAggregator(), kTwo);
  EXPECT_EQ(SpentAt("ohio"), kTwo);
  // Under another word there is budget left; the signed ask says which.
  v1::Envelope envelope = sim_->MakeAsk(Plan("disease-free-survival", kTwo / 2));
  v1::Ask ask;
  ASSERT_TRUE(ask.ParseFromString(envelope.payload()));
  ask.set_purpose("price");
  envelope = federation::SignMessage(federation::MessageType::kAsk, ask,
                                     sim_->federation().analyst_key("payer-desk"), "payer-desk");
  EXPECT_OK(sim_->Ask(envelope).status());
  EXPECT_EQ(SpentAt("ohio"), kTwo + kTwo / 2);
}

TEST_F(BudgetTest, PurposeWithoutALineGetsNothing) {
  Start([](v1::Charter& charter) { charter.clear_purpose_caps(); });
  EXPECT_EQ(Ask(Plan(kEverybody)), "purpose_cap");
  EXPECT_EQ(SpentAtAggregator(), 0u);
}

TEST_F(BudgetTest, NodeHoldsThePurposeCapOnItsOwn) {
  Start([](v1::Charter&) {});
  ChargeNode("ohio", "hta-body", "evidence", "2026", kCap - kTwo + 1);
  ExpectOnlyRefuses("ohio", "purpose_cap", kCap - kTwo + 1);
}

TEST_F(BudgetTest, LifetimeCapIsHeldByTheAggregator) {
  Start([](v1::Charter& charter) { AddLifetimeCap(charter, kTwo); });
  ASSERT_EQ(Ask(Plan(kEverybody)), "");
  EXPECT_EQ(Ask(Plan("disease-free-survival", kTwo / 2)), "lifetime_cap");
  EXPECT_EQ(SpentAtAggregator(), kTwo);
}

TEST_F(BudgetTest, NodeHoldsTheLifetimeCapOnItsOwn) {
  Start([](v1::Charter& charter) { AddLifetimeCap(charter, kCap); });
  ChargeNode("ohio", "hta-body", "price", "2025", kCap - kTwo + 1);
  ExpectOnlyRefuses("ohio", "lifetime_cap", 0);
}

TEST_F(BudgetTest, OdometerAddsUpAllPeriods) {
  Start([](v1::Charter& charter) {
    AddLifetimeCap(charter, kCap);
    *charter.add_budgets() = charter.budgets(0);
    charter.mutable_budgets(1)->set_period("2027");
    *charter.add_patient_guarantees() = charter.patient_guarantees(0);
    charter.mutable_patient_guarantees(1)->set_period("2027");
  });
  ASSERT_EQ(Ask(Plan(kEverybody)), "");
  ASSERT_OK_AND_ASSIGN(const auto budget, sim_->desk().Budget("payer-desk"));
  ASSERT_EQ(budget.lifetimes_size(), 1);
  EXPECT_EQ(budget.lifetimes(0).spent_units(), kTwo);
  EXPECT_EQ(budget.lifetimes(0).caps_units(), 2 * kCap);
  EXPECT_EQ(budget.lifetimes(0).lifetime_cap_units(), kCap);
  EXPECT_EQ(budget.attempts(0).purpose(), "evidence");
  ASSERT_EQ(budget.lines(0).purposes_size(), 1);
  EXPECT_EQ(budget.lines(0).purposes(0).spent_units(), kTwo);
  EXPECT_EQ(budget.lines(0).purposes(0).cap_units(), kCap);
}

// What a data manager sees is the node's own ledger, not the aggregator's.
TEST_F(BudgetTest, NodeStatusShowsOdometerAndWhatIsSetAside) {
  Start([](v1::Charter& charter) {
    AddLifetimeCap(charter, kCap);
    AddPlanned(charter, kTwo);
  });
  ChargeNode("ohio", "hta-body", "price", "2025", 5);
  ASSERT_EQ(Ask(Plan("disease-free-survival")), "");
  const auto status = [&](const std::string& node, registry_node::OwnCaps own_caps) {
    v1::GetStatusResponse response;
    federation::ChargeLedger ledger(sim_->registry(node));
    EXPECT_OK(
        registry_node::AddBudgetStatus(ledger, sim_->member(node).chain(), own_caps, response));
    return response;
  };
  const v1::GetStatusResponse ohio = status("ohio", {.adhoc_units = kCap / 2});
  ASSERT_EQ(ohio.lines_size(), 1);
  EXPECT_EQ(ohio.lines(0).spent_units(), kTwo);
  EXPECT_EQ(ohio.lines(0).cap_units(), kCap / 2);
  EXPECT_EQ(ohio.lines(0).set_aside_units(), kTwo);
  ASSERT_EQ(ohio.lifetimes_size(), 1);
  EXPECT_EQ(ohio.lifetimes(0).spent_units(), kTwo + 5);
  EXPECT_EQ(ohio.lifetimes(0).lifetime_cap_units(), kCap);
  EXPECT_EQ(status("alfred", {}).lifetimes(0).spent_units(), kTwo);
  ASSERT_EQ(Ask(sim_->charter()->proto().planned_releases(0).plan()), "");
  EXPECT_EQ(status("ohio", {}).lines(0).set_aside_units(), 0u);
}

TEST_F(BudgetTest, PlannedTableKeepsItsCharge) {
  Start([](v1::Charter& charter) { AddPlanned(charter, kTwo); });
  const std::string planned = sim_->charter()->proto().planned_releases(0).plan();
  EXPECT_EQ(Ask(Plan("disease-free-survival", kCap - kTwo + 1)), "budget_exhausted");
  EXPECT_EQ(SpentAtAggregator(), 0u);
  ASSERT_EQ(Ask(Plan("disease-free-survival", kCap - 2 * kTwo)), "");
  ASSERT_OK_AND_ASSIGN(auto budget, sim_->desk().Budget("payer-desk"));
  EXPECT_EQ(budget.lines(0).set_aside_units(), kTwo);
  EXPECT_FALSE(budget.planned(0).charged());
  ASSERT_EQ(Ask(planned), "");
  ASSERT_OK_AND_ASSIGN(budget, sim_->desk().Budget("payer-desk"));
  EXPECT_EQ(budget.lines(0).set_aside_units(), 0u);
  EXPECT_TRUE(budget.planned(0).charged());
  EXPECT_EQ(budget.planned(0).release_id().size(), 32u);
  // Its release answers for free; it is not drawn again.
  EXPECT_EQ(Ask(planned), "");
  EXPECT_EQ(SpentAtAggregator(), kCap - kTwo);
  EXPECT_EQ(Ask(planned, budget.planned(0).release_id()), "released_once");
  EXPECT_EQ(SpentAtAggregator(), kCap - kTwo);
}

TEST_F(BudgetTest, NodeKeepsTheChargeOfAPlannedTableOnItsOwn) {
  Start([](v1::Charter& charter) {
    const auto before = federation::Charter::Create(charter.SerializeAsString());
    ASSERT_OK(before.status());
    v1::PlannedRelease& planned = *charter.add_planned_releases();
    planned.set_id("disease-free@1");
    planned.set_plan(PlanText(**before, "disease-free-survival", kTwo));
  });
  ChargeNode("ohio", "hta-body", "price", "2026", kCap - 2 * kTwo + 1);
  ExpectOnlyRefuses("ohio", "budget_exhausted", kCap - 2 * kTwo + 1);
  // The planned table finds its charge, there too.
  ASSERT_EQ(Ask(sim_->charter()->proto().planned_releases(0).plan()), "");
  EXPECT_EQ(SpentAt("ohio"), kCap - kTwo + 1);
}

TEST_F(BudgetTest, CharterWithABadPlannedTableIsRefusedByTheParties) {
  Start([](v1::Charter&) {});
  v1::Charter next = TestFederation::Next(sim_->federation().charter);
  v1::PlannedRelease& planned = *next.add_planned_releases();
  planned.set_id("survival@1");
  planned.set_plan("perdura-plan/1 nothing");
  EXPECT_EQ(base::ReasonOf(sim_->desk().AcceptCharter(sim_->federation().Sign(next), sim_->now())),
            "bad_planned_release");
  // An aggregator that accepts it all the same: members stay with the charter they have.
  v1::PollResponse response;
  *response.add_charters() = sim_->federation().Sign(next);
  ASSERT_OK(sim_->member("ohio").OnPoll(response, sim_->now()));
  EXPECT_EQ(sim_->VersionAt("ohio"), 1u);
}

// An aggregator in league with an analyst asks for a second draw of a planned table.
TEST_F(BudgetTest, NodeAndStewardRefuseASecondDrawOfAPlannedTable) {
  Start([](v1::Charter& charter) { AddPlanned(charter, kTwo); });
  const std::string plan = sim_->charter()->proto().planned_releases(0).plan();
  const auto ticket = sim_->desk().Ask("payer-desk", sim_->MakeAsk(plan), sim_->now());
  ASSERT_OK(ticket.status());
  ASSERT_OK_AND_ASSIGN(const auto items, sim_->store().ItemsAfter(kVictim, 0, 1 << 20));
  v1::Announcement announcement = items.back().announcement();
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement.manifest().payload()));
  const v1::Envelope again = sim_->MakeAsk(plan, std::string(32, 'r'));
  v1::Ask ask;
  ASSERT_TRUE(ask.ParseFromString(again.payload()));
  *manifest.mutable_ask() = again;
  manifest.set_question_id(ask.question_id());
  manifest.set_repeat_of(ask.repeat_of());
  *announcement.mutable_manifest() =
      federation::SignMessage(federation::MessageType::kManifest, manifest,
                              sim_->federation().aggregator_key(), "aggregator");
  EXPECT_EQ(ReasonOfRefusal(*sim_, kVictim, announcement, 1'000'001), "released_once");
  announcement.add_dealer_headers();
  EXPECT_EQ(ReasonOfRefusal(*sim_, kVictim, announcement, 1'000'002), "released_once");
  EXPECT_EQ(SpentAt(kVictim), 0u);
}

}  // namespace
}  // namespace perdura::simulation
