#include "query/round_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::perdura::test_support::TestFederation;
using ::perdura::test_support::TestOptions;
using ::testing::HasSubstr;

// rho(1, 1e-6) rounded down: the worked number of privacy/noise.h.
constexpr uint64_t kUnits = 26'779'672'616;

class RoundTermsTest : public ::testing::Test {
 protected:
  using Edit = std::function<void(v1::Charter&)>;

  static std::shared_ptr<const federation::Charter> Load(
      const TestOptions& options = {}, const Edit& edit = [](v1::Charter&) {}) {
    v1::Charter charter = TestFederation::Make(options).charter;
    edit(charter);
    const auto loaded = federation::Charter::Create(charter.SerializeAsString());
    EXPECT_OK(loaded);
    return *loaded;
  }

  static PlanRequest Request(uint64_t units = kUnits) {
    PlanRequest request;
    request.endpoint = "overall-survival";
    request.grid = "g15";
    request.role = "researcher";
    request.charge_units = units;
    return request;
  }

  static Plan MakePlan(const federation::Charter& charter, const PlanRequest& request) {
    const auto plan = Plan::Build(request, charter);
    EXPECT_OK(plan);
    return *plan;
  }

  static absl::StatusOr<RoundTerms> Make(const federation::Charter& charter,
                                         uint64_t units = kUnits) {
    return RoundTerms::Create(MakePlan(charter, Request(units)), charter);
  }

  static uint64_t Variance(const federation::Charter& charter, uint64_t units) {
    const auto terms = Make(charter, units);
    EXPECT_OK(terms);
    return terms->noise().numerator();
  }

  static v1::Ask MakeAsk() {
    v1::Ask ask;
    ask.set_analyst("payer-desk");
    ask.set_role("researcher");
    ask.set_purpose("evidence");
    return ask;
  }

  const std::shared_ptr<const federation::Charter> charter_ = Load();
};

// (s, t) = (4, 2): h = 2, Q = 3. 100000 x 256 + 11 (isqrt(3 x 676099) + 1).
TEST_F(RoundTermsTest, NoiseAndBoundAreTheWorkedNumbers) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, Make(*charter_));
  EXPECT_EQ(terms.noise().numerator(), 676'099u);
  EXPECT_EQ(terms.sum_bound(), 25'615'675u);
  EXPECT_EQ(terms.period(), "2026");
}

TEST_F(RoundTermsTest, EveryProductPaysInFull) {
  const auto charter = Load({.products_per_patient = 2});
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, Make(*charter));
  ASSERT_EQ(terms.lines().size(), 2u);
  EXPECT_EQ(terms.lines()[0].product, "allo-hct@1");
  EXPECT_EQ(terms.lines()[1].product, "auto-hct@1");
  for (const Line& line : terms.lines()) {
    EXPECT_EQ(line.compartment, v1::COMPARTMENT_ADHOC);
    EXPECT_EQ(line.period, "2026");
    EXPECT_EQ(line.units, kUnits);
  }
}

TEST_F(RoundTermsTest, TwoNodesPerPatientCostFourTimesAsMuch) {
  const auto twice = Load({.nodes_per_patient = 2});
  EXPECT_EQ(Variance(*twice, 4 * kUnits), Variance(*charter_, kUnits));
  EXPECT_GT(Variance(*twice, 4 * kUnits - 1'000'000), Variance(*charter_, kUnits));
}

TEST_F(RoundTermsTest, ChargeBelowSigmaThreeIsRefused) {
  EXPECT_EQ(base::ReasonOf(Make(*charter_, uint64_t{1} << 52).status()), "noise_mismatch");
}

TEST_F(RoundTermsTest, WrittenManifestPasses) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, Make(*charter_));
  v1::Manifest manifest;
  terms.WriteTo(manifest);
  EXPECT_EQ(manifest.plan(), terms.plan().text());
  EXPECT_EQ(manifest.layout_hash(), terms.layout().hash());
  EXPECT_EQ(manifest.rows(), 31u);
  EXPECT_EQ(manifest.patient_bound(), 256u);
  EXPECT_EQ(manifest.noise().law(), v1::DISCRETE_GAUSSIAN);
  EXPECT_EQ(manifest.noise().numerator(), 676'099u);
  EXPECT_EQ(manifest.noise().denominator(), 1u);
  EXPECT_EQ(manifest.charge().compartment(), v1::COMPARTMENT_ADHOC);
  EXPECT_EQ(manifest.charge().period(), "2026");
  EXPECT_EQ(manifest.charge().units(), kUnits);
  EXPECT_EQ(manifest.min_entities(), 3u);
  EXPECT_OK(terms.CheckManifest(manifest));
}

TEST_F(RoundTermsTest, StricterMinimumOfEntitiesPasses) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, Make(*charter_));
  v1::Manifest manifest;
  terms.WriteTo(manifest);
  manifest.set_min_entities(4);
  EXPECT_OK(terms.CheckManifest(manifest));
}

