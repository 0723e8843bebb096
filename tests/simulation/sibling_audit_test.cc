// An aggregator that draws several times and publishes what it likes best, against real stewards
// and nodes: copies of their logs expose what the release does not list.

#include "federation/audit/sibling_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/simulation/sibling_rounds.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using federation::AuditReport;
using federation::LogCopy;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kDesk[] = "aggregator";

// The audit of one bundle against copies of these parties' databases as they are now.
AuditReport AuditOf(SimulatedFederation& sim, const v1::ReleaseBundle& bundle,
                    const std::vector<std::string>& parties) {
  std::vector<DatabaseCopy> files;
  std::vector<std::unique_ptr<LogCopy>> copies;
  for (const std::string& party : parties) {
    files.push_back(party == kDesk ? sim.CopyOfDesk() : sim.CopyOf(party));
    auto copy = LogCopy::Open(files.back().path(), sim.federation().pin);
    EXPECT_TRUE(copy.ok()) << copy.status();
    if (copy.ok()) copies.push_back(*std::move(copy));
  }
  std::vector<federation::OpenedBundle> bundles;
  const auto opened = federation::OpenBundle(bundle, sim.federation().pin);
  EXPECT_TRUE(opened.ok()) << opened.status();
  if (opened.ok()) bundles.push_back(*opened);
  AuditReport report;
  EXPECT_OK(federation::CompareCopies(copies, report));
  EXPECT_OK(federation::AuditSiblings(bundles, copies, report));
  return report;
}

std::string Hex(const std::string& hash) { return base::HexEncode(hash); }

class BestOfTest : public ::testing::Test, protected BestOfSeveral {
 protected:
  BestOfTest() {
    for (std::string& draw : draws_) draw = Draw();
  }
  AuditReport Audit(const v1::ReleaseBundle& bundle, const std::vector<std::string>& parties) {
    return AuditOf(sim_, bundle, parties);
  }
  const std::vector<std::string> everybody_ = {kDesk, "ohio", "alfred", "st-vincent", "hahnemann"};
  std::string draws_[3];
};

TEST_F(BestOfTest, HonestListShowsTheOtherDrawsAsWithheld) {
  const AuditReport report = Audit(Publish(draws_[2]), everybody_);
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  for (const std::string& draw : {draws_[0], draws_[1]}) {
    EXPECT_THAT(report.lines, Contains(AllOf(HasSubstr(Hex(draw)), HasSubstr("WITHHELD: 4"),
                                             HasSubstr("listed as reserved"))));
  }
}

TEST_F(BestOfTest, DrawsThatAreNotListedAreExposedByAllLogs) {
  const AuditReport report = Audit(WithoutSiblings(Publish(draws_[2])), everybody_);
  EXPECT_EQ(report.problems, 2) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines, Contains(AllOf(HasSubstr("PROBLEM"), HasSubstr(Hex(draws_[0])),
                                           HasSubstr("WITHHELD: 4"), HasSubstr("hidden"))));
}

TEST_F(BestOfTest, DrawsThatAreNotListedAreExposedByTheAggregatorsLogAlone) {
  const AuditReport report = Audit(WithoutSiblings(Publish(draws_[2])), {kDesk});
  EXPECT_EQ(report.problems, 2) << ::testing::PrintToString(report.lines);
}

TEST_F(BestOfTest, DrawsThatAreNotListedAreExposedByEachOfAQuorumOfStewards) {
  const v1::ReleaseBundle bundle = WithoutSiblings(Publish(draws_[2]));
  int exposing = 0;
  for (const std::string& steward : sim_.charter()->proto().committee().stewards()) {
    exposing += Audit(bundle, {steward}).problems == 2 ? 1 : 0;
  }
  EXPECT_GE(exposing, sim_.charter()->quorum().q);
}

TEST_F(BestOfTest, DrawsAfterThePublishedOneAreExposedByTheirSums) {
  const AuditReport report = Audit(WithoutSiblings(Publish(draws_[0])), everybody_);
  EXPECT_EQ(report.problems, 2) << ::testing::PrintToString(report.lines);
}

