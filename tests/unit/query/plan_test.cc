#include "query/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::perdura::test_support::TestFederation;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kText =
    "perdura-plan/1 charge=adhoc:26779672616 cohort=age-band:20-39,40-plus;disease:aml-low "
    "cross_border=no cut=bmt@1 endpoint=overall-survival@1 grid=g15@1 "
    "groups=sex:female,male,unknown index=first mechanism=discrete-gaussian products=allo-hct@1 "
    "scope=research strategy=curative-g15-j1@1";

std::shared_ptr<const federation::Charter> LoadCharter(
    const std::function<void(v1::Charter&)>& edit = [](v1::Charter&) {},
    const test_support::TestOptions& options = {}) {
  TestFederation fed = TestFederation::Make(options);
  edit(fed.charter);
  const auto charter = federation::Charter::Create(fed.charter.SerializeAsString());
  EXPECT_OK(charter);
  return *charter;
}

class PlanTest : public ::testing::Test {
 protected:
  static PlanRequest Request() {
    PlanRequest request;
    request.endpoint = "overall-survival@1";
    request.cut = "bmt@1";
    request.grid = "g15@1";
    request.products = {"allo-hct@1"};
    request.cohort = {{"age-band", {"20-39", "40-plus"}}, {"disease", {"aml-low"}}};
    request.group_by = "sex";
    request.role = "researcher";
    request.charge_units = 26'779'672'616;
    return request;
  }

  const std::shared_ptr<const federation::Charter> charter_ = LoadCharter();
};

TEST_F(PlanTest, CanonicalTextParsesToItself) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Parse(kText, *charter_));
  EXPECT_EQ(plan.text(), kText);
  EXPECT_EQ(plan.charge().units, 26'779'672'616u);
  ASSERT_EQ(plan.cohort().size(), 2u);
  EXPECT_EQ(plan.cohort()[0].attribute, "age-band");
  EXPECT_THAT(plan.cohort()[0].categories, ElementsAre("20-39", "40-plus"));
  EXPECT_EQ(plan.groups().attribute, "sex");
  EXPECT_THAT(plan.groups().categories, ElementsAre("female", "male", "unknown"));
  EXPECT_FALSE(plan.cross_border());
  EXPECT_EQ(plan.cut(), "bmt@1");
  EXPECT_EQ(plan.endpoint(), "overall-survival@1");
  EXPECT_EQ(plan.grid(), "g15@1");
  EXPECT_THAT(plan.products(), ElementsAre("allo-hct@1"));
  EXPECT_EQ(plan.scope(), v1::RESEARCH);
  EXPECT_EQ(plan.strategy(), "curative-g15-j1@1");
}

// By sha256sum over kText.
TEST_F(PlanTest, HashIsSha256OfText) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Parse(kText, *charter_));
  EXPECT_EQ(base::HexEncode(plan.hash()),
            "2c2848b1b53b8057cff3f31812ffec7f6b653603f1e107f683f7a9caafb8933f");
}

TEST_F(PlanTest, RequestPrintsTheSameText) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(Request(), *charter_));
  EXPECT_EQ(plan.text(), kText);
}

TEST_F(PlanTest, OrderAndRepeatsInARequestDoNotMatter) {
  PlanRequest request = Request();
  request.cohort = {{"disease", {"aml-low", "aml-low"}}, {"age-band", {"40-plus", "20-39"}}};
  request.products = {"allo-hct@1", "allo-hct"};
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  EXPECT_EQ(plan.text(), kText);
}

TEST_F(PlanTest, NamesWithoutVersionAreFilledIn) {
  PlanRequest request = Request();
  request.endpoint = "overall-survival";
  request.cut = "bmt";
  request.grid = "g15";
  request.products = {"allo-hct"};
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  EXPECT_EQ(plan.text(), kText);
}

TEST_F(PlanTest, NameWithTwoVersionsIsAsked) {
  const auto charter = LoadCharter([](v1::Charter& edited) {
    v1::DataCut second = edited.data_cuts(0);
    second.set_id("bmt@2");
    *edited.add_data_cuts() = second;
  });
  PlanRequest request = Request();
  request.cut = "bmt";
  EXPECT_THAT(Plan::Build(request, *charter),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("bmt@1, bmt@2")));
}

TEST_F(PlanTest, DefaultsAreWrittenOut) {
  PlanRequest request;
  request.endpoint = "overall-survival";
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  EXPECT_EQ(plan.text(),
            "perdura-plan/1 charge=adhoc:96924905894 cohort=all cross_border=no cut=bmt@1 "
            "endpoint=overall-survival@1 grid=g8@1 groups=none index=first "
            "mechanism=discrete-gaussian products=allo-hct@1 scope=research "
            "strategy=curative-g8-j1@1");
}

