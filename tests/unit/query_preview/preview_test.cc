#include "query/preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/query_preview/preview_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::StatusIs;
using ::perdura::test_support::TestFederation;
using ::perdura::test_support::TestOptions;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class PreviewTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const federation::Charter> Load(const TestOptions& options = {}) {
    const auto charter =
        federation::Charter::Create(TestFederation::Make(options).charter.SerializeAsString());
    EXPECT_OK(charter);
    return *charter;
  }

  // Overall survival on g8, at the price and in the groups of the request.
  static absl::StatusOr<Preview> Ask(const federation::Charter& charter, PreviewOptions options,
                                     uint64_t units = 0, const std::string& group_by = "") {
    PlanRequest request;
    request.endpoint = "overall-survival@1";
    request.cut = "bmt@1";
    request.grid = "g8@1";
    request.role = "researcher";
    request.charge_units = units;
    request.group_by = group_by;
    const auto plan = Plan::Build(request, charter);
    if (!plan.ok()) return plan.status();
    return PreviewPlan(*plan, charter, options);
  }

  const std::shared_ptr<const federation::Charter> charter_ = Load();
};

TEST_F(PreviewTest, DefaultIsThePlannedNumber) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(*charter_, {}));
  EXPECT_DOUBLE_EQ(preview.expected_n, 137);
  EXPECT_EQ(preview.price_units, 96'924'905'894u);
  EXPECT_EQ(preview.advice, Advice::kFine);
  EXPECT_THAT(preview.text, HasSubstr("137 patients"));
  EXPECT_THAT(preview.text, HasSubstr("60 months"));
}

TEST_F(PreviewTest, PlannedNumberIsSpreadOverGroups) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(*charter_, {}, 0, "disease"));
  EXPECT_LT(preview.expected_n, 137 / 2.9);
}

TEST_F(PreviewTest, KnotsAreThoseOfTheGrid) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(*charter_, {}));
  ASSERT_EQ(preview.knots.size(), 8u);
  EXPECT_EQ(preview.knots.front().months, 1);
  EXPECT_EQ(preview.knots.back().months, 60);
  // The curative prior: 1/2 + 2^-5 / 2.
  EXPECT_NEAR(preview.knots.back().survival, 0.515625, 1e-12);
}

// The noise of Q dealers, of which the price counts h: phi = 3/2 for (4, 2).
TEST_F(PreviewTest, NoiseFollowsThePreflightFormula) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(*charter_, {.expected_n = 300}));
  const double rho = std::ldexp(96'924'905'894.0, -40);
  const auto& last = preview.knots.back();
  EXPECT_NEAR(last.noise_sd, last.kappa * std::sqrt(1.5 / (2 * rho)) / 300, 1e-5 * last.noise_sd);
}

TEST_F(PreviewTest, HalfOfTheVarianceAtTheGuidance) {
  ASSERT_OK_AND_ASSIGN(const Preview first, Ask(*charter_, {.expected_n = 300}));
  ASSERT_OK_AND_ASSIGN(const Preview at, Ask(*charter_, {.expected_n = first.guidance_n}));
  EXPECT_NEAR(at.knots.back().share, 0.5, 1e-12);
  EXPECT_NEAR(first.floor_n, first.guidance_n / 3, 1e-9);
}

TEST_F(PreviewTest, WarnsBelowTheGuidance) {
  ASSERT_OK_AND_ASSIGN(const Preview known, Ask(*charter_, {}));
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       Ask(*charter_, {.expected_n = 0.99 * known.guidance_n}));
  EXPECT_EQ(preview.advice, Advice::kWarn);
  EXPECT_THAT(preview.text, HasSubstr("more than half"));
  EXPECT_THAT(preview.text, HasSubstr("would cost rho"));
}

TEST_F(PreviewTest, FineAtTheGuidance) {
  ASSERT_OK_AND_ASSIGN(const Preview known, Ask(*charter_, {}));
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       Ask(*charter_, {.expected_n = 1.01 * known.guidance_n}));
  EXPECT_EQ(preview.advice, Advice::kFine);
}

TEST_F(PreviewTest, RefusesBelowAThirdOfTheGuidance) {
  ASSERT_OK_AND_ASSIGN(const Preview known, Ask(*charter_, {}));
  ASSERT_OK_AND_ASSIGN(const Preview preview,
                       Ask(*charter_, {.expected_n = 0.33 * known.guidance_n}));
  EXPECT_EQ(preview.advice, Advice::kRefuse);
  EXPECT_THAT(preview.text, HasSubstr("three quarters"));
}