TEST_F(BestOfTest, HonestListNamesLaterDrawsToo) {
  const AuditReport report = Audit(Publish(draws_[0]), everybody_);
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines, Contains(AllOf(HasSubstr(Hex(draws_[2])), HasSubstr("WITHHELD"))));
}

TEST_F(BestOfTest, DrawThatIsListedAsBurntIsAFalseStateAndWithheld) {
  const auto bundle = WithRelease(Publish(draws_[2]), [](v1::Release& release) {
    release.mutable_siblings(1)->set_end_state("burnt:too_few_stewards");
  });
  const AuditReport report = Audit(bundle, everybody_);
  EXPECT_EQ(report.problems, 1) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines,
              Contains(AllOf(HasSubstr("PROBLEM"), HasSubstr(Hex(draws_[1])), HasSubstr("WITHHELD"),
                             HasSubstr("false: the aggregator's log says reserved"))));
}

TEST_F(BestOfTest, DrawThatIsListedAsReleasedIsAFalseState) {
  const auto bundle = WithRelease(Publish(draws_[2]), [](v1::Release& release) {
    release.mutable_siblings(0)->set_end_state("released");
  });
  EXPECT_EQ(Audit(bundle, everybody_).problems, 1);
}

// Five stewards, of which the last is no centre and so holds no manifest.
class BestOfFiveTest : public ::testing::Test, protected BestOfSeveral {
 protected:
  BestOfFiveTest() : BestOfSeveral({.stewards = 5, .threshold = 3}) {}
};

TEST_F(BestOfFiveTest, StewardThatIsNoCentreExposesWhatItSummed) {
  const std::string first = Draw();
  const AuditReport report = AuditOf(sim_, WithoutSiblings(Publish(Draw())), {"steward-5"});
  EXPECT_EQ(report.problems, 1) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines, Contains(AllOf(HasSubstr(Hex(first)), HasSubstr("steward-5 dealt"))));
}

TEST_F(BestOfFiveTest, FewerThanThresholdSumsAreNotCalledWithheld) {
  const std::string first = Draw();
  const v1::ReleaseBundle release = Publish(Draw());
  EXPECT_THAT(AuditOf(sim_, release, {"ohio", "alfred"}).lines,
              Contains(AllOf(HasSubstr(Hex(first)), HasSubstr("; open, 2 steward(s)"))));
  EXPECT_THAT(AuditOf(sim_, release, {"ohio", "alfred", "steward-5"}).lines,
              Contains(AllOf(HasSubstr(Hex(first)), HasSubstr("; WITHHELD: 3 steward(s)"))));
}

// Under losses, redelivery, crashes and overlapping rounds an honest aggregator is never accused.
class RoughSiblingsTest : public ::testing::TestWithParam<uint64_t>, protected SiblingRounds {
 protected:
  RoughSiblingsTest()
      : SiblingRounds(GetParam(), {.drop_request = 20,
                                   .drop_response = 20,
                                   .duplicate = 200,
                                   .max_delay_ms = 15,
                                   .crash = 3}) {}
};

TEST_P(RoughSiblingsTest, HonestAggregatorIsNotAccused) {
  std::vector<v1::Envelope> asks;
  for (int i = 0; i < 6; ++i) {
    asks.push_back(NewAsk());
    sim_.desk()
        .Ask("payer-desk", asks.back(), sim_.now())
        .status()
        .IgnoreError();  // may be refused
    sim_.RunFor(absl::Milliseconds(110));
    if (i % 2 == 1) sim_.Ask(asks.back()).status().IgnoreError();  // may burn
  }
  sim_.RunFor(absl::Seconds(2));
  ASSERT_OK_AND_ASSIGN(const auto releases, sim_.store().Releases(100));
  ASSERT_FALSE(releases.empty());
  for (const aggregator::StoredRelease& one : releases) {
    ASSERT_OK_AND_ASSIGN(const auto stored, sim_.store().ReleaseById(one.id));
    v1::ReleaseBundle bundle;
    ASSERT_TRUE(bundle.ParseFromString(stored->bundle));
    const AuditReport report =
        AuditOf(sim_, bundle, {kDesk, "ohio", "alfred", "st-vincent", "hahnemann"});
    EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoughSiblingsTest, ::testing::Range(uint64_t{1}, uint64_t{13}));

class SiblingAuditTest : public ::testing::Test, protected SiblingRounds {};

TEST_F(SiblingAuditTest, ReleasesOfAnHonestAggregatorHaveNoProblems) {
  AskNew();
  const v1::ReleaseBundle second = AskNew();
  const AuditReport report =
      AuditOf(sim_, second, {kDesk, "ohio", "alfred", "st-vincent", "hahnemann"});
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines, Contains(HasSubstr("listed as released; released")));
}

