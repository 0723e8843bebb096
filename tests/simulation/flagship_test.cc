// Questions under the flagship law through the whole federation: dealt, released, verified,
// estimated and charged in epsilon; and everything that would mix it with the default law refused,
// by aggregator, steward and node each on its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_replace.h"
#include "base/reason.h"
#include "federation/bundle/bundle.h"
#include "query/estimate.h"
#include "query/round_terms.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

constexpr uint64_t kEpsilonOne = uint64_t{1} << 40;
// P of the levels 1 and 2: the second is less noise.
constexpr uint64_t kLevelOne = 1'580'030'169;
constexpr uint64_t kLevelTwo = 581'260'616;

class FlagshipTest : public ::testing::Test {
 protected:
  FlagshipTest()
      : sim_(TestFederation::Make({.flagship_cap_units = 2 * kEpsilonOne}), /*seed=*/11, Faults{},
             OneCellEach(25)) {
    sim_.Settle();
  }
  std::string Text(uint64_t units = kEpsilonOne, std::vector<query::AttributeClause> cohort = {}) {
    return PlanText(*sim_.charter(), kEverybody, units, std::move(cohort),
                    v1::COMPARTMENT_FLAGSHIP);
  }
  v1::Answer Answered(const std::string& plan) {
    const auto answer = sim_.Ask(sim_.MakeAsk(plan));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::Answer();
  }
  std::string Refused(const std::string& plan) {
    return base::ReasonOf(sim_.Ask(sim_.MakeAsk(plan)).status());
  }
  // Spent at the aggregator and at every node, which must agree.
  uint64_t Spent(v1::Compartment compartment) {
    const federation::ChargeLine line = {compartment, "allo-hct@1", "2026", 0};
    const uint64_t spent = sim_.store().Spent(line).value_or(UINT64_MAX);
    for (const std::string& node : sim_.charter()->NodeIds()) {
      EXPECT_EQ(federation::ChargeLedger(sim_.registry(node)).Spent(line).value_or(UINT64_MAX),
                spent)
          << node;
    }
    return spent;
  }

  SimulatedFederation sim_;
};

TEST_F(FlagshipTest, QuestionGivesAReleaseThatVerifiesOffline) {
  const v1::Answer answer = Answered(Text());
  ASSERT_OK_AND_ASSIGN(const federation::OpenedBundle opened,
                       federation::OpenBundle(BundleOf(answer), sim_.federation().pin));
  EXPECT_EQ(opened.release.noise().law(), v1::DISCRETE_LAPLACE);
  EXPECT_EQ(opened.release.noise().numerator(), kLevelOne);
  EXPECT_EQ(opened.release.noise().denominator(), uint64_t{1} << 32);
  EXPECT_EQ(opened.commit.dealers_size(), 3);
  ASSERT_OK_AND_ASSIGN(const query::Plan plan,
                       query::Plan::Parse(opened.release.plan(), *opened.charter));
  ASSERT_OK_AND_ASSIGN(const query::RoundTerms terms,
                       query::RoundTerms::Create(plan, *opened.charter));
  EXPECT_OK(terms.CheckManifest(opened.manifest));
}

TEST_F(FlagshipTest, EstimateShowsTheNoiseOfAllDealers) {
  const v1::Release release = ReleaseOf(Answered(Text()));
  ASSERT_OK_AND_ASSIGN(const query::Plan plan, query::Plan::Parse(release.plan(), *sim_.charter()));
  ASSERT_OK_AND_ASSIGN(const query::RoundTerms terms,
                       query::RoundTerms::Create(plan, *sim_.charter()));
  ASSERT_OK_AND_ASSIGN(const query::Estimates estimates,
                       query::Estimate(plan, terms.layout(), *sim_.charter(), release, {}));
  EXPECT_NEAR(estimates.row_noise_variance, 1.5 * 1.84134719, 1e-8);
  // A hundred patients in the first of 16 cells; the sum of their noises has sd 6.6.
  EXPECT_NEAR(*estimates.groups[0].n, 100, 33);
}

// Level 1/8, variance 1.5 x 127.83 on each of 17 rows. The squares have mean 17 and, at the
// kurtosis of the law, sd below 11: [2, 72] holds with probability above 0.999; the seed is fixed.
TEST_F(FlagshipTest, ReleaseDiffersFromTheExactCellsByNoiseOfTheStatedSize) {
  const v1::Release release = ReleaseOf(Answered(Text(kEpsilonOne / 8)));
  ASSERT_EQ(release.values_size(), 17);
  double squares = 0;
  for (int row = 0; row < release.values_size(); ++row) {
    const double exact = row == 0 ? 100 : 0;
    squares += std::pow(static_cast<double>(release.values(row)) - exact, 2);
  }
  squares /= 1.5 * 127.833464;
  EXPECT_GT(squares, 2);
  EXPECT_LT(squares, 72);
}

TEST_F(FlagshipTest, EachCompartmentIsChargedInItsOwnCurrency) {
  Answered(Text());
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), kEpsilonOne);
  EXPECT_EQ(Spent(v1::COMPARTMENT_ADHOC), 0u);
  Answered(PlanText(*sim_.charter(), kEverybody));
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), kEpsilonOne);
  EXPECT_EQ(Spent(v1::COMPARTMENT_ADHOC), sim_.charter()->proto().default_charge().units());
}

TEST_F(FlagshipTest, SpentFlagshipBudgetRefusesOnlyFlagship) {
  Answered(Text());
  Answered(Text(kEpsilonOne, {{"disease", {"all"}}}));
  EXPECT_EQ(Refused(Text(kEpsilonOne / 8, {{"disease", {"aml-low"}}})), "analyst_cap");
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), 2 * kEpsilonOne);
  Answered(PlanText(*sim_.charter(), kEverybody));
}

