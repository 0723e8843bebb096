#include "cli/commands/shown_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/render.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A release to which three of four hospitals contributed, and that could not be checked for liars.
class ShownAnswerTest : public ::testing::Test {
 protected:
  ShownAnswerTest() {
    opened_.charter = *federation::Charter::Create(
        test_support::TestFederation::Make().charter.SerializeAsString());
    for (const char* member : {"ohio", "hahnemann", "alfred"}) {
      opened_.commit.add_contributors()->set_member(member);
    }
    estimates_.kind = v1::TABLE_EVENT;
    estimates_.endpoint = "overall-survival@1";
    estimates_.derivation = "direct";
    estimates_.release_id = std::string(32, '\x11');
    estimates_.unchecked_against_liars = true;
    query::GroupEstimates group;
    group.n = 117;
    group.not_evaluable = 4.5;
    group.not_evaluable_sd = 2.5;
    estimates_.groups = {group};
    NameContributors(opened_, estimates_);
  }
  ShownAnswer Show(absl::string_view format) const {
    return ShowAnswer(format, opened_, estimates_, "rho 1");
  }

  federation::OpenedBundle opened_;
  query::Estimates estimates_;
};

const auto kWarnings =
    AllOf(HasSubstr("contributors: ohio, hahnemann, alfred\n"),
          HasSubstr("MISSING, their patients are not in this result: st-vincent\n"),
          HasSubstr("unchecked against lying stewards"), HasSubstr("protected unit: one record"),
          HasSubstr("release 1111"), HasSubstr("price: rho 1\n"));

TEST_F(ShownAnswerTest, MissingMembersAreThoseWhoDidNotContribute) {
  EXPECT_THAT(estimates_.contributors, ElementsAre("ohio", "hahnemann", "alfred"));
  EXPECT_THAT(estimates_.missing, ElementsAre("st-vincent"));
}

TEST_F(ShownAnswerTest, TablesEndWithTheWarnings) {
  EXPECT_THAT(Show("table").text, kWarnings);
  EXPECT_THAT(Show("table").notes, IsEmpty());
}

TEST_F(ShownAnswerTest, FormatsForProgramsKeepTheWarningsApart) {
  for (const char* format : {"csv", "json"}) {
    EXPECT_THAT(Show(format).notes, kWarnings) << format;
    EXPECT_THAT(Show(format).text, Not(HasSubstr("MISSING"))) << format;
  }
  EXPECT_THAT(Show("csv").text, StartsWith("release,cohort,"));
  EXPECT_THAT(Show("json").text, HasSubstr("\"missing\":[\"st-vincent\"]"));
}

TEST_F(ShownAnswerTest, CsvSaysWhichFilesItLeavesOut) {
  EXPECT_THAT(Show("csv").notes, HasSubstr("km.csv; --out DIR also writes cif.csv, rmst.csv"));
  EXPECT_THAT(Show("json").notes, Not(HasSubstr("km.csv")));
}

TEST_F(ShownAnswerTest, WhoCannotBeEvaluatedIsShown) {
  EXPECT_THAT(RenderTables(estimates_),
              AllOf(HasSubstr("about 117 patients\n"), HasSubstr("not evaluable: 4.5 +- 2.5")));
}

TEST_F(ShownAnswerTest, NumberOfPatientsThatIsNotKnownIsNotShown) {
  estimates_.kind = v1::TABLE_FLAGS;
  estimates_.groups[0].n = std::nullopt;
  estimates_.groups[0].counts = {{"relapse", 45, 2, std::nullopt, std::nullopt}};
  EXPECT_THAT(RenderTables(estimates_), AllOf(HasSubstr("45.0 +- 2.0"), Not(HasSubstr("about"))));
}

TEST_F(ShownAnswerTest, SdOfAMeanHasItsIntervalOrNone) {
  estimates_.kind = v1::TABLE_MOMENT;
  query::MomentEstimate moment = {.mean = {.value = 50, .lower = 45, .upper = 55}};
  moment.sd = query::Estimated{.value = 12, .lower = 10, .upper = 14};
  estimates_.groups[0].moment = moment;
  EXPECT_THAT(RenderTables(estimates_), HasSubstr("sd  12.000  [10.000, 14.000]"));
  estimates_.groups[0].moment->sd = query::Estimated{.suppressed = true};
  EXPECT_THAT(RenderTables(estimates_), HasSubstr("sd suppressed"));
}

}  // namespace
}  // namespace perdura::cli
