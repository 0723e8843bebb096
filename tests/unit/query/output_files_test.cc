#include "query/output_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/query/test_question.h"

namespace perdura::query {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kFirst[] = "release,cohort,group,endpoint,rule_set,cut,horizon_months,";
constexpr char kLast[] =
    ",not_evaluable,not_evaluable_sd,decoder,derivation,se_sampling,se_noise,noise_share,lower,"
    "upper,"
    "level,ci_type,suppressed";

// One group with one number in each place, by hand.
Estimates Small() {
  const Estimated shown = {.value = 0.75,
                           .se_sampling = 0.03,
                           .se_noise = 0.04,
                           .noise_share = 0.64,
                           .lower = 0.6,
                           .upper = 0.85,
                           .ci_type = "loglog"};
  Estimated hidden;
  hidden.ci_type = "plain";
  hidden.suppressed = true;
  GroupEstimates group;
  group.group = "aml-low";
  group.n = 40.5;
  group.not_evaluable = -1.5;
  group.not_evaluable_sd = 2;
  group.km = {{12, 40.5, 10.25, 0, shown}, {60, 3, 12, 5, hidden}};
  group.cif = {{"relapse", {{12, 40.5, 4.5, shown}}}};
  group.tau = 12;
  group.rmst = shown;
  group.quantiles = {{0.5, false, {.ci_type = "inverted"}}, {0.25, true, shown}};
  group.landmarks = {{6.5, shown}};
  Estimates estimates;
  estimates.release_id = "\x01\xff";
  estimates.released_plan = "a finer plan";
  estimates.derivation = "sum over age-band";
  estimates.decoder = "plain";
  estimates.cohort = "sex:female,male";
  estimates.group_attribute = "disease";
  estimates.endpoint = "disease-free-survival@1";
  estimates.rule_set = "pfs@1";
  estimates.cut = "bmt@1";
  estimates.horizon_months = 60;
  estimates.level = 0.95;
  estimates.contributors = {"ohio", "alfred"};
  estimates.missing = {"hahnemann"};
  estimates.groups = {group};
  return estimates;
}

constexpr char kStart[] =
    "01ff,\"sex:female,male\",disease:aml-low,disease-free-survival@1,pfs@1,bmt@1,60,";
constexpr char kEnd[] = ",-1.5,2,plain,sum over age-band,0.03,0.04,0.64,0.6,0.85,0.95,loglog,false";

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_EQ(lines.back(), "");
  lines.pop_back();
  return lines;
}

TEST(OutputFilesTest, KaplanMeier) {
  EXPECT_THAT(
      Lines(KmCsv(Small())),
      ElementsAre(
          absl::StrCat(kFirst, "time_months,n_risk,n_event_cum,n_censor_cum,surv", kLast),
          absl::StrCat(kStart, "12,40.5,10.25,0,0.75", kEnd),
          absl::StrCat(kStart, "60,3,12,5,,-1.5,2,plain,sum over age-band,,,,,,0.95,plain,true"),
          absl::StrCat(kStart, "6.5,,,,0.75", kEnd)));
}

TEST(OutputFilesTest, CumulativeIncidence) {
  EXPECT_THAT(Lines(CifCsv(Small())),
              ElementsAre(absl::StrCat(kFirst, "cause,time_months,n_risk,n_event_cum,cif", kLast),
                          absl::StrCat(kStart, "relapse,12,40.5,4.5,0.75", kEnd)));
}

TEST(OutputFilesTest, MeanTime) {
  EXPECT_THAT(Lines(RmstCsv(Small())),
              ElementsAre(absl::StrCat(kFirst, "tau_months,rmst,contrast", kLast),
                          absl::StrCat(kStart, "12,0.75,", kEnd)));
}

