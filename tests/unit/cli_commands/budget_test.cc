#include "cli/commands/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/amounts.h"

namespace perdura::cli {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kWholeEpsilon = uint64_t{1} << 40;
constexpr uint64_t kRhoTwo = 96'924'905'893;  // (2, 1e-6)

v1::LifetimeState Needle(v1::Compartment compartment, uint64_t spent, uint64_t caps) {
  v1::LifetimeState state;
  state.set_compartment(compartment);
  state.set_product("axi-cel@1");
  state.set_spent_units(spent);
  state.set_caps_units(caps);
  return state;
}

// Fifteen years of (2, 1e-6) are rho 1.32229, epsilon 9.1427 at 1e-6 (the design's golden figures);
// rho adds up before it is converted, epsilon is added.
TEST(BudgetTest, OdometerAddsRhoBeforeItIsConverted) {
  google::protobuf::RepeatedPtrField<v1::LifetimeState> lifetimes;
  *lifetimes.Add() = Needle(v1::COMPARTMENT_ADHOC, kRhoTwo, 15 * kRhoTwo);
  EXPECT_THAT(ShowOdometer(lifetimes),
              HasSubstr("axi-cel@1: spent 2.00; by the caps of all periods at most 9.14\n"));
  *lifetimes.Add() = Needle(v1::COMPARTMENT_FLAGSHIP, kWholeEpsilon, 5 * kWholeEpsilon);
  EXPECT_THAT(ShowOdometer(lifetimes),
              HasSubstr("axi-cel@1: spent 3.00; by the caps of all periods at most 14.14\n"));
}

TEST(BudgetTest, OdometerShowsALifetimeCap) {
  google::protobuf::RepeatedPtrField<v1::LifetimeState> lifetimes;
  *lifetimes.Add() = Needle(v1::COMPARTMENT_FLAGSHIP, 0, 5 * kWholeEpsilon);
  lifetimes.Mutable(0)->set_lifetime_cap_units(3 * kWholeEpsilon);
  EXPECT_THAT(ShowOdometer(lifetimes),
              HasSubstr("spent 0.00; by the caps of all periods at most 5.00; lifetime cap, "
                        "flagship law: epsilon 3 (pure)"));
}

TEST(BudgetTest, PlannedTablesSayWhatBecameOfThem) {
  google::protobuf::RepeatedPtrField<v1::PlannedState> planned;
  EXPECT_EQ(ShowPlanned(planned), "");
  v1::PlannedState& one = *planned.Add();
  one.set_id("survival@1");
  EXPECT_THAT(ShowPlanned(planned), HasSubstr("survival@1: not released yet"));
  one.set_charged(true);
  EXPECT_THAT(ShowPlanned(planned), HasSubstr("survival@1: charged for, not released"));
  one.set_release_id(std::string(32, '\x11'));
  EXPECT_THAT(ShowPlanned(planned), HasSubstr("survival@1: released as 1111"));
}

TEST(BudgetTest, LinesShowSharesAndWhatIsSetAside) {
  google::protobuf::RepeatedPtrField<v1::LineState> lines;
  v1::LineState& line = *lines.Add();
  line.set_compartment(v1::COMPARTMENT_FLAGSHIP);
  line.set_cap_units(5 * kWholeEpsilon);
  line.set_spent_units(kWholeEpsilon);
  line.set_set_aside_units(2 * kWholeEpsilon);
  line.set_analyst_cap_units(3 * kWholeEpsilon);
  v1::PurposeState& purpose = *line.add_purposes();
  purpose.set_purpose("price");
  purpose.set_cap_units(4 * kWholeEpsilon);
  purpose.set_spent_units(kWholeEpsilon);
  const std::string text = ShowLines(lines);
  EXPECT_THAT(text, HasSubstr("left epsilon 2 (pure)\n"));
  EXPECT_THAT(text, HasSubstr("set aside for planned tables: epsilon 2 (pure)\n"));
  EXPECT_THAT(text, HasSubstr("yours: spent nothing of epsilon 3 (pure)\n"));
  EXPECT_THAT(text, HasSubstr("everybody's for price: spent epsilon 1 (pure) of epsilon 4"));
}

}  // namespace
}  // namespace perdura::cli
