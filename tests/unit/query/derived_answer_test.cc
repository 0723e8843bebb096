#include "query/derived_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_replace.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using ::testing::ElementsAre;

constexpr char kExitByDeath[] = "overall-survival@1";
constexpr char kLateEntry[] = "late-entry-survival@1";

// A second cut, a second scope, and grids that end early or have a knot of their own; these two
// have no strategy, so `flagship` alone can ask on them.
void AddChoices(v1::Charter& charter) {
  v1::DataCut& cut = *charter.add_data_cuts();
  cut = charter.data_cuts(0);
  cut.set_id("bmt@2");
  v1::RoleScope& role = *charter.add_role_scopes();
  role.set_role("regulator");
  role.set_scope(v1::REGULATORY);
  const auto add = [&](const char* id, std::initializer_list<uint32_t> knots) {
    v1::TimeGrid& grid = *charter.add_grids();
    grid.set_id(id);
    for (const uint32_t knot : knots) grid.add_knots(knot);
  };
  add("year@1", {1, 6, 12});
  add("odd@1", {1, 7, 60});
  AddCoarseGrid(charter);
}

class FollowsTest : public ::testing::Test {
 protected:
  static PlanRequest Request(const std::string& grid = "g8@1", const std::string& group_by = "") {
    PlanRequest request = QuestionAbout(kExitByDeath);
    request.grid = grid;
    request.group_by = group_by;
    return request;
  }
  static PlanRequest Flagship(const std::string& grid, const std::string& endpoint = kExitByDeath) {
    PlanRequest request = QuestionAbout(endpoint);
    request.grid = grid;
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    request.charge_units = uint64_t{1} << 40;
    return request;
  }
  std::optional<Derivation> Derive(const PlanRequest& asked, const PlanRequest& released) const {
    return Follows(PlanOf(asked, *charter_), PlanOf(released, *charter_), *charter_);
  }
  // "no" or what is done.
  std::string Text(const PlanRequest& asked, const PlanRequest& released) const {
    const auto derivation = Derive(asked, released);
    return derivation.has_value() ? derivation->text : "no";
  }

  const std::shared_ptr<const federation::Charter> charter_ = LoadTestCharter(
      {.flagship_cap_units = uint64_t{4} << 40, .products_per_patient = 2}, AddChoices);
};

TEST_F(FollowsTest, EveryPlanFollowsFromItself) {
  for (const char* group_by : {"", "disease"}) {
    EXPECT_EQ(Text(Request("g15@1", group_by), Request("g15@1", group_by)), kDirect);
  }
}

TEST_F(FollowsTest, CoarserGridFollowsBinByBin) {
  const auto derivation = Derive(Request("g4@1"), Request("g8@1"));
  ASSERT_TRUE(derivation.has_value());
  EXPECT_EQ(derivation->text, "grid g4@1 out of g8@1");
  // Knots 1 3 6 | 9 12 | 24 36 | 60.
  EXPECT_THAT(derivation->bins, ElementsAre(0, 0, 0, 1, 1, 2, 2, 3));
}

TEST_F(FollowsTest, FinerGridDoesNot) { EXPECT_EQ(Text(Request("g8@1"), Request("g4@1")), "no"); }

// g15 has no knot at 9 months.
TEST_F(FollowsTest, KnotThatTheReleaseLacksDoesNot) {
  EXPECT_EQ(Text(Request("g8@1"), Request("g15@1")), "no");
  EXPECT_EQ(Text(Flagship("odd@1"), Flagship("g15@1")), "no");
}

TEST_F(FollowsTest, EarlierLastKnotCensorsWhatComesLater) {
  const auto derivation = Derive(Flagship("year@1"), Flagship("g8@1"));
  ASSERT_TRUE(derivation.has_value());
  // Knots 1 3 6 9 12 24 36 60 against 1 6 12.
  EXPECT_THAT(derivation->bins, ElementsAre(0, 1, 1, 2, 2, 3, 3, 3));
}

TEST_F(FollowsTest, EarlierLastKnotDoesNotWithDelayedEntry) {
  EXPECT_EQ(Text(Flagship("year@1", kLateEntry), Flagship("g8@1", kLateEntry)), "no");
}

TEST_F(FollowsTest, TotalFollowsFromGroupsThatHoldEverybody) {
  const auto derivation = Derive(Request(), Request("g8@1", "disease"));
  ASSERT_TRUE(derivation.has_value());
  EXPECT_EQ(derivation->text, "sum over disease");
  EXPECT_THAT(derivation->groups, ElementsAre(ElementsAre(0, 1, 2, 3)));
}