TEST_F(PlanTest, ProductsAreSorted) {
  const auto charter = LoadCharter([](v1::Charter&) {}, {.products_per_patient = 2});
  PlanRequest request = Request();
  request.products = {"auto-hct", "allo-hct"};
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter));
  EXPECT_THAT(plan.products(), ElementsAre("allo-hct@1", "auto-hct@1"));
}

TEST_F(PlanTest, ErrorListsWhatThereIs) {
  PlanRequest request = Request();
  request.endpoint = "os";
  EXPECT_THAT(Plan::Build(request, *charter_),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("endpoint: unknown `os`; the charter has: overall-survival@1, "
                                 "disease-free-survival@1")));
}

TEST_F(PlanTest, RoleWithoutScopeIsNotAllowed) {
  PlanRequest request = Request();
  request.role = "visitor";
  EXPECT_THAT(Plan::Build(request, *charter_),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       AllOf(HasSubstr("not_allowed"), HasSubstr("researcher"))));
}

TEST_F(PlanTest, AttributeTwiceInARequestIsRefused) {
  PlanRequest request = Request();
  request.cohort = {{"disease", {"aml-low"}}, {"disease", {"all"}}};
  EXPECT_THAT(Plan::Build(request, *charter_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("disease")));
}

TEST_F(PlanTest, AttributeThatMayNotGroupIsNotAllowed) {
  const auto charter =
      LoadCharter([](v1::Charter& edited) { edited.mutable_attributes(1)->set_may_group(false); });
  EXPECT_EQ(base::ReasonOf(Plan::Parse(kText, *charter).status()), "not_allowed");
}

TEST_F(PlanTest, OverlapKeyIgnoresChargeGridAndGroups) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Parse(kText, *charter_));
  PlanRequest request = Request();
  request.charge_units = 1'000'000'000;
  request.grid = "g8";
  request.group_by = "";
  ASSERT_OK_AND_ASSIGN(const Plan other, Plan::Build(request, *charter_));
  EXPECT_NE(plan.hash(), other.hash());
  EXPECT_EQ(plan.overlap_key(), other.overlap_key());
}

TEST_F(PlanTest, OverlapKeyTellsWhoIsReadApart) {
  const auto charter = LoadCharter(
      [](v1::Charter& edited) {
        v1::RoleScope& scope = *edited.add_role_scopes();
        scope.set_role("assessor");
        scope.set_scope(v1::REGULATORY);
        v1::DataCut second = edited.data_cuts(0);
        second.set_id("bmt@2");
        *edited.add_data_cuts() = second;
      },
      {.products_per_patient = 2});
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(Request(), *charter));
  const std::vector<std::function<void(PlanRequest&)>> edits = {
      [](PlanRequest& r) { r.endpoint = "disease-free-survival"; },
      [](PlanRequest& r) { r.cut = "bmt@2"; },
      [](PlanRequest& r) { r.role = "assessor"; },
      [](PlanRequest& r) { r.products = {"auto-hct"}; },
      [](PlanRequest& r) { r.cohort.pop_back(); },
  };
  for (const auto& edit : edits) {
    PlanRequest request = Request();
    edit(request);
    ASSERT_OK_AND_ASSIGN(const Plan other, Plan::Build(request, *charter));
    EXPECT_NE(plan.overlap_key(), other.overlap_key()) << other.text();
  }
}

constexpr absl::string_view kFlagshipText =
    "perdura-plan/1 charge=flagship:1099511627776 cohort=all cross_border=no cut=bmt@1 "
    "endpoint=overall-survival@1 grid=g15@1 groups=none index=first mechanism=discrete-laplace "
    "products=allo-hct@1 scope=research strategy=identity";

class FlagshipPlanTest : public PlanTest {
 protected:
  static PlanRequest FlagshipRequest() {
    PlanRequest request = Request();
    request.cohort = {};
    request.group_by = "";
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    request.charge_units = uint64_t{1} << 40;
    return request;
  }
  // Plan::Parse after one change of kFlagshipText.
  absl::Status Changed(const char* from, const char* to) const {
    const std::string text = absl::StrReplaceAll(kFlagshipText, {{from, to}});
    EXPECT_NE(text, kFlagshipText);
    return Plan::Parse(text, *charter_).status();
  }
};

TEST_F(FlagshipPlanTest, CanonicalTextParsesToItself) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Parse(kFlagshipText, *charter_));
  EXPECT_EQ(plan.text(), kFlagshipText);
  EXPECT_EQ(plan.charge().compartment, v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(plan.charge().units, uint64_t{1} << 40);
  EXPECT_EQ(plan.strategy(), kIdentityStrategy);
}