TEST_F(RoundTermsTest, EveryChangedFieldIsRefusedWithItsWord) {
  struct Change {
    const char* reason;
    std::function<void(v1::Manifest&)> edit;
  };
  const std::vector<Change> changes = {
      {"layout_mismatch", [](v1::Manifest& m) { m.mutable_plan()->append(" "); }},
      {"layout_mismatch", [](v1::Manifest& m) { m.mutable_layout_hash()->back() ^= 1; }},
      {"layout_mismatch", [](v1::Manifest& m) { m.clear_layout_hash(); }},
      {"layout_mismatch", [](v1::Manifest& m) { m.set_rows(30); }},
      {"layout_mismatch", [](v1::Manifest& m) { m.set_patient_bound(255); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.mutable_noise()->set_numerator(676'098); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.mutable_noise()->set_denominator(2); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.mutable_noise()->set_law(v1::DISCRETE_LAPLACE); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.clear_noise(); }},
      {"charge_mismatch", [](v1::Manifest& m) { m.mutable_charge()->set_units(kUnits - 1); }},
      {"charge_mismatch", [](v1::Manifest& m) { m.mutable_charge()->set_period("2027"); }},
      {"charge_mismatch",
       [](v1::Manifest& m) { m.mutable_charge()->set_compartment(v1::COMPARTMENT_FLAGSHIP); }},
      {"charge_mismatch", [](v1::Manifest& m) { m.clear_charge(); }},
      {"too_few_entities", [](v1::Manifest& m) { m.set_min_entities(2); }},
  };
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, Make(*charter_));
  for (const Change& change : changes) {
    v1::Manifest manifest;
    terms.WriteTo(manifest);
    change.edit(manifest);
    const absl::Status status = terms.CheckManifest(manifest);
    EXPECT_EQ(base::ReasonOf(status), change.reason) << manifest.ShortDebugString();
  }
}

class FlagshipTermsTest : public RoundTermsTest {
 protected:
  static constexpr uint64_t kOne = uint64_t{1} << 40;
  static absl::StatusOr<RoundTerms> MakeFlagship(const federation::Charter& charter,
                                                 uint64_t units) {
    PlanRequest request = Request(units);
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    return RoundTerms::Create(MakePlan(charter, request), charter);
  }
};

TEST_F(FlagshipTermsTest, WrittenManifestHasTheLevelAndPasses) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, MakeFlagship(*charter_, kOne));
  v1::Manifest manifest;
  terms.WriteTo(manifest);
  EXPECT_EQ(manifest.rows(), 31u);
  EXPECT_EQ(manifest.patient_bound(), 1u);
  EXPECT_EQ(manifest.noise().law(), v1::DISCRETE_LAPLACE);
  EXPECT_EQ(manifest.noise().numerator(), 1'580'030'169u);
  EXPECT_EQ(manifest.noise().denominator(), uint64_t{1} << 32);
  EXPECT_EQ(manifest.charge().compartment(), v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(manifest.charge().units(), kOne);
  EXPECT_OK(terms.CheckManifest(manifest));
  EXPECT_EQ(terms.sum_bound(), 100'000u + (1u << 20));
  ASSERT_EQ(terms.lines().size(), 1u);
  EXPECT_EQ(terms.lines()[0].compartment, v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(terms.lines()[0].units, kOne);
}

TEST_F(FlagshipTermsTest, ChargeOffTheListIsRefused) {
  for (const uint64_t units : {kOne - 1, kOne + 1, 3 * kOne, kUnits}) {
    const absl::Status status = MakeFlagship(*charter_, units).status();
    EXPECT_EQ(base::ReasonOf(status), "noise_mismatch") << units;
    EXPECT_THAT(std::string(status.message()), HasSubstr("1/8, 1/4, 1/2, 3/4, 1, 3/2, 2"));
  }
}

// Two pseudonyms of one person: Delta_1 = 2, so one level costs twice as much.
TEST_F(FlagshipTermsTest, TwoNodesPerPatientCostTwiceAsMuch) {
  const auto twice = Load({.nodes_per_patient = 2});
  ASSERT_OK_AND_ASSIGN(const RoundTerms once, MakeFlagship(*charter_, kOne));
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, MakeFlagship(*twice, 2 * kOne));
  EXPECT_EQ(terms.noise().numerator(), once.noise().numerator());
  EXPECT_EQ(base::ReasonOf(MakeFlagship(*twice, kOne / 8).status()), "noise_mismatch");
}

TEST_F(FlagshipTermsTest, EveryChangedFieldIsRefusedWithItsWord) {
  struct Change {
    const char* reason;
    std::function<void(v1::Manifest&)> edit;
  };
  const std::vector<Change> changes = {
      {"layout_mismatch", [](v1::Manifest& m) { m.set_patient_bound(256); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.mutable_noise()->set_numerator(581'260'616); }},
      {"noise_mismatch", [](v1::Manifest& m) { m.mutable_noise()->set_denominator(1); }},
      {"noise_mismatch",
       [](v1::Manifest& m) { m.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN); }},
      {"charge_mismatch",
       [](v1::Manifest& m) { m.mutable_charge()->set_compartment(v1::COMPARTMENT_ADHOC); }},
      {"charge_mismatch", [](v1::Manifest& m) { m.mutable_charge()->set_units(kOne / 2); }},
  };
  ASSERT_OK_AND_ASSIGN(const RoundTerms terms, MakeFlagship(*charter_, kOne));
  for (const Change& change : changes) {
    v1::Manifest manifest;
    terms.WriteTo(manifest);
    change.edit(manifest);
    EXPECT_EQ(base::ReasonOf(terms.CheckManifest(manifest)), change.reason)
        << manifest.ShortDebugString();
  }
}

// The manifest of one law is none of the other's, field by field.
TEST_F(FlagshipTermsTest, ManifestOfTheDefaultLawIsRefused) {
  ASSERT_OK_AND_ASSIGN(const RoundTerms flagship, MakeFlagship(*charter_, kOne));
  ASSERT_OK_AND_ASSIGN(const RoundTerms adhoc, Make(*charter_));
  v1::Manifest manifest;
  adhoc.WriteTo(manifest);
  EXPECT_EQ(base::ReasonOf(flagship.CheckManifest(manifest)), "layout_mismatch");
}

class EntitledTest : public RoundTermsTest {
 protected:
  static absl::Status Check(const v1::Ask& ask, const federation::Charter& charter,
                            bool cross_border = false) {
    PlanRequest request = Request();
    request.cross_border = cross_border;
    return CheckEntitled(ask, MakePlan(charter, request), charter);
  }

  static void AddOther(v1::Charter& charter) {
    charter.add_purposes("marketing");
    v1::RoleScope& scope = *charter.add_role_scopes();
    scope.set_role("assessor");
    scope.set_scope(v1::REGULATORY);
  }
};

TEST_F(EntitledTest, AnalystOfTheCharterIsEntitled) { EXPECT_OK(Check(MakeAsk(), *charter_)); }

TEST_F(EntitledTest, UnknownAnalystIsRefused) {
  v1::Ask ask = MakeAsk();
  ask.set_analyst("nobody");
  EXPECT_EQ(base::ReasonOf(Check(ask, *charter_)), "unknown_name");
}

TEST_F(EntitledTest, PurposeMustBeTheChartersAndTheAnalysts) {
  v1::Ask ask = MakeAsk();
  ask.set_purpose("marketing");
  EXPECT_EQ(base::ReasonOf(Check(ask, *charter_)), "unknown_name");
  EXPECT_THAT(Check(ask, *Load({}, AddOther)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not_allowed: purpose")));
}

TEST_F(EntitledTest, RoleMustBeTheAnalysts) {
  v1::Ask ask = MakeAsk();
  ask.set_role("assessor");
  EXPECT_THAT(Check(ask, *Load({}, AddOther)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not_allowed: role")));
}

TEST_F(EntitledTest, RoleMustMapToTheScopeOfThePlan) {
  const auto charter = Load({}, [](v1::Charter& edited) {
    AddOther(edited);
    edited.mutable_analysts(0)->add_roles("assessor");
  });
  v1::Ask ask = MakeAsk();
  EXPECT_OK(Check(ask, *charter));
  ask.set_role("assessor");
  EXPECT_THAT(Check(ask, *charter),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not_allowed: role")));
}

TEST_F(EntitledTest, EveryProductMustBeTheAnalysts) {
  const auto charter = Load({.products_per_patient = 2}, [](v1::Charter& edited) {
    edited.mutable_analysts(0)->mutable_products()->RemoveLast();
  });
  EXPECT_THAT(Check(MakeAsk(), *charter),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("auto-hct@1")));
}

TEST_F(EntitledTest, AnalystAbroadNeedsCrossBorder) {
  const auto charter =
      Load({}, [](v1::Charter& edited) { edited.mutable_analysts(0)->set_country("DE"); });
  EXPECT_THAT(Check(MakeAsk(), *charter),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cross_border")));
  EXPECT_OK(Check(MakeAsk(), *charter, /*cross_border=*/true));
}

TEST_F(EntitledTest, NodeAbroadNeedsCrossBorder) {
  const auto charter =
      Load({}, [](v1::Charter& edited) { edited.mutable_members(1)->set_country("AU"); });
  EXPECT_THAT(Check(MakeAsk(), *charter),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cross_border")));
  EXPECT_OK(Check(MakeAsk(), *charter, /*cross_border=*/true));
}

TEST_F(EntitledTest, StewardAbroadSeesNoRecords) {
  const auto charter =
      Load({.nodes = 3}, [](v1::Charter& edited) { edited.mutable_members(3)->set_country("AU"); });
  EXPECT_OK(Check(MakeAsk(), *charter));
}

}  // namespace
}  // namespace perdura::query