TEST_F(FlagshipTest, SamePlanIsFree) {
  const v1::Answer first = Answered(Text());
  const v1::Answer second = Answered(Text());
  EXPECT_EQ(second.bundle(), first.bundle());
  EXPECT_TRUE(second.from_store());
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), kEpsilonOne);
}

// The same patients under the other law without one hospital would show that hospital.
TEST_F(FlagshipTest, OverlapCountsAcrossTheLaws) {
  Answered(PlanText(*sim_.charter(), kEverybody));
  sim_.Stop("alfred");
  EXPECT_EQ(Refused(Text()), "overlap");
}

TEST_F(FlagshipTest, AggregatorRefusesAnEpsilonOffTheList) {
  for (const uint64_t units : {kEpsilonOne + 1, 3 * kEpsilonOne, uint64_t{26'779'672'616}}) {
    EXPECT_EQ(Refused(Text(units)), "noise_mismatch") << units;
  }
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), 0u);
}

TEST_F(FlagshipTest, AggregatorRefusesAPlanThatMixesTheLaws) {
  EXPECT_EQ(Refused(absl::StrReplaceAll(Text(), {{"discrete-laplace", "discrete-gaussian"}})),
            "plan_not_canonical");
  EXPECT_EQ(Refused(absl::StrReplaceAll(Text(), {{"charge=flagship", "charge=adhoc"}})),
            "plan_not_canonical");
  EXPECT_EQ(Refused(absl::StrReplaceAll(Text(), {{"=identity", "=curative-g8-j1@1"}})),
            "unknown_name");
  EXPECT_EQ(Spent(v1::COMPARTMENT_FLAGSHIP), 0u);
  EXPECT_EQ(Spent(v1::COMPARTMENT_ADHOC), 0u);
}

TEST_F(FlagshipTest, CharterWithoutAFlagshipBudgetRefuses) {
  SimulatedFederation without(TestFederation::Make(), /*seed=*/11, Faults{}, OneCellEach(25));
  without.Settle();
  EXPECT_EQ(base::ReasonOf(without.Ask(without.MakeAsk(Text())).status()), "analyst_cap");
}

// An aggregator, and an analyst in league with it, that sign what does not fit.
class HostileFlagshipTest : public ::testing::Test, protected HostileRound {
 protected:
  HostileFlagshipTest()
      : HostileRound({.flagship_cap_units = 5 * kEpsilonOne}, v1::COMPARTMENT_FLAGSHIP,
                     kEpsilonOne) {}
};

TEST_F(HostileFlagshipTest, UnchangedManifestIsDealtAndANodeAsksForDeals) {
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, false), "");
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, true), "no_dealers");
}
TEST_F(HostileFlagshipTest, LevelWithLessNoiseIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_noise()->set_numerator(kLevelTwo); },
                "noise_mismatch");
}
TEST_F(HostileFlagshipTest, ParameterOffTheListIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_noise()->set_numerator(kLevelOne - 1); },
                "noise_mismatch");
}
TEST_F(HostileFlagshipTest, AnotherDenominatorIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_noise()->set_denominator(uint64_t{1} << 33); },
                "noise_mismatch");
}
TEST_F(HostileFlagshipTest, GaussianNoiseIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) {
        m.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN);
        m.mutable_noise()->set_numerator(9);
        m.mutable_noise()->set_denominator(1);
      },
      "noise_mismatch");
}
TEST_F(HostileFlagshipTest, RowsOfTheOtherLawAreRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_patient_bound(256); }, "layout_mismatch");
}
TEST_F(HostileFlagshipTest, LayoutOfTheOtherLawIsRefused) {
  const auto plan = query::Plan::Parse(PlanText(*sim_.charter(), kEverybody), *sim_.charter());
  ASSERT_OK(plan);
  const auto layout = query::Layout::Create(*plan, *sim_.charter());
  ASSERT_OK(layout);
  ExpectRefused([&](v1::Manifest& m) { m.set_layout_hash(layout->hash()); }, "layout_mismatch");
}
TEST_F(HostileFlagshipTest, ChargeInTheOtherCompartmentIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_compartment(v1::COMPARTMENT_ADHOC); },
                "charge_mismatch");
}
TEST_F(HostileFlagshipTest, LowerChargeIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_units(kEpsilonOne / 8); },
                "charge_mismatch");
}
TEST_F(HostileFlagshipTest, EpsilonOffTheListIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) {
        ReplacePlan(m, "flagship:1099511627776", "flagship:1099511627775");
        m.mutable_charge()->set_units(kEpsilonOne - 1);
      },
      "noise_mismatch");
}
TEST_F(HostileFlagshipTest, PlanWithAStrategyOfTheCharterIsRefused) {
  ExpectRefused([this](v1::Manifest& m) { ReplacePlan(m, "=identity", "=curative-g8-j1@1"); },
                "unknown_name");
}
TEST_F(HostileFlagshipTest, PlanWithTheOtherMechanismIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) { ReplacePlan(m, "discrete-laplace", "discrete-gaussian"); },
      "plan_not_canonical");
}
// Flagship noise on a table charged in rho.
TEST_F(HostileFlagshipTest, FlagshipPlanChargedAsAdhocIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) {
        ReplacePlan(m, "charge=flagship", "charge=adhoc");
        m.mutable_charge()->set_compartment(v1::COMPARTMENT_ADHOC);
      },
      "plan_not_canonical");
}

}  // namespace
}  // namespace perdura::simulation