TEST_F(FlagshipPlanTest, RequestPrintsTheSameText) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(FlagshipRequest(), *charter_));
  EXPECT_EQ(plan.text(), kFlagshipText);
}

// The same patients, so an overlap counts across the laws.
TEST_F(FlagshipPlanTest, OverlapKeyIsThatOfTheDefaultLaw) {
  PlanRequest request = FlagshipRequest();
  ASSERT_OK_AND_ASSIGN(const Plan flagship, Plan::Build(request, *charter_));
  request.compartment = v1::COMPARTMENT_ADHOC;
  ASSERT_OK_AND_ASSIGN(const Plan adhoc, Plan::Build(request, *charter_));
  EXPECT_NE(flagship.hash(), adhoc.hash());
  EXPECT_EQ(flagship.overlap_key(), adhoc.overlap_key());
}

TEST_F(FlagshipPlanTest, HasNoDefaultCharge) {
  PlanRequest request = FlagshipRequest();
  request.charge_units = 0;
  EXPECT_THAT(Plan::Build(request, *charter_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("names its epsilon")));
}

// No strategy of the charter is needed, hence no particular grid.
TEST_F(FlagshipPlanTest, DefaultGridIsTheChartersFirst) {
  PlanRequest request = FlagshipRequest();
  request.grid = "";
  ASSERT_OK_AND_ASSIGN(const Plan plan, Plan::Build(request, *charter_));
  EXPECT_EQ(plan.grid(), "g8@1");
}

TEST_F(FlagshipPlanTest, CompartmentLawAndStrategyBelongTogether) {
  EXPECT_EQ(base::ReasonOf(Changed("discrete-laplace", "discrete-gaussian")), "plan_not_canonical");
  EXPECT_EQ(base::ReasonOf(Changed("charge=flagship", "charge=adhoc")), "plan_not_canonical");
  EXPECT_EQ(base::ReasonOf(Changed("strategy=identity", "strategy=curative-g15-j1@1")),
            "unknown_name");
  EXPECT_EQ(
      base::ReasonOf(
          Plan::Parse(absl::StrReplaceAll(kText, {{"=curative-g15-j1@1", "=identity"}}), *charter_)
              .status()),
      "unknown_name");
}

TEST_F(FlagshipPlanTest, ChargeOfAHeldPlanIsReadWithoutACharter) {
  ASSERT_OK_AND_ASSIGN(const PlanCharge charge, ChargeOfPlanText(kFlagshipText));
  EXPECT_EQ(charge.compartment, v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(charge.units, uint64_t{1} << 40);
  EXPECT_EQ(base::ReasonOf(ChargeOfPlanText("perdura-plan/1 cohort=all").status()),
            "plan_not_canonical");
}

// One change of the canonical text, and what must come of it.
struct BadPlan {
  const char* name;
  const char* from;
  const char* to;
  const char* reason;
  // The plan field that the message names.
  const char* key;
};

class BadPlanTest : public ::testing::TestWithParam<BadPlan> {};

TEST_P(BadPlanTest, IsRefusedWithItsWord) {
  const BadPlan& bad = GetParam();
  const auto charter = LoadCharter();
  ASSERT_OK(Plan::Parse(kText, *charter));
  const std::string text = absl::StrReplaceAll(kText, {{bad.from, bad.to}});
  ASSERT_NE(text, kText);
  const absl::Status status = Plan::Parse(text, *charter).status();
  EXPECT_EQ(base::ReasonOf(status), bad.reason) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat(": ", bad.key)));
}

