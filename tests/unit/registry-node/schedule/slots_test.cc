#include "registry-node/schedule/slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(SlotsTest, SchemesHaveTheirSlots) {
  EXPECT_THAT(SlotsOf({"standard", "standard", v1::HCT_ALLO}),
              ElementsAre("d100", "m6", "y1", "y2", "y3", "y4", "y5", "y6", "y8", "y10", "y12",
                          "y14"));
  EXPECT_THAT(SlotsOf({"aav", "standard", v1::AAV}),
              ElementsAre("m3", "m6", "y1", "y2", "y3", "y4", "y5"));
  EXPECT_THAT(SlotsOf({"aav", "15-year", v1::AAV}), SizeIs(17));
  EXPECT_THAT(SlotsOf({"integrating", "15-year", v1::CAR_T}), SizeIs(18));
  EXPECT_EQ(SlotsOf({"integrating", "15-year", v1::CAR_T}).front(), "d28");
  EXPECT_EQ(SlotsOf({"integrating", "15-year", v1::HSC_GENE_ADD}).front(), "d100");
}

TEST(SlotsTest, TracksLeaveSlotsOut) {
  EXPECT_TRUE(TrackRequires("15-year", "y7"));
  EXPECT_FALSE(TrackRequires("standard", "y7"));
  EXPECT_TRUE(TrackRequires("standard", "y8"));
  EXPECT_TRUE(TrackRequires("100-day-only", "d100"));
  EXPECT_FALSE(TrackRequires("100-day-only", "m6"));
  EXPECT_FALSE(TrackRequires("no-follow-up", "d100"));
}

TEST(SlotsTest, WindowsAreThoseOfTheTable) {
  EXPECT_EQ(WindowOf("d28", 1000), (SlotWindow{1028, 1021, 1035, 1050}));
  EXPECT_EQ(WindowOf("m3", 1000), (SlotWindow{1090, 1060, 1120, 1135}));
  EXPECT_EQ(WindowOf("d100", 1000), (SlotWindow{1100, 1085, 1115, 1130}));
  EXPECT_EQ(WindowOf("m6", 1000), (SlotWindow{1180, 1150, 1210, 1225}));
  EXPECT_EQ(WindowOf("y1", 1000), (SlotWindow{1366, 1366, 1425, 1440}));
}

TEST(SlotsTest, YearsRunToTheSameCalendarDay) {
  const int64_t infused = Day("2020-03-01");
  const SlotWindow second = *WindowOf("y2", infused);
  EXPECT_EQ(second.target, Day("2022-03-01"));
  EXPECT_EQ(second.from, Day("2022-01-30"));
  EXPECT_EQ(second.to, Day("2022-04-30"));
  EXPECT_EQ(second.due, second.target + 75);
  EXPECT_EQ(WindowOf("y15", infused)->target, Day("2035-03-01"));
}

TEST(SlotsTest, LeapDayMovesToTheFirstOfMarch) {
  EXPECT_EQ(WindowOf("y2", Day("2020-02-29"))->target, Day("2022-03-01"));
  EXPECT_EQ(WindowOf("y4", Day("2020-02-29"))->target, Day("2024-02-29"));
}

TEST(SlotsTest, OtherWordsAreNoSlots) {
  for (const char* word : {"", "y0", "y16", "y", "d29", "y01", "year1"}) {
    EXPECT_EQ(WindowOf(word, 0), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace perdura::registry_node
