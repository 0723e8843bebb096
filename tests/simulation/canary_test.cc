// Canary rounds through the whole federation: generated patients, the whole protocol, no line
// debited anywhere; whatever would mix them with questions is refused by steward and node each on
// its own; faults of dealers are found in what such rounds leave over.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/planted_fault.h"
#include "base/reason.h"
#include "federation/audit/ledger_audit.h"
#include "federation/audit/sibling_audit.h"
#include "federation/bundle/bundle.h"
#include "federation/ledger/rebase_install.h"
#include "query/canary_residuals.h"
#include "query/estimate.h"
#include "statistics/noise_check.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"
#include "tests/simulation/rebasing.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

constexpr int kRounds = 40;
constexpr int kRows = 17;
constexpr double kFalseAlarm = 0.001;

TestOptions WithCanary(v1::Witness witness = v1::WITNESS_NONE) {
  return {.canary_patients = 50, .witness = witness};
}

std::string CanaryText(const SimulatedFederation& sim) {
  return PlanText(*sim.charter(), kEverybody, 0, {}, v1::COMPARTMENT_CANARY);
}

int64_t Rows(base::Database& database, const char* table) {
  auto rows = database.Prepare(absl::StrCat("SELECT COUNT(*) FROM ", table));
  EXPECT_TRUE(rows.ok() && rows->Bind({}).ok() && rows->Step().value_or(false));
  return rows->Int64At(0).value_or(-1);
}

class CanaryRoundTest : public ::testing::Test {
 protected:
  explicit CanaryRoundTest(TestOptions options = WithCanary())
      : sim_(TestFederation::Make(options), /*seed=*/21, Faults{}, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
  }
  v1::Answer Canary() {
    const auto answer = sim_.Ask(sim_.MakeAsk(CanaryText(sim_)));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::Answer());
  }
  federation::OpenedBundle Open(const v1::Answer& answer) {
    auto opened = federation::OpenBundle(BundleOf(answer), sim_.federation().pin);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : federation::OpenedBundle();
  }
  std::vector<v1::Answer> Canaries() {
    std::vector<v1::Answer> answers;
    for (int round = 0; round < kRounds; ++round) answers.push_back(Canary());
    return answers;
  }
  statistics::NoiseReport ReportOn(const std::vector<v1::Answer>& answers) {
    std::vector<double> all;
    for (const v1::Answer& answer : answers) {
      const federation::OpenedBundle opened = Open(answer);
      const auto residuals = query::CanaryResiduals(opened.release, opened.commit, *opened.charter);
      EXPECT_TRUE(residuals.ok()) << residuals.status();
      if (residuals.ok()) all.insert(all.end(), residuals->begin(), residuals->end());
    }
    const auto report = statistics::CheckNoise(all, kRows, kFalseAlarm);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(statistics::NoiseReport());
  }
  // Every ledger: at the aggregator, then the nodes.
  std::vector<base::Database*> Ledgers() {
    std::vector<base::Database*> ledgers = {&sim_.desk_database()};
    for (const std::string& node : sim_.charter()->NodeIds()) {
      ledgers.push_back(&sim_.registry(node));
    }
    return ledgers;
  }

  SimulatedFederation sim_;
};

TEST_F(CanaryRoundTest, RoundIsReleasedAndChargesNoLineAnywhere) {
  const v1::Answer answer = Canary();
  EXPECT_EQ(answer.charged_units(), 0u);
  EXPECT_EQ(Open(answer).commit.contributors_size(), 4);
  for (base::Database* const ledger : Ledgers()) {
    EXPECT_EQ(Rows(*ledger, "attempt"), 1);
    EXPECT_EQ(Rows(*ledger, "charge_line"), 0);
  }
}