TEST(OutputFilesTest, Quantiles) {
  EXPECT_THAT(
      Lines(MedianCsv(Small())),
      ElementsAre(absl::StrCat(kFirst, "quantile,value_months,reached", kLast),
                  absl::StrCat(
                      kStart, "0.5,,false,-1.5,2,plain,sum over age-band,,,,,,0.95,inverted,false"),
                  absl::StrCat(kStart, "0.25,0.75,true", kEnd)));
}

TEST(OutputFilesTest, OneGroupHasNoName) {
  Estimates estimates = Small();
  estimates.group_attribute = "";
  estimates.groups[0].group = "";
  EXPECT_THAT(Lines(RmstCsv(estimates))[1],
              StartsWith("01ff,\"sex:female,male\",,disease-free-survival@1,"));
}

TEST(OutputFilesTest, EveryLineHasTheColumnsOfItsHeader) {
  const TestRelease test(LoadTestCharter(), QuestionAbout("disease-free-survival@1"),
                         GoldenCells());
  ASSERT_OK_AND_ASSIGN(const Estimates estimates,
                       Estimate(test.plan, test.layout, *test.charter, test.release, {}));
  const std::vector<OutputFile> files = CsvFiles(estimates);
  ASSERT_THAT(files, SizeIs(4));
  for (const OutputFile& file : files) {
    const std::vector<std::string> lines = Lines(file.contents);
    EXPECT_GE(lines.size(), 2u) << file.name;
    const std::vector<std::string> header = absl::StrSplit(lines[0], ',');
    for (const std::string& line : lines) {
      const std::vector<std::string> fields = absl::StrSplit(line, ',');
      EXPECT_EQ(fields.size(), header.size()) << file.name << ": " << line;
    }
  }
  EXPECT_EQ(files[0].name, "km.csv");
  EXPECT_THAT(Lines(files[0].contents), SizeIs(9));
  EXPECT_EQ(files[1].name, "cif.csv");
  EXPECT_THAT(Lines(files[1].contents), SizeIs(17));
  EXPECT_EQ(files[2].name, "rmst.csv");
  EXPECT_EQ(files[3].name, "median.csv");
}

// ---- tables that are not of events ----

Estimates Counted(v1::TableKind kind) {
  Estimates estimates = Small();
  estimates.kind = kind;
  estimates.decoder = "";
  GroupEstimates& group = estimates.groups[0];
  group.km.clear();
  group.cif.clear();
  return estimates;
}

TEST(OutputFilesTest, CountsComeWithTheSdOfTheirNoise) {
  Estimates estimates = Counted(v1::TABLE_CATEGORY);
  const Estimated half = {.value = 0.5, .ci_type = "wilson"};
  estimates.groups[0].counts = {{"relapse", 20.25, 3.5, half, std::nullopt}};
  const std::vector<OutputFile> files = CsvFiles(estimates);
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(files[0].name, "response.csv");
  EXPECT_THAT(
      Lines(files[0].contents),
      ElementsAre(absl::StrCat(kFirst, "slot,category,x,x_sd,n,denominator,proportion", kLast),
                  absl::StrCat(kStart,
                               "60 mo,relapse,20.25,3.5,40.5,all,0.5,-1.5,2,,sum over "
                               "age-band,,,,,,0.95,wilson,false")));
}

// Without the row `all` nobody knows of how many.
TEST(OutputFilesTest, FlagsWithoutARowForEverybodyHaveNoNumberOfPatients) {
  Estimates estimates = Counted(v1::TABLE_FLAGS);
  estimates.groups[0].n = std::nullopt;
  estimates.groups[0].counts = {{"relapse", 45, 3.5, std::nullopt, std::nullopt}};
  EXPECT_THAT(Lines(AeCsv(estimates))[1], HasSubstr(",60,relapse,,45,3.5,,,,,-1.5,2,"));
  rapidjson::Document json;
  json.Parse(EstimatesJson(estimates).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_TRUE(json["groups"][0]["n"].IsNull());
}

TEST(OutputFilesTest, MeanAndSdHaveALineEach) {
  Estimates estimates = Counted(v1::TABLE_MOMENT);
  const Estimated sd = {.value = 12, .lower = 10, .upper = 14, .ci_type = "root"};
  estimates.groups[0].moment = {.mean = {.value = 50, .ci_type = "plain"}, .sd = sd};
  const std::vector<std::string> lines = Lines(MomentCsv(estimates));
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0], absl::StrCat(kFirst, "n,statistic,value", kLast));
  EXPECT_THAT(lines[1], HasSubstr(",40.5,mean,50,"));
  EXPECT_THAT(lines[2], HasSubstr(",40.5,sd,12,"));
  EXPECT_THAT(lines[2], EndsWith(",10,14,0.95,root,false"));
  rapidjson::Document json;
  json.Parse(EstimatesJson(estimates).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_DOUBLE_EQ(json["groups"][0]["sd"]["upper"].GetDouble(), 14);
}

