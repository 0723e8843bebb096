// Who may read what, and when; and what is refused before a charge, since it could only be burnt.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/reason.h"
#include "federation/envelope.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

constexpr char kAnalyst[] = "payer-desk";

uint64_t SpentAtAggregator(SimulatedFederation& sim) {
  return sim.store().Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0}).value_or(0);
}

std::string ReasonOfAsking(SimulatedFederation& sim) {
  return base::ReasonOf(sim.Ask(sim.MakeAsk(PlanText(*sim.charter(), kEverybody))).status());
}

TestFederation WithASecondAnalyst() {
  TestFederation federation = TestFederation::Make();
  v1::Analyst& second = *federation.charter.add_analysts();
  second = federation.charter.analysts(0);
  second.set_id("other-desk");
  second.set_sign_key(std::string(test_support::TestKey("other-desk").public_key()));
  second.set_tls_pin(test_support::TestTlsPin("other-desk"));
  return federation;
}

TEST(ReadingTest, ReleaseIsForThoseWhoMayAskAboutItsProducts) {
  TestFederation federation = WithASecondAnalyst();
  federation.charter.mutable_analysts(1)->clear_products();
  SimulatedFederation sim(std::move(federation), /*seed=*/7, Faults{}, OneCellEach(25));
  sim.Settle();
  const auto answer = sim.Ask(sim.MakeAsk(PlanText(*sim.charter(), kEverybody)));
  ASSERT_OK(answer);
  EXPECT_OK(sim.desk().Release(kAnalyst, answer->release_id(), sim.now()));
  EXPECT_EQ(
      base::ReasonOf(sim.desk().Release("other-desk", answer->release_id(), sim.now()).status()),
      "unknown_release");
  ASSERT_OK_AND_ASSIGN(const auto listed, sim.desk().Releases("other-desk", sim.now()));
  EXPECT_EQ(listed.releases_size(), 0);
}

TEST(ReadingTest, ReleaseStaysInItsCountries) {
  TestFederation federation = WithASecondAnalyst();
  federation.charter.mutable_analysts(1)->set_country("CH");
  SimulatedFederation sim(std::move(federation), /*seed=*/7, Faults{}, OneCellEach(25));
  sim.Settle();
  const auto answer = sim.Ask(sim.MakeAsk(PlanText(*sim.charter(), kEverybody)));
  ASSERT_OK(answer);
  EXPECT_EQ(
      base::ReasonOf(sim.desk().Release("other-desk", answer->release_id(), sim.now()).status()),
      "unknown_release");
}

TEST(ReadingTest, NobodyReadsAReleaseBeforeItsAnswerSlot) {
  SimulatedFederation sim(TestFederation::Make({.answer_ms = 20'000}), /*seed=*/7, Faults{},
                          OneCellEach(25));
  sim.Settle();
  const v1::Envelope ask = sim.MakeAsk(PlanText(*sim.charter(), kEverybody));
  // The round is released within two seconds; its answer is due in twenty.
  EXPECT_FALSE(sim.Ask(ask, absl::Seconds(5)).ok());
  ASSERT_OK_AND_ASSIGN(const auto stored, sim.store().Releases(10));
  ASSERT_EQ(stored.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto listed, sim.desk().Releases(kAnalyst, sim.now()));
  EXPECT_EQ(listed.releases_size(), 0);
  EXPECT_EQ(base::ReasonOf(sim.desk().Release(kAnalyst, stored[0].id, sim.now()).status()),
            "unknown_release");
  EXPECT_OK(sim.Ask(ask));
  EXPECT_OK(sim.desk().Release(kAnalyst, stored[0].id, sim.now()));
}

TEST(ReadingTest, CutThatIsNotYetKnownIsRefusedBeforeTheCharge) {
  const TestOptions options = {.cut_known_at = 1'782'777'600 + 80 * 86400};
  SimulatedFederation sim(TestFederation::Make(options), /*seed=*/7, Faults{}, OneCellEach(25));
  sim.Settle();
  EXPECT_EQ(ReasonOfAsking(sim), "cut_not_ready");
  EXPECT_EQ(SpentAtAggregator(sim), 0u);
}

TEST(ReadingTest, CutThatWasClosedIsRefusedBeforeTheCharge) {
  SimulatedFederation sim(TestFederation::Make(), /*seed=*/7, Faults{}, OneCellEach(25));
  sim.Settle();
  const std::string plan = PlanText(*sim.charter(), kEverybody);
  v1::Charter next = TestFederation::Next(sim.charter()->proto());
  next.mutable_data_cuts(0)->set_state(v1::CUT_CLOSED);
  ASSERT_OK(sim.desk().AcceptCharter(sim.federation().Sign(next), sim.now()));
  sim.Settle();
  EXPECT_EQ(base::ReasonOf(sim.Ask(sim.MakeAsk(plan)).status()), "cut_not_ready");
  EXPECT_EQ(SpentAtAggregator(sim), 0u);
}

TEST(ReadingTest, OverlongWitnessMessageIsRefusedAndCrowdsOutNobody) {
  SimulatedFederation sim(TestFederation::Make({.witness = v1::WITNESS_REQUIRED}), /*seed=*/7,
                          Faults{}, OneCellEach(25));
  sim.RunFor(absl::Milliseconds(400));
  v1::PostRequest post;
  v1::WitnessRequest& request = *post.add_witness_requests();
  request.set_steward("alfred");
  request.set_note(std::string(9000, 'x'));
  EXPECT_EQ(base::ReasonOf(sim.desk().Post("ohio", post, sim.now()).status()), "malformed");
  EXPECT_EQ(ReasonOfAsking(sim), "");
}

// ---- What a hospital holds against an aggregator that drops it ----

std::string StateAt(SimulatedFederation& sim, const std::string& node) {
  base::Database& database = sim.registry(node);
  auto rows = database.Prepare("SELECT state FROM attempt");
  EXPECT_TRUE(rows.ok() && *rows->Step());
  return rows->TextAt(0).value_or("");
}

class ReceiptTest : public ::testing::Test {
 protected:
  // The state of ohio's attempt after a question whose receipts were changed on the way.
  std::string StateWith(std::function<void(v1::PostResponse&)> change) {
    SimulatedFederation sim(TestFederation::Make(), /*seed=*/7, Faults{}, OneCellEach(25));
    sim.TamperReceipts([change](const std::string& member, v1::PostResponse& response) {
      if (member == "ohio" && response.has_receipt()) change(response);
    });
    sim.Settle();
    EXPECT_OK(sim.Ask(sim.MakeAsk(PlanText(*sim.charter(), kEverybody))));
    return StateAt(sim, "ohio");
  }
};

TEST_F(ReceiptTest, AttemptIsReceiptedByTheAggregatorsSignatureOnly) {
  const std::string receipted = StateWith([](v1::PostResponse&) {});
  EXPECT_EQ(receipted, "receipted");
  EXPECT_NE(StateWith([](v1::PostResponse& response) { response.clear_receipt(); }), receipted);
  EXPECT_NE(StateWith([](v1::PostResponse& response) {
              response.mutable_receipt()->mutable_signatures(0)->mutable_sig()->front() ^= 1;
            }),
            receipted);
}

}  // namespace
}  // namespace perdura::simulation
