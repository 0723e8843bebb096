#include "federation/plan_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"

namespace perdura::federation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPlan[] =
    "perdura-plan/1 charge=adhoc:7 cohort=disease:aml cross_border=no cut=bmt@1 endpoint=os@1 "
    "grid=g8@1 groups=none index=first mechanism=discrete-gaussian products=allo@1,auto@1 "
    "scope=research strategy=s@1";

TEST(PlanFieldsTest, OverlapKeyHoldsWhoseDataAreRead) {
  EXPECT_EQ(OverlapKeyOfPlan(kPlan),
            "cut=bmt@1 endpoint=os@1 scope=research products=allo@1,auto@1 cohort=disease:aml");
}

TEST(PlanFieldsTest, ProductsAreThoseOfTheText) {
  EXPECT_THAT(ProductsOfPlan(kPlan), ElementsAre("allo@1", "auto@1"));
}

TEST(PlanFieldsTest, CanaryReadsNobodyAndChargesNothing) {
  const std::string plan = absl::StrReplaceAll(kPlan, {{"charge=adhoc:7", "charge=canary:7"}});
  EXPECT_EQ(OverlapKeyOfPlan(plan), "");
  EXPECT_THAT(ProductsOfPlan(plan), IsEmpty());
}

TEST(PlanFieldsTest, MissingFieldsReadAsEmpty) {
  EXPECT_EQ(OverlapKeyOfPlan("a plan"), "cut= endpoint= scope= products= cohort=");
  EXPECT_THAT(ProductsOfPlan("a plan"), IsEmpty());
}

}  // namespace
}  // namespace perdura::federation