TEST_F(FollowsTest, GroupsDoNotFollowFromTheTotalNorFromOthers) {
  EXPECT_EQ(Text(Request("g8@1", "disease"), Request()), "no");
  EXPECT_EQ(Text(Request("g8@1", "disease"), Request("g8@1", "sex")), "no");
}

// Canonical plans may name some categories only.
class SomeGroupsTest : public FollowsTest {
 protected:
  Plan WithGroups(const std::string& groups, const std::string& cohort = "all") const {
    const std::string text = absl::StrReplaceAll(
        PlanOf(Request(), *charter_).text(),
        {{"groups=none", "groups=" + groups}, {"cohort=all", "cohort=" + cohort}});
    const auto plan = Plan::Parse(text, *charter_);
    EXPECT_OK(plan);
    return *plan;
  }
};

TEST_F(SomeGroupsTest, SomeGroupsFollowFromMore) {
  const auto derivation = Follows(WithGroups("disease:aml-high,unknown"),
                                  PlanOf(Request("g8@1", "disease"), *charter_), *charter_);
  ASSERT_TRUE(derivation.has_value());
  EXPECT_EQ(derivation->text, "groups aml-high unknown of disease");
  EXPECT_THAT(derivation->groups, ElementsAre(ElementsAre(1), ElementsAre(3)));
}

TEST_F(SomeGroupsTest, MoreGroupsDoNotFollowFromSome) {
  EXPECT_FALSE(Follows(PlanOf(Request("g8@1", "disease"), *charter_),
                       WithGroups("disease:aml-high,unknown"), *charter_));
}

// Who is in no group is not in the table.
TEST_F(SomeGroupsTest, TotalDoesNotFollowIfACategoryIsMissing) {
  EXPECT_FALSE(
      Follows(PlanOf(Request(), *charter_), WithGroups("disease:all,aml-high,aml-low"), *charter_));
}

TEST_F(SomeGroupsTest, TotalOfACohortFollowsFromItsCategories) {
  const std::string cohort = "disease:aml-high,aml-low";
  EXPECT_TRUE(Follows(WithGroups("none", cohort), WithGroups(cohort, cohort), *charter_));
  EXPECT_FALSE(
      Follows(WithGroups("none", cohort), WithGroups("disease:aml-high", cohort), *charter_));
}

TEST_F(FollowsTest, OtherKindsFollowFromTheirGroups) {
  for (const char* endpoint : {"status-12@1", "safety-12@1", "age@1"}) {
    PlanRequest asked = QuestionAbout(endpoint);
    asked.grid = "";
    PlanRequest released = asked;
    released.group_by = "sex";
    EXPECT_EQ(Text(asked, released), "sum over sex") << endpoint;
    EXPECT_TRUE(Derive(asked, released)->bins.empty());
  }
}

TEST_F(FollowsTest, LargerChargeAnswersASmallerOneAndNeverTheOtherWayRound) {
  PlanRequest cheap = Request();
  cheap.charge_units = 1'000'000'000;
  PlanRequest dear = Request();
  dear.charge_units = 1'000'000'001;
  EXPECT_EQ(Text(cheap, dear), "larger charge");
  EXPECT_EQ(Text(dear, cheap), "no");
}

TEST_F(FollowsTest, StepsAreListedInOrder) {
  PlanRequest cheap = Request("g4@1");
  cheap.charge_units = 1'000'000'000;
  EXPECT_EQ(Text(cheap, Request("g8@1", "sex")),
            "sum over sex; grid g4@1 out of g8@1; larger charge");
}

TEST_F(FollowsTest, NothingFollowsFromAnotherQuestion) {
  const auto other = [this](auto change) {
    PlanRequest released = Request();
    change(released);
    return Text(Request(), released);
  };
  EXPECT_EQ(other([](PlanRequest&) {}), kDirect);
  EXPECT_EQ(other([](PlanRequest& r) { r.cut = "bmt@2"; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r.role = "regulator"; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r.cross_border = true; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r.products = {"allo-hct@1"}; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r.cohort = {{"disease", {"all"}}}; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r.endpoint = kLateEntry; }), "no");
  EXPECT_EQ(other([](PlanRequest& r) { r = Flagship("g8@1"); }), "no");
}

}  // namespace
}  // namespace perdura::query