TEST(OutputFilesTest, QuotesAreDoubled) {
  Estimates estimates = Small();
  estimates.cut = "a\"b";
  EXPECT_THAT(Lines(RmstCsv(estimates))[1], HasSubstr(",\"a\"\"b\","));
}

TEST(OutputFilesTest, NumberThatIsNoneIsEmpty) {
  Estimates estimates = Small();
  estimates.groups[0].rmst.upper = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Lines(RmstCsv(estimates))[1], EndsWith(",0.6,,0.95,loglog,false"));
}

TEST(OutputFilesTest, NoMinusBeforeZero) {
  Estimates estimates = Small();
  estimates.groups[0].rmst.value = -0.0;
  EXPECT_THAT(Lines(RmstCsv(estimates))[1], HasSubstr(",12,0,,"));
}

TEST(OutputFilesTest, JsonHoldsTheSame) {
  const std::string text = EstimatesJson(Small());
  EXPECT_THAT(text, EndsWith("}\n"));
  rapidjson::Document json;
  json.Parse(text.c_str());
  ASSERT_FALSE(json.HasParseError()) << text;
  EXPECT_STREQ(json["release"].GetString(), "01ff");
  EXPECT_STREQ(json["released_plan"].GetString(), "a finer plan");
  EXPECT_STREQ(json["derivation"].GetString(), "sum over age-band");
  EXPECT_STREQ(json["decoder"].GetString(), "plain");
  EXPECT_STREQ(json["cohort"].GetString(), "sex:female,male");
  EXPECT_EQ(json["horizon_months"].GetInt(), 60);
  ASSERT_EQ(json["contributors"].Size(), 2u);
  EXPECT_STREQ(json["contributors"][1].GetString(), "alfred");
  ASSERT_EQ(json["missing"].Size(), 1u);
  EXPECT_STREQ(json["missing"][0].GetString(), "hahnemann");
  const auto& group = json["groups"][0];
  EXPECT_STREQ(group["group"].GetString(), "aml-low");
  EXPECT_EQ(group["km"].Size(), 2u);
  EXPECT_DOUBLE_EQ(group["km"][0]["surv"]["value"].GetDouble(), 0.75);
  EXPECT_DOUBLE_EQ(group["km"][0]["surv"]["noise_share"].GetDouble(), 0.64);
  EXPECT_TRUE(group["km"][1]["surv"]["value"].IsNull());
  EXPECT_TRUE(group["km"][1]["surv"]["suppressed"].GetBool());
  EXPECT_STREQ(group["cif"][0]["cause"].GetString(), "relapse");
  EXPECT_DOUBLE_EQ(group["cif"][0]["points"][0]["cif"]["upper"].GetDouble(), 0.85);
  EXPECT_DOUBLE_EQ(group["tau_months"].GetDouble(), 12);
  EXPECT_FALSE(group["quantiles"][0]["reached"].GetBool());
  EXPECT_DOUBLE_EQ(group["landmarks"][0]["time_months"].GetDouble(), 6.5);
  EXPECT_TRUE(group["median_follow_up_months"].IsNull());
}

}  // namespace
}  // namespace perdura::query