// A stored release would repeat old noise and hide a dealer that broke since.
TEST_F(CanaryRoundTest, SamePlanIsANewRoundWithNewNoise) {
  const v1::Answer first = Canary();
  const v1::Answer second = Canary();
  EXPECT_FALSE(second.from_store());
  EXPECT_NE(ReleaseOf(first).values(0), ReleaseOf(second).values(0));
  EXPECT_EQ(Rows(sim_.desk_database(), "attempt"), 2);
}

TEST_F(CanaryRoundTest, SameAskIsTheSameRound) {
  const v1::Envelope ask = sim_.MakeAsk(CanaryText(sim_));
  const auto first = sim_.Ask(ask);
  const auto second = sim_.Ask(ask);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->bundle(), second->bundle());
}

// What KC7 forbids for patients: the difference would show the centre's generated ones.
TEST_F(CanaryRoundTest, AnotherSetOfContributorsIsNoOverlap) {
  Canary();
  sim_.Stop("alfred");
  EXPECT_EQ(Open(Canary()).commit.contributors_size(), 3);
  sim_.StartMember("alfred");
  sim_.RunFor(absl::Milliseconds(400));
  EXPECT_EQ(Open(Canary()).commit.contributors_size(), 4);
}

TEST_F(CanaryRoundTest, QuestionsAreChargedAsBeforeBesideIt) {
  Canary();
  const auto answer = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->charged_units(), sim_.charter()->proto().default_charge().units());
  for (base::Database* const ledger : Ledgers()) EXPECT_EQ(Rows(*ledger, "charge_line"), 1);
}

TEST_F(CanaryRoundTest, NothingIsEstimatedFromIt) {
  const v1::Release release = ReleaseOf(Canary());
  ASSERT_OK_AND_ASSIGN(const query::Plan plan, query::Plan::Parse(release.plan(), *sim_.charter()));
  ASSERT_OK_AND_ASSIGN(const query::Layout layout, query::Layout::Create(plan, *sim_.charter()));
  EXPECT_FALSE(query::Estimate(plan, layout, *sim_.charter(), release, {}).ok());
}

TEST_F(CanaryRoundTest, RepeatOfAReleaseIsRefused) {
  const v1::Answer first = Canary();
  const auto again = sim_.Ask(sim_.MakeAsk(CanaryText(sim_), first.release_id()));
  EXPECT_EQ(base::ReasonOf(again.status()), "already_released");
}

TEST_F(CanaryRoundTest, AnalystWithoutTheProductIsRefused) {
  TestFederation without = TestFederation::Make(WithCanary());
  auto& products = *without.charter.mutable_analysts(0)->mutable_products();
  ASSERT_EQ(products[products.size() - 1], "canary@1");
  products.RemoveLast();
  SimulatedFederation sim(std::move(without), /*seed=*/21, Faults{}, {});
  sim.Settle();
  EXPECT_EQ(base::ReasonOf(sim.Ask(sim.MakeAsk(CanaryText(sim))).status()), "not_allowed");
}