TEST_F(SiblingAuditTest, QuestionAfterTheReleaseIsNoHiddenSibling) {
  const v1::ReleaseBundle first = AskNew();
  AskNew();
  const AuditReport report =
      AuditOf(sim_, first, {kDesk, "ohio", "alfred", "st-vincent", "hahnemann"});
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  EXPECT_THAT(report.lines, Contains(AllOf(HasSubstr("not listed"), HasSubstr("later"))));
}

TEST_F(SiblingAuditTest, OverlappingRoundsHaveNoProblems) {
  std::vector<v1::Envelope> asks;
  for (int i = 0; i < 3; ++i) {
    asks.push_back(NewAsk());
    ASSERT_TRUE(sim_.desk().Ask("payer-desk", asks.back(), sim_.now()).ok());
    sim_.RunFor(absl::Milliseconds(70));
  }
  for (const v1::Envelope& ask : asks) {
    const auto answer = sim_.Ask(ask);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const AuditReport report =
        AuditOf(sim_, BundleOf(*answer), {kDesk, "ohio", "alfred", "st-vincent", "hahnemann"});
    EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  }
}

TEST_F(SiblingAuditTest, EarlierReleaseThatIsListedAsBurntIsAFalseState) {
  AskNew();
  const auto bundle = WithRelease(AskNew(), [](v1::Release& release) {
    release.mutable_siblings(0)->set_end_state("burnt:bad_sum");
  });
  EXPECT_EQ(AuditOf(sim_, bundle, {kDesk}).problems, 1);
}

TEST_F(SiblingAuditTest, CopyOfAnotherHistoryIsFound) {
  const v1::ReleaseBundle release = AskNew();
  // The same parties and keys with another past: a log that was rewritten and signed anew.
  SimulatedFederation other(test_support::TestFederation::Make(
                                {.cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED}),
                            /*seed=*/99, Faults{}, OneCellEach(25));
  other.RunFor(absl::Milliseconds(400));
  for (uint64_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        other.Ask(other.MakeAsk(PlanText(*other.charter(), kEverybody, (uint64_t{1} << 51) + i)))
            .ok());
  }
  const DatabaseCopy rewritten = other.CopyOfDesk();
  const DatabaseCopy ohio = sim_.CopyOf("ohio");
  std::vector<std::unique_ptr<LogCopy>> copies;
  for (const DatabaseCopy* file : {&rewritten, &ohio}) {
    auto copy = LogCopy::Open(file->path(), sim_.federation().pin);
    ASSERT_TRUE(copy.ok()) << copy.status();
    copies.push_back(*std::move(copy));
  }
  const auto opened = federation::OpenBundle(release, sim_.federation().pin);
  ASSERT_TRUE(opened.ok()) << opened.status();
  AuditReport heads, receipts;
  EXPECT_OK(federation::CompareCopies(copies, heads));
  EXPECT_THAT(heads.lines, Contains(AllOf(HasSubstr("PROBLEM ohio"), HasSubstr("two histories"))));
  EXPECT_OK(federation::AuditSiblings({*opened}, copies, receipts));
  EXPECT_THAT(receipts.lines,
              Contains(AllOf(HasSubstr("PROBLEM the release"), HasSubstr("two histories"))));
}

}  // namespace
}  // namespace perdura::simulation
