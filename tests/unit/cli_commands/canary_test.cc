#include "cli/commands/canary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace perdura::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

statistics::NoiseReport ReportOf(double residual) {
  std::vector<double> residuals;
  for (int i = 0; i < 170; ++i) residuals.push_back(i % 2 == 0 ? residual : -residual);
  return *statistics::CheckNoise(residuals, 17, 0.001);
}

TEST(ShowNoiseReportTest, NamesTheRoundsAndWhatTheyCanShow) {
  EXPECT_THAT(
      ShowNoiseReport(ReportOf(1), 3, 0.001),
      AllOf(HasSubstr("canary rounds: 10 of 17 rows, noise of 3 dealers"),
            HasSubstr("variance 1.000 of"), HasSubstr("a missing dealer from 21 rounds on"),
            HasSubstr("half its standard deviation from 41,"), HasSubstr("all at half from 3;")));
}

TEST(ShowNoiseReportTest, NamesTheCheckThatFails) {
  const std::string text = ShowNoiseReport(ReportOf(0.1), 3, 0.001);
  EXPECT_THAT(text, HasSubstr("FAILS"));
  EXPECT_THAT(text, HasSubstr("variance 0.010 of"));
  // The rows cancel out: their mean is right.
  EXPECT_THAT(text.substr(text.find("  mean"), 60), Not(HasSubstr("FAILS")));
}

}  // namespace
}  // namespace perdura::cli