// The table of patients is never asked for, and whatever is in it, the contribution has the same
// bytes under the same randomness.
TEST_F(CanaryRoundTest, ContributionDoesNotDependOnPatients) {
  int reads = 0;
  std::map<std::string, CellTable::Function> counting;
  for (const std::string& node : sim_.charter()->NodeIds()) {
    counting[node] = [&reads](const query::Plan&, const query::Layout& layout) {
      ++reads;
      return std::vector<int64_t>(static_cast<size_t>(layout.cells()), 1);
    };
  }
  SimulatedFederation other(TestFederation::Make(WithCanary()), /*seed=*/21, Faults{}, counting);
  other.RunFor(absl::Milliseconds(400));
  const auto one = Canary();
  const auto answer = other.Ask(other.MakeAsk(CanaryText(other)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(reads, 0);
  EXPECT_EQ(other.sent(), sim_.sent());
  EXPECT_EQ(answer->bundle(), one.bundle());
}

TEST_F(CanaryRoundTest, HonestDealersPass) {
  const statistics::NoiseReport report = ReportOn(Canaries());
  EXPECT_TRUE(report.passes()) << report.variance_ratio;
  EXPECT_NEAR(report.variance_ratio, 1, 0.2);
}

#if defined(PERDURA_FAILPOINTS)
// Federations in which one thing is broken.
class FaultyCanaryTest : public CanaryRoundTest {
 protected:
  statistics::NoiseReport ReportUnder(base::PlantedFault fault) {
    base::Plant(fault);
    const std::vector<v1::Answer> answers = Canaries();
    base::Plant(base::PlantedFault::kNone);
    return ReportOn(answers);
  }
};

TEST_F(FaultyCanaryTest, DealersWithHalfTheVarianceAreFound) {
  const statistics::NoiseReport report = ReportUnder(base::PlantedFault::kHalvedVariance);
  EXPECT_FALSE(report.checks[1].passes);
  EXPECT_NEAR(report.variance_ratio, 0.5, 0.1);
}

TEST_F(FaultyCanaryTest, MissingDealerIsFound) {
  const statistics::NoiseReport report = ReportUnder(base::PlantedFault::kDealerLeftOut);
  EXPECT_FALSE(report.checks[1].passes);
  EXPECT_NEAR(report.variance_ratio, 2.0 / 3, 0.13);
}

// Nodes whose table is another one: what they add stands out as a shifted mean.
TEST_F(FaultyCanaryTest, OtherPatientsInTheTableAreFound) {
  EXPECT_FALSE(ReportUnder(base::PlantedFault::kTwoCells).checks[0].passes);
}
#endif

// Under a witness: the entry `reserved` charges no line, releases have no siblings, audits agree.
class WitnessedCanaryTest : public CanaryRoundTest {
 protected:
  WitnessedCanaryTest() : CanaryRoundTest(WithCanary(v1::WITNESS_REQUIRED)) {}
};

TEST_F(WitnessedCanaryTest, RoundsAreLoggedWithoutSiblings) {
  const federation::OpenedBundle first = Open(Canary());
  const federation::OpenedBundle second = Open(Canary());
  EXPECT_TRUE(second.reserved.has_value());
  EXPECT_EQ(second.release.siblings_size(), 0);
}

TEST_F(WitnessedCanaryTest, AuditsFindNothingWrong) {
  std::vector<federation::OpenedBundle> bundles;
  bundles.push_back(Open(Canary()));
  bundles.push_back(Open(Canary()));
  const DatabaseCopy desk = sim_.CopyOfDesk();
  const DatabaseCopy ohio = sim_.CopyOf("ohio");
  std::vector<std::unique_ptr<federation::LogCopy>> copies;
  for (const DatabaseCopy* const copy : {&desk, &ohio}) {
    EXPECT_OK(federation::VerifyLedgerFile(copy->path(), sim_.federation().pin).status());
    auto opened = federation::LogCopy::Open(copy->path(), sim_.federation().pin);
    ASSERT_OK(opened.status());
    copies.push_back(*std::move(opened));
  }
  federation::AuditReport report;
  ASSERT_OK(federation::AuditSiblings(bundles, copies, report));
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines,
              ::testing::Not(::testing::Contains(::testing::HasSubstr("in none of the files"))));
}

// A canary round of the gap comes back into a restored ledger, and costs nothing there either.
TEST_F(WitnessedCanaryTest, RebaseKnowsTheRound) {
  Canary();
  ASSERT_OK_AND_ASSIGN(const auto known, federation::KnownAttemptsIn(sim_.desk_database()));
  ASSERT_EQ(known.attempts_size(), 1);
  v1::KnownAttempt attempt;
  ASSERT_TRUE(attempt.ParseFromString(known.attempts(0)));
  EXPECT_EQ(attempt.charge_size(), 0);
  v1::RebaseFile file;
  file.add_known(known.attempts(0));
  ASSERT_OK_AND_ASSIGN(const auto debits, federation::KnownDebits(file));
  EXPECT_TRUE(debits[0].charges_nothing);
  // With a line beside it, it is no canary round any more.
  attempt.add_charge()->set_units(1);
  file.set_known(0, attempt.SerializeAsString());
  EXPECT_EQ(base::ReasonOf(federation::KnownDebits(file).status()), "malformed");
}

TEST_F(WitnessedCanaryTest, QuestionOfAGapWithoutItsLinesIsRefused) {
  ASSERT_TRUE(sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody))).ok());
  ASSERT_OK_AND_ASSIGN(const auto known, federation::KnownAttemptsIn(sim_.desk_database()));
  v1::KnownAttempt attempt;
  ASSERT_TRUE(attempt.ParseFromString(known.attempts(0)));
  attempt.clear_charge();
  v1::RebaseFile file;
  file.add_known(attempt.SerializeAsString());
  EXPECT_EQ(base::ReasonOf(federation::KnownDebits(file).status()), "malformed");
}

