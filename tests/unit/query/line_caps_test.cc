#include "query/line_caps.h"

#include <gtest/gtest.h>

#include <vector>

namespace perdura::query {
namespace {

using federation::CappedLine;

CappedLine AmpleLine() {
  return {.line = {v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 5},
          .cap_units = 100,
          .analyst_cap_units = 50,
          .purpose_cap_units = 40,
          .lifetime_cap_units = 300,
          .planned = {{"first", "2026", 10}}};
}

CappedLine Lowered(const CappedLine& line, const CappedLine& other) {
  std::vector<CappedLine> lines = {line};
  LowerCaps(lines, {other});
  return lines[0];
}

TEST(LineCapsTest, EachCapIsTheLowerOne) {
  CappedLine other = AmpleLine();
  other.cap_units = 90;
  other.analyst_cap_units = 60;
  other.purpose_cap_units = 0;
  other.lifetime_cap_units = 200;
  const CappedLine lowered = Lowered(AmpleLine(), other);
  EXPECT_EQ(lowered.cap_units, 90u);
  EXPECT_EQ(lowered.analyst_cap_units, 50u);
  EXPECT_EQ(lowered.purpose_cap_units, 0u);
  EXPECT_EQ(lowered.lifetime_cap_units, 200u);
  EXPECT_EQ(lowered.line.units, 5u);
}

TEST(LineCapsTest, LifetimeCapOfEitherHolds) {
  CappedLine without = AmpleLine();
  without.lifetime_cap_units.reset();
  EXPECT_EQ(Lowered(AmpleLine(), without).lifetime_cap_units, 300u);
  EXPECT_EQ(Lowered(without, AmpleLine()).lifetime_cap_units, 300u);
  EXPECT_EQ(Lowered(without, without).lifetime_cap_units, std::nullopt);
}

TEST(LineCapsTest, PlannedReleasesOfBothAreSetAsideOnce) {
  CappedLine other = AmpleLine();
  other.planned.push_back({"second", "2027", 20});
  const CappedLine lowered = Lowered(AmpleLine(), other);
  ASSERT_EQ(lowered.planned.size(), 2u);
  EXPECT_EQ(lowered.planned[1].plan_hash, "second");
  EXPECT_EQ(lowered.planned[1].units, 20u);
}

}  // namespace
}  // namespace perdura::query
