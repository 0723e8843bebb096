#include "query/planned_releases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/reason.h"
#include "query/line_caps.h"
#include "query/round_terms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;
using ::testing::HasSubstr;

constexpr uint64_t kTwo = 96'924'905'894;  // rho(2, 1e-6); two of them fit the cap, six do not

// A charter with two products and the plans of some tables in it.
class PlannedReleasesTest : public ::testing::Test {
 protected:
  std::string PlanText(const std::string& endpoint, uint64_t units = kTwo,
                       std::vector<std::string> products = {}) {
    PlanRequest request = QuestionAbout(endpoint);
    request.charge_units = units;
    request.products = std::move(products);
    return PlanOf(request, *Charter()).text();
  }
  void Add(const std::string& id, const std::string& plan) {
    v1::PlannedRelease& planned = *proto_.add_planned_releases();
    planned.set_id(id);
    planned.set_plan(plan);
  }
  std::shared_ptr<const federation::Charter> Charter() {
    auto charter = federation::Charter::Create(proto_.SerializeAsString());
    EXPECT_OK(charter.status());
    return *charter;
  }
  void ExpectBad(const std::string& hint) {
    const absl::Status status = CheckPlannedReleases(*Charter());
    EXPECT_EQ(base::ReasonOf(status), "bad_planned_release") << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(hint));
  }
  std::vector<federation::PlannedCharge> On(const char* product,
                                            v1::Compartment compartment = v1::COMPARTMENT_ADHOC) {
    auto charges = PlannedCharges(compartment, product, *Charter());
    EXPECT_OK(charges.status());
    return *charges;
  }

  v1::Charter proto_ = TestFederation::Make({.products_per_patient = 2}).charter;
};

TEST_F(PlannedReleasesTest, CanonicalPlansThatFitPass) {
  Add("survival@1", PlanText("overall-survival@1"));
  Add("disease-free@1", PlanText("disease-free-survival@1"));
  EXPECT_OK(CheckPlannedReleases(*Charter()));
}

TEST_F(PlannedReleasesTest, PlanThatIsNotCanonicalIsRefused) {
  Add("survival@1", PlanText("overall-survival@1") + " ");
  ExpectBad("survival@1");
}

TEST_F(PlannedReleasesTest, NameThatTheCharterLacksIsRefused) {
  Add("survival@1", PlanText("overall-survival@1"));
  proto_.mutable_data_cuts(0)->set_id("2027@1");
  ExpectBad("unknown `bmt@1`");
}

// A dealer's sigma would be below 3.
TEST_F(PlannedReleasesTest, ChargeThatCannotBeOfferedIsRefused) {
  Add("survival@1", PlanText("overall-survival@1", uint64_t{1} << 57));
  ExpectBad("cannot be offered");
}

TEST_F(PlannedReleasesTest, PlannedChargesMustFitTheLineTogether) {
  const uint64_t cap = TestOptions().cap_units;
  Add("survival@1", PlanText("overall-survival@1", cap - kTwo));
  Add("disease-free@1", PlanText("disease-free-survival@1"));
  EXPECT_OK(CheckPlannedReleases(*Charter()));
  proto_.mutable_planned_releases(1)->set_plan(PlanText("disease-free-survival@1", kTwo + 1));
  ExpectBad("period 2026 exceed its cap");
}

TEST_F(PlannedReleasesTest, PlannedChargesMustFitTheLifetimeTogether) {
  v1::LifetimeCap& cap = *proto_.add_lifetime_caps();
  cap.set_compartment(v1::COMPARTMENT_ADHOC);
  cap.set_product("auto-hct@1");
  cap.mutable_cap()->set_units(2 * kTwo - 1);
  Add("survival@1", PlanText("overall-survival@1"));
  EXPECT_OK(CheckPlannedReleases(*Charter()));
  Add("disease-free@1", PlanText("disease-free-survival@1"));
  ExpectBad("auto-hct@1 exceed its lifetime cap");
}

TEST_F(PlannedReleasesTest, ChargesStandOnTheProductsOfTheirPlan) {
  Add("both@1", PlanText("overall-survival@1"));
  Add("allo@1", PlanText("overall-survival@1", kTwo, {"allo-hct@1"}));
  const auto allo = On("allo-hct@1");
  ASSERT_EQ(allo.size(), 2u);
  EXPECT_EQ(allo[0].units, kTwo);
  EXPECT_EQ(allo[0].period, "2026");
  ASSERT_EQ(On("auto-hct@1").size(), 1u);
  EXPECT_EQ(On("auto-hct@1")[0].plan_hash, allo[0].plan_hash);
  EXPECT_TRUE(On("allo-hct@1", v1::COMPARTMENT_FLAGSHIP).empty());
}

TEST_F(PlannedReleasesTest, ClosedCutSetsNothingAside) {
  Add("both@1", PlanText("overall-survival@1"));
  proto_.mutable_data_cuts(0)->set_state(v1::CUT_CLOSED);
  EXPECT_OK(CheckPlannedReleases(*Charter()));
  EXPECT_TRUE(On("allo-hct@1").empty());
}

TEST_F(PlannedReleasesTest, PlannedReleaseIsDrawnOnce) {
  Add("both@1", PlanText("overall-survival@1"));
  v1::Ask ask;
  ask.set_plan(PlanText("overall-survival@1"));
  EXPECT_OK(CheckDrawnOnce(ask, *Charter()));
  ask.set_repeat_of(std::string(32, 'r'));
  EXPECT_EQ(base::ReasonOf(CheckDrawnOnce(ask, *Charter())), "released_once");
  ask.set_plan(PlanText("disease-free-survival@1"));
  EXPECT_OK(CheckDrawnOnce(ask, *Charter()));
}

TEST_F(PlannedReleasesTest, LinesCarryEveryCap) {
  Add("both@1", PlanText("overall-survival@1"));
  v1::LifetimeCap& lifetime = *proto_.add_lifetime_caps();
  lifetime.set_compartment(v1::COMPARTMENT_ADHOC);
  lifetime.set_product("allo-hct@1");
  lifetime.mutable_cap()->set_units(9 * kTwo);
  proto_.mutable_purpose_caps(0)->mutable_cap()->set_units(7);
  proto_.mutable_analysts(0)->mutable_caps(0)->mutable_cap()->set_units(8);
  v1::Ask ask;
  ask.set_analyst("payer-desk");
  ask.set_purpose("evidence");
  const std::vector<Line> lines = {{v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 1},
                                   {v1::COMPARTMENT_ADHOC, "auto-hct@1", "2027", 1}};
  ASSERT_OK_AND_ASSIGN(const auto capped, CapLines(lines, ask, *Charter()));
  ASSERT_EQ(capped.size(), 2u);
  EXPECT_EQ(capped[0].cap_units, TestOptions().cap_units);
  EXPECT_EQ(capped[0].analyst_cap_units, 8u);
  EXPECT_EQ(capped[0].purpose_cap_units, 7u);
  EXPECT_EQ(capped[0].lifetime_cap_units, 9 * kTwo);
  EXPECT_EQ(capped[0].planned.size(), 1u);
  EXPECT_EQ(capped[1].cap_units, 0u);
  EXPECT_EQ(capped[1].lifetime_cap_units, std::nullopt);
  ask.set_purpose("marketing");
  ASSERT_OK_AND_ASSIGN(const auto other, CapLines(lines, ask, *Charter()));
  EXPECT_EQ(other[0].purpose_cap_units, 0u);
}

}  // namespace
}  // namespace perdura::query