// An aggregator, and an analyst in league with it, that sign what does not fit.
class HostileCanaryTest : public ::testing::Test, protected HostileRound {
 protected:
  HostileCanaryTest() : HostileRound(WithCanary(), v1::COMPARTMENT_CANARY) {}
};

TEST_F(HostileCanaryTest, UnchangedManifestIsDealtAndANodeAsksForDeals) {
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, false), "");
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, true), "no_dealers");
}
// Patients for nothing.
TEST_F(HostileCanaryTest, RealProductIsRefused) {
  ExpectRefused([this](v1::Manifest& m) { ReplacePlan(m, "canary@1", "allo-hct@1"); },
                "bad_canary");
}
TEST_F(HostileCanaryTest, RealProductBesideTheCanaryIsRefused) {
  ExpectRefused([this](v1::Manifest& m) { ReplacePlan(m, "canary@1", "allo-hct@1,canary@1"); },
                "bad_canary");
}
TEST_F(HostileCanaryTest, CanaryProductUnderARealChargeIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) {
        ReplacePlan(m, "charge=canary", "charge=adhoc");
        m.mutable_charge()->set_compartment(v1::COMPARTMENT_ADHOC);
        m.mutable_charge()->set_units(query::kCanaryUnits);
      },
      "bad_canary");
}
TEST_F(HostileCanaryTest, CanaryThatIsChargedIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_units(query::kCanaryUnits); },
                "charge_mismatch");
}
TEST_F(HostileCanaryTest, ChargeInABudgetIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_compartment(v1::COMPARTMENT_ADHOC); },
                "charge_mismatch");
}
TEST_F(HostileCanaryTest, LessNoiseIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) { m.mutable_noise()->set_numerator(m.noise().numerator() / 2); },
      "noise_mismatch");
}
TEST_F(HostileCanaryTest, CohortIsRefused) {
  ExpectRefused([this](v1::Manifest& m) { ReplacePlan(m, "cohort=all", "cohort=disease:all"); },
                "bad_canary");
}

// A question whose charge says that it is a canary.
class HostileFreeQuestionTest : public ::testing::Test, protected HostileRound {
 protected:
  HostileFreeQuestionTest() : HostileRound(WithCanary()) {}
};

TEST_F(HostileFreeQuestionTest, QuestionWithACanarysChargeIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) {
        m.mutable_charge()->set_compartment(v1::COMPARTMENT_CANARY);
        m.mutable_charge()->set_units(0);
      },
      "charge_mismatch");
}
TEST_F(HostileFreeQuestionTest, QuestionThatCallsItselfACanaryIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) {
        ReplacePlan(m, "charge=adhoc:96924905894", "charge=canary:8589934592");
        m.mutable_charge()->set_compartment(v1::COMPARTMENT_CANARY);
        m.mutable_charge()->set_units(0);
      },
      "bad_canary");
}

}  // namespace
}  // namespace perdura::simulation