constexpr BadPlan kUnknown[] = {
    {"Product", "products=allo-hct@1", "products=allo-hct@2", "unknown_name", "products"},
    {"ProductAll", "products=allo-hct@1", "products=all", "unknown_name", "products"},
    {"Endpoint", "endpoint=overall-survival@1", "endpoint=os@1", "unknown_name", "endpoint"},
    {"EndpointVersion", "overall-survival@1", "overall-survival", "unknown_name", "endpoint"},
    {"Grid", "grid=g15@1", "grid=g16@1", "unknown_name", "grid"},
    {"CohortCategory", "disease:aml-low", "disease:aml-mid", "unknown_name", "cohort"},
    {"CohortAttribute", "disease:aml-low", "region:aml-low", "unknown_name", "cohort"},
    {"GroupCategory", "sex:female,male", "sex:boy,female", "unknown_name", "groups"},
    {"GroupAttribute", "groups=sex", "groups=zodiac", "unknown_name", "groups"},
    {"Cut", "cut=bmt@1", "cut=bmt@9", "unknown_name", "cut"},
    {"Strategy", "=curative-g15-j1@1", "=curative-g15-j9@1", "unknown_name", "strategy"},
    {"StrategyOfOtherGrid", "=curative-g15-j1@1", "=curative-g8-j1@1", "unknown_name", "strategy"},
    {"StrategyOfOtherCauses", "=curative-g15-j1@1", "=curative-g15-j2@1", "unknown_name",
     "strategy"},
};
constexpr BadPlan kForbidden[] = {
    {"Filter", ";disease:aml-low", ";disease:aml-low;sex:male", "not_allowed", "cohort"},
};
constexpr BadPlan kNotCanonical[] = {
    {"Header", "perdura-plan/1", "perdura-plan/2", "plan_not_canonical", "header"},
    {"KeyOrder", "cut=bmt@1 endpoint=overall-survival@1", "endpoint=overall-survival@1 cut=bmt@1",
     "plan_not_canonical", "cut"},
    {"TwoSpaces", " cut=", "  cut=", "plan_not_canonical", "fields"},
    {"SpaceAtEnd", "j1@1", "j1@1 ", "plan_not_canonical", "fields"},
    {"LineFeed", "j1@1", "j1@1\n", "plan_not_canonical", "text"},
    {"DuplicateKey", " cut=bmt@1", " cut=bmt@1 cut=bmt@1", "plan_not_canonical", "fields"},
    {"MissingKey", " index=first", "", "plan_not_canonical", "fields"},
    {"ForeignKey", "index=first", "indices=first", "plan_not_canonical", "index"},
    {"EmptyValue", "cut=bmt@1", "cut=", "plan_not_canonical", "cut"},
    {"UnsortedCategories", "20-39,40-plus", "40-plus,20-39", "plan_not_canonical", "cohort"},
    {"RepeatedCategory", "20-39,40-plus", "20-39,20-39", "plan_not_canonical", "cohort"},
    {"UnsortedAttributes", "age-band:20-39,40-plus;disease:aml-low",
     "disease:aml-low;age-band:20-39,40-plus", "plan_not_canonical", "cohort"},
    {"RepeatedAttribute", ";disease:aml-low", ";disease:all;disease:aml-low", "plan_not_canonical",
     "cohort"},
    {"NoCategory", "disease:aml-low", "disease:", "plan_not_canonical", "cohort"},
    {"NoColon", "disease:aml-low", "disease", "plan_not_canonical", "cohort"},
    {"UnsortedGroups", "female,male", "male,female", "plan_not_canonical", "groups"},
    {"RepeatedProduct", "=allo-hct@1", "=allo-hct@1,allo-hct@1", "plan_not_canonical", "products"},
    {"ChargeZero", "adhoc:26779672616", "adhoc:0", "plan_not_canonical", "charge"},
    {"ChargeLeadingZero", "adhoc:2", "adhoc:02", "plan_not_canonical", "charge"},
    {"ChargeSign", "adhoc:2", "adhoc:+2", "plan_not_canonical", "charge"},
    {"ChargeTooLong", "adhoc:26779672616", "adhoc:18446744073709551616", "plan_not_canonical",
     "charge"},
    {"ChargeCompartment", "adhoc:", "rho:", "plan_not_canonical", "charge"},
    {"ChargeWithoutUnits", "adhoc:26779672616", "adhoc", "plan_not_canonical", "charge"},
    {"FlagshipWithGaussian", "adhoc:", "flagship:", "plan_not_canonical", "mechanism"},
    {"CrossBorder", "cross_border=no", "cross_border=maybe", "plan_not_canonical", "cross_border"},
    {"Index", "index=first", "index=last", "plan_not_canonical", "index"},
    {"Mechanism", "discrete-gaussian", "discrete-laplace", "plan_not_canonical", "mechanism"},
    {"Scope", "scope=research", "scope=everything", "plan_not_canonical", "scope"},
    {"ScopeThatIsNoUse", "scope=research", "scope=cross-border", "plan_not_canonical", "scope"},
};

std::string NameOf(const ::testing::TestParamInfo<BadPlan>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Unknown, BadPlanTest, ::testing::ValuesIn(kUnknown), NameOf);
INSTANTIATE_TEST_SUITE_P(Forbidden, BadPlanTest, ::testing::ValuesIn(kForbidden), NameOf);
INSTANTIATE_TEST_SUITE_P(NotCanonical, BadPlanTest, ::testing::ValuesIn(kNotCanonical), NameOf);

}  // namespace
}  // namespace perdura::query
