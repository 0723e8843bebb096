#include "registry-node/records/scales.h"

#include <gtest/gtest.h>

namespace perdura::registry_node {
namespace {

bool Fits(absl::string_view scale, absl::string_view value) {
  return !ScaleProblem(*FindScale(scale), value).has_value();
}

TEST(ScalesTest, WordsAreClosedAndCaseMatters) {
  EXPECT_TRUE(Fits("lugano2014", "CR"));
  EXPECT_TRUE(Fits("imwg2016", "sCR"));
  EXPECT_FALSE(Fits("lugano2014", "sCR"));
  EXPECT_FALSE(Fits("lugano2014", "cr"));
  EXPECT_FALSE(Fits("ball_nccn", ""));
}

TEST(ScalesTest, NumbersHaveBoundsAndSteps) {
  EXPECT_TRUE(Fits("chop_intend", "64"));
  EXPECT_FALSE(Fits("chop_intend", "65"));
  EXPECT_FALSE(Fits("chop_intend", "12.5"));
  EXPECT_TRUE(Fits("fst_log", "-4.25"));
  EXPECT_FALSE(Fits("fst_log", "-4.255"));
}

TEST(ScalesTest, QualityOfLifeProfileHasFiveLevels) {
  EXPECT_TRUE(Fits("eq5d5l", "11235"));
  EXPECT_FALSE(Fits("eq5d5l", "11236"));
  EXPECT_FALSE(Fits("eq5d5l", "1123"));
  EXPECT_FALSE(Fits("eq5d5l", "20000"));
}

TEST(ScalesTest, RanksRunFromBestToWorst) {
  const Scale& lugano = *FindScale("lugano2014");
  EXPECT_EQ(RankOf(lugano, "CR"), 0);
  EXPECT_EQ(RankOf(lugano, "PD"), 3);
  EXPECT_EQ(RankOf(lugano, "NE"), std::nullopt);
  EXPECT_EQ(RankOf(*FindScale("hfmse"), "40"), std::nullopt);
}

TEST(ScalesTest, EveryScaleIsFoundById) {
  for (const Scale& scale : Scales()) EXPECT_EQ(FindScale(scale.id), &scale);
  EXPECT_EQ(FindScale("recist"), nullptr);
}

}  // namespace
}  // namespace perdura::registry_node
