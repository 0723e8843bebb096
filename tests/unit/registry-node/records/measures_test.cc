#include "registry-node/records/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::HasSubstr;

std::string Canonical(absl::string_view code, absl::string_view value, absl::string_view unit) {
  const auto converted = ToCanonical(*FindMeasure(code), *Decimal::Parse(value), unit);
  return converted.ok() ? converted->Print() : std::string(converted.status().message());
}

TEST(MeasuresTest, UnitsConvertExactly) {
  EXPECT_EQ(Canonical("718-7", "85", "g/L"), "8.5");
  EXPECT_EQ(Canonical("718-7", "8.5", "g/dL"), "8.5");
  EXPECT_EQ(Canonical("751-8", "1500", "/uL"), "1.5");
  EXPECT_EQ(Canonical("777-3", "20", "10*9/L"), "20");
  EXPECT_EQ(Canonical("3209-4", "0.05", "[IU]/mL"), "5");
  EXPECT_EQ(Canonical("3187-2", "42", "%"), "42");
  EXPECT_EQ(Canonical("29463-7", "1", "[lb_av]"), "0.45359237");
  EXPECT_EQ(Canonical("8302-2", "70", "[in_i]"), "177.8");
}

TEST(MeasuresTest, UnitOfAnotherMeasureIsRefusedAndTheRightOnesNamed) {
  EXPECT_THAT(ToCanonical(*FindMeasure("718-7"), {8, 0}, "mg/dL"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("g/dL, g/L")));
  EXPECT_THAT(ToCanonical(*FindMeasure("hbf_pct"), {8, 0}, "g/dL"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MeasuresTest, MolarHaemoglobinNeedsADecision) {
  EXPECT_THAT(ToCanonical(*FindMeasure("718-7"), {8, 0}, "mmol/L"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("monomers or tetramers")));
}

TEST(MeasuresTest, EveryMeasureTakesItsCanonicalUnit) {
  for (const MeasureSpec& measure : Measures()) {
    EXPECT_EQ(FindMeasure(measure.code), &measure);
    EXPECT_LT(measure.low, measure.high) << measure.code;
    EXPECT_EQ(Canonical(measure.code, "1", measure.unit), "1") << measure.code;
  }
  EXPECT_EQ(FindMeasure("0-0"), nullptr);
}

}  // namespace
}  // namespace perdura::registry_node
