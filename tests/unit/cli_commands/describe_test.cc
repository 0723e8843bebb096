#include "cli/commands/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kOneEpsilon = uint64_t{1} << 40;

// Two products, of which payer-desk may ask about one; a purpose that is not its own; a closed cut.
std::string Described(const std::string& analyst = "payer-desk") {
  v1::Charter proto =
      test_support::TestFederation::Make({.flagship_cap_units = 5 * kOneEpsilon, .products = 2})
          .charter;
  proto.mutable_analysts(0)->clear_products();
  proto.mutable_analysts(0)->add_products("auto-hct@1");
  proto.add_purposes("pricing");
  v1::PurposeCap& pricing = *proto.add_purpose_caps();
  pricing.set_purpose("pricing");
  pricing.set_compartment(v1::COMPARTMENT_ADHOC);
  pricing.mutable_cap()->set_units(1000);
  v1::DataCut& cut = *proto.add_data_cuts();
  cut = proto.data_cuts(0);
  cut.set_id("bmt-early@1");
  cut.set_cutoff_day(8766);
  cut.set_state(v1::CUT_CLOSED);
  const auto charter = federation::Charter::Create(proto.SerializeAsString());
  EXPECT_OK(charter);
  const auto text = DescribeCharter(**charter, analyst);
  return text.ok() ? *text : std::string(text.status().message());
}

TEST(DescribeTest, OnlyWhatTheAnalystMayAskAboutIsShown) {
  EXPECT_THAT(Described(), AllOf(HasSubstr("products: auto-hct@1\n"), HasSubstr("on auto-hct@1,"),
                                 Not(HasSubstr("allo-hct"))));
}

TEST(DescribeTest, RolesPurposesAndCapsAreTheAnalysts) {
  EXPECT_THAT(Described(),
              AllOf(HasSubstr("you are payer-desk of Test Payer; roles: researcher; purposes: "
                              "evidence\n"),
                    HasSubstr("you may spend, flagship law: epsilon 5 (pure) on each line\n"),
                    HasSubstr("of it for evidence,"), Not(HasSubstr("pricing"))));
}

TEST(DescribeTest, CutsHaveStateAndDay) {
  EXPECT_THAT(Described(), AllOf(HasSubstr("bmt@1: open, what happened until 1995-01-01"),
                                 HasSubstr("bmt-early@1: closed, what happened until 1994-01-01")));
}

// One patient changes one row, two with delayed entry, three where three flags are counted.
TEST(DescribeTest, EndpointsHaveTheirKindAndFlagshipPrices) {
  EXPECT_THAT(
      Described(),
      AllOf(HasSubstr("overall-survival@1: time to death; --epsilon 0.125, 0.25, 0.5, 0.75, 1, "
                      "1.5, 2\n"),
            HasSubstr("time to death, with delayed entry; --epsilon 0.25, 0.5, 1, 1.5, 2, 3, 4\n"),
            HasSubstr("gvhd_chronic, infection, crs; --epsilon 0.375, 0.75, 1.5, 2.25, 3, 4.5, "
                      "6\n"),
            HasSubstr("age@1: mean of age-band, from 0 to 100\n")));
}

TEST(DescribeTest, WhomTheCharterDoesNotNameMayAskNothing) {
  EXPECT_THAT(Described("stranger"), HasSubstr("not_allowed"));
}

}  // namespace
}  // namespace perdura::cli