// What the demonstration shows: by disease, 46 patients in a group.
TEST_F(PreviewTest, ThirdOfTheDemoCohortIsWarnedOfAndRefusedAtAQuarterOfThePrice) {
  ASSERT_OK_AND_ASSIGN(const Preview full, Ask(*charter_, {.expected_n = 46}, 0, "disease"));
  EXPECT_EQ(full.advice, Advice::kWarn) << full.text;
  ASSERT_OK_AND_ASSIGN(const Preview quarter,
                       Ask(*charter_, {.expected_n = 46}, 96'924'905'894u / 4, "disease"));
  EXPECT_EQ(quarter.advice, Advice::kRefuse) << quarter.text;
}

TEST_F(PreviewTest, NeededPriceGivesTheWantedShare) {
  ASSERT_OK_AND_ASSIGN(const Preview first,
                       Ask(*charter_, {.expected_n = 50, .wanted_share = 0.2}));
  EXPECT_GT(first.needed_units, first.price_units);
  ASSERT_OK_AND_ASSIGN(const Preview paid,
                       Ask(*charter_, {.expected_n = 50, .wanted_share = 0.2}, first.needed_units));
  // Of the variance v + 1 of each dealer the last unit is not in proportion.
  EXPECT_NEAR(paid.knots.back().share, 0.2, 1e-4);
}

// Two pseudonyms of one person: delta_2 squared times 4, so four times the price for one precision.
TEST_F(PreviewTest, TwoNodesPerPatientCostFourTimesAsMuch) {
  const auto twice = Load({.nodes_per_patient = 2});
  ASSERT_OK_AND_ASSIGN(const Preview one, Ask(*charter_, {.expected_n = 50}));
  ASSERT_OK_AND_ASSIGN(const Preview two, Ask(*twice, {.expected_n = 50}));
  const double ratio =
      static_cast<double>(two.needed_units) / static_cast<double>(one.needed_units);
  EXPECT_NEAR(ratio, 4, 1e-3);
}

class FlagshipPreviewTest : public ::testing::Test {
 protected:
  static absl::StatusOr<Preview> Ask(uint64_t units, double n, double share = 0.5) {
    const auto charter = LoadPreviewCharter({.flagship_cap_units = 5 * kEpsilonOne});
    return PreviewPlan(PreviewedPlan(*charter, v1::COMPARTMENT_FLAGSHIP, units, "g15@1"), *charter,
                       {.expected_n = n, .wanted_share = share});
  }
};

// R = I: sd = kappa sqrt(phi 2p/(1-p)^2) / n.
TEST_F(FlagshipPreviewTest, NoiseFollowsThePreflightFormula) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(kEpsilonOne, 300));
  EXPECT_EQ(preview.compartment, v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(preview.price_units, kEpsilonOne);
  const auto& last = preview.knots.back();
  EXPECT_NEAR(last.noise_sd, last.kappa * std::sqrt(1.5 * 1.84134719) / 300, 1e-8 * last.noise_sd);
  ASSERT_OK_AND_ASSIGN(const auto grid, privacy::Grid::Create({1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24,
                                                               30, 36, 48, 60}));
  ASSERT_OK_AND_ASSIGN(const auto flat, privacy::Strategy::Identity(30, 1));
  ASSERT_OK_AND_ASSIGN(const auto kappa,
                       privacy_design::Kappa(flat, grid, 1, privacy_design::CurativePrior()));
  EXPECT_NEAR(last.kappa, kappa.back(), 1e-9);
}

TEST_F(FlagshipPreviewTest, NeededPriceIsALevelOfTheList) {
  ASSERT_OK_AND_ASSIGN(const Preview dear, Ask(kEpsilonOne / 8, 300));
  EXPECT_EQ(dear.advice, Advice::kRefuse);
  EXPECT_GT(dear.needed_units, kEpsilonOne / 8);
  EXPECT_EQ(dear.needed_units % (kEpsilonOne / 8), 0u);
  EXPECT_THAT(dear.text, HasSubstr("would cost epsilon"));
  ASSERT_OK_AND_ASSIGN(const Preview paid, Ask(dear.needed_units, 300));
  EXPECT_EQ(paid.advice, Advice::kFine);
}

TEST_F(FlagshipPreviewTest, SaysSoIfNoLevelIsEnough) {
  ASSERT_OK_AND_ASSIGN(const Preview preview, Ask(2 * kEpsilonOne, 10, 0.1));
  EXPECT_EQ(preview.needed_units, 0u);
  EXPECT_THAT(preview.text, HasSubstr("No charge of the list"));
}

TEST_F(PreviewTest, MorePatientsThanTheCharterKnowsAreRefused) {
  EXPECT_THAT(Ask(*charter_, {.expected_n = 1e300}), StatusIs(kInvalid, HasSubstr("100000")));
  EXPECT_OK(Ask(*charter_, {.expected_n = 100'000}));
}

TEST_F(PreviewTest, NegativeNumberIsRefused) {
  EXPECT_THAT(Ask(*charter_, {.expected_n = -1}), StatusIs(kInvalid, HasSubstr("expected_n")));
}

TEST_F(PreviewTest, NumberThatIsNoneIsRefused) {
  EXPECT_THAT(Ask(*charter_, {.expected_n = std::nan("")}),
              StatusIs(kInvalid, HasSubstr("expected_n")));
}

TEST_F(PreviewTest, ShareOfOneIsRefused) {
  EXPECT_THAT(Ask(*charter_, {.expected_n = 50, .wanted_share = 1}),
              StatusIs(kInvalid, HasSubstr("wanted_share")));
}

TEST_F(PreviewTest, CharterWithoutAPlannedNumberNeedsOne) {
  v1::Charter proto = charter_->proto();
  proto.mutable_products(0)->set_planned_patients(0);
  ASSERT_OK_AND_ASSIGN(const auto charter, federation::Charter::Create(proto.SerializeAsString()));
  EXPECT_THAT(Ask(*charter, {}), StatusIs(kInvalid, HasSubstr("state one")));
  EXPECT_OK(Ask(*charter, {.expected_n = 50}));
}

}  // namespace
}  // namespace perdura::query
