// The way back for a party on an old copy of its database: nobody deals with it until the authority
// has signed a rebase, then it takes part again, and its ledger is not below what it had spent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "federation/audit/ledger_audit.h"
#include "federation/audit/sibling_audit.h"
#include "federation/bundle/bundle.h"
#include "federation/ledger/party_tables.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/rebasing.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kCentre[] = "node-5";  // no steward
constexpr char kDealingSteward[] = "ohio";
constexpr uint64_t kWholeBudget = uint64_t{1} << 57;

class RebaseTest : public ::testing::Test {
 protected:
  RebaseTest()
      : sim_(TestFederation::Make(
                 {.nodes = 5, .cap_units = kWholeBudget, .witness = v1::WITNESS_REQUIRED}),
             /*seed=*/11, Faults{}, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
  }

  absl::StatusOr<v1::Answer> AskNew() {
    return sim_.Ask(
        sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_)));
  }
  std::vector<std::string> Contributors(const absl::StatusOr<v1::Answer>& answer) {
    return ContributorsOf(answer, sim_.federation());
  }
  uint64_t Spent(base::Database& database) {
    return federation::ChargeLedger(database)
        .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0})
        .value_or(0);
  }
  // Puts a member back on a copy of its database, from before the last question.
  void RollBack(const std::string& member) {
    ASSERT_TRUE(AskNew().ok());
    copy_.emplace(sim_.CopyOf(member));
    ASSERT_TRUE(AskNew().ok());
    spent_ = Spent(sim_.registry(member));
    sim_.Stop(member);
    sim_.RestoreMember(member, *copy_);
    sim_.RunFor(absl::Seconds(1));
    ASSERT_EQ(base::ReasonOf(sim_.member(member).CheckStarted()), "restored");
  }
  void RollBackDesk() {
    ASSERT_TRUE(AskNew().ok());
    copy_.emplace(sim_.CopyOfDesk());
    ASSERT_TRUE(AskNew().ok());
    spent_ = Spent(sim_.desk_database());
    sim_.RestoreDesk(*copy_);
    sim_.RunFor(absl::Seconds(1));
    ASSERT_EQ(base::ReasonOf(AskNew().status()), "restored");
  }
  v1::RebaseFile RebaseOf(const std::string& member, bool gap_is_known = true) {
    v1::RebaseFile file = DraftFor(sim_.registry(member), {&sim_.desk_database()}, gap_is_known);
    SignRebase(file, sim_.federation(), {1, 2});
    return file;
  }
  v1::RebaseFile RebaseOfDesk(bool gap_is_known = true) {
    v1::RebaseFile file = DraftFor(sim_.desk_database(), {&sim_.registry(kCentre)}, gap_is_known);
    SignRebase(file, sim_.federation(), {1, 2});
    return file;
  }
  void Install(const std::string& member, const v1::RebaseFile& file) {
    ASSERT_OK(sim_.desk().AcceptRebase(file, random_, sim_.now()));
    ASSERT_OK(sim_.member(member).AcceptRebase(file, sim_.now()));
    sim_.RunFor(absl::Seconds(2));
  }

  // These outlive the federation.
  std::optional<DatabaseCopy> copy_;
  std::optional<DatabaseCopy> before_;
  SimulatedFederation sim_;
  test_support::SeededRandom random_{5};
  uint64_t asked_ = 0;
  uint64_t spent_ = 0;
};

TEST_F(RebaseTest, NodeTakesPartAgainAndHasPaidForWhatItLost) {
  RollBack(kCentre);
  EXPECT_LT(Spent(sim_.registry(kCentre)), spent_);
  Install(kCentre, RebaseOf(kCentre));
  EXPECT_OK(sim_.member(kCentre).CheckStarted());
  EXPECT_EQ(Spent(sim_.registry(kCentre)), spent_);
  EXPECT_THAT(Contributors(AskNew()), Contains(kCentre));
  EXPECT_GT(Spent(sim_.registry(kCentre)), spent_);
}

TEST_F(RebaseTest, UnknownGapSpendsTheRestOfEveryLine) {
  RollBack(kCentre);
  Install(kCentre, RebaseOf(kCentre, /*gap_is_known=*/false));
  EXPECT_OK(sim_.member(kCentre).CheckStarted());
  EXPECT_EQ(Spent(sim_.registry(kCentre)), kWholeBudget);
}

TEST_F(RebaseTest, StewardDealsAgain) {
  RollBack(kDealingSteward);
  Install(kDealingSteward, RebaseOf(kDealingSteward));
  EXPECT_OK(sim_.member(kDealingSteward).CheckStarted());
  // The others alone are no quorum.
  sim_.Stop("alfred");
  sim_.RunFor(absl::Milliseconds(100));
  const auto answer = sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), "disease-free-survival")));
  EXPECT_THAT(Contributors(answer), Contains(kDealingSteward));
}

TEST_F(RebaseTest, AggregatorAsksAgainAndHasPaidForWhatItLost) {
  RollBackDesk();
  EXPECT_LT(Spent(sim_.desk_database()), spent_);
  ASSERT_OK(sim_.desk().AcceptRebase(RebaseOfDesk(), random_, sim_.now()));
  sim_.RunFor(absl::Seconds(2));
  EXPECT_EQ(Spent(sim_.desk_database()), spent_);
  EXPECT_EQ(Contributors(AskNew()).size(), 5u);
}

TEST_F(RebaseTest, ReleaseAfterTheAggregatorsRebaseListsWhatItLost) {
  RollBackDesk();
  ASSERT_OK(sim_.desk().AcceptRebase(RebaseOfDesk(), random_, sim_.now()));
  sim_.RunFor(absl::Seconds(2));
  const auto answer = AskNew();
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_OK_AND_ASSIGN(federation::OpenedBundle opened,
                       federation::OpenBundle(BundleOf(*answer), sim_.federation().pin));
  EXPECT_THAT(opened.checks, Contains(HasSubstr("generation 2 of aggregator's log")));
  ASSERT_EQ(opened.release.siblings_size(), 2);
  EXPECT_EQ(opened.release.siblings(0).end_state(), "released");
  EXPECT_EQ(opened.release.siblings(1).end_state(), "burnt:restored");

  const DatabaseCopy desk(sim_.CopyOfDesk());
  const DatabaseCopy steward(sim_.CopyOf(kDealingSteward));
  std::vector<std::unique_ptr<federation::LogCopy>> copies(2);
  ASSERT_OK_AND_ASSIGN(copies[0], federation::LogCopy::Open(desk.path(), sim_.federation().pin));
  ASSERT_OK_AND_ASSIGN(copies[1], federation::LogCopy::Open(steward.path(), sim_.federation().pin));
  federation::AuditReport report;
  EXPECT_OK(federation::CompareCopies(copies, report));
  EXPECT_OK(federation::AuditSiblings({opened}, copies, report));
  EXPECT_EQ(report.problems, 0) << ::testing::PrintToString(report.lines);
  EXPECT_OK(federation::VerifyCharges(*copies[0]));
}

TEST_F(RebaseTest, AggregatorWithAnUnknownGapHasNothingLeft) {
  RollBackDesk();
  ASSERT_OK(sim_.desk().AcceptRebase(RebaseOfDesk(/*gap_is_known=*/false), random_, sim_.now()));
  sim_.RunFor(absl::Seconds(2));
  EXPECT_EQ(Spent(sim_.desk_database()), kWholeBudget);
  const std::string reason = base::ReasonOf(AskNew().status());
  EXPECT_TRUE(reason == "budget_exhausted" || reason == "analyst_cap") << reason;
}

TEST_F(RebaseTest, RestartBeforeTheRebaseChangesNothing) {
  RollBack(kCentre);
  sim_.Stop(kCentre);
  sim_.StartMember(kCentre);
  sim_.RunFor(absl::Seconds(1));
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).CheckStarted()), "restored");
}

TEST_F(RebaseTest, RestartsAfterTheRebaseStopNothing) {
  RollBack(kCentre);
  Install(kCentre, RebaseOf(kCentre));
  sim_.CrashDesk();
  for (const v1::Member& member : sim_.charter()->proto().members()) {
    sim_.Stop(member.id());
    sim_.StartMember(member.id());
  }
  sim_.RunFor(absl::Seconds(1));
  EXPECT_THAT(Contributors(AskNew()), Contains(kCentre));
}

TEST_F(RebaseTest, OldCopyFromBeforeTheRebaseIsFoundOut) {
  RollBack(kCentre);
  before_.emplace(sim_.CopyOf(kCentre));
  const v1::RebaseFile file = RebaseOf(kCentre);
  Install(kCentre, file);
  ASSERT_THAT(Contributors(AskNew()), Contains(kCentre));
  sim_.Stop(kCentre);
  sim_.RestoreMember(kCentre, *before_);
  sim_.RunFor(absl::Seconds(1));
  // The same rebase again does not help: its generation is ahead elsewhere.
  ASSERT_OK(sim_.member(kCentre).AcceptRebase(file, sim_.now()));
  sim_.RunFor(absl::Seconds(2));
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).CheckStarted()), "restored");
  sim_.Stop(kCentre);
}

TEST_F(RebaseTest, TooFewAuthorityKeysAreRefused) {
  RollBack(kCentre);
  v1::RebaseFile file = DraftFor(sim_.registry(kCentre), {}, true);
  SignRebase(file, sim_.federation(), {1, 1});
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).AcceptRebase(file, sim_.now())), "bad_signature");
  EXPECT_EQ(base::ReasonOf(sim_.desk().AcceptRebase(file, random_, sim_.now())), "bad_signature");
}

TEST_F(RebaseTest, OwnRebaseWithoutTheAttemptsThatItListsIsRefused) {
  RollBack(kCentre);
  v1::RebaseFile file = RebaseOf(kCentre);
  ASSERT_GT(file.known_size(), 0);
  file.clear_known();
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).AcceptRebase(file, sim_.now())), "known_missing");
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).CheckStarted()), "restored");
}

TEST_F(RebaseTest, SecondRebaseOfAGenerationIsOld) {
  RollBack(kCentre);
  const v1::RebaseFile file = RebaseOf(kCentre);
  Install(kCentre, file);
  EXPECT_EQ(base::ReasonOf(sim_.member(kCentre).AcceptRebase(file, sim_.now())), "rebase_old");
}

TEST_F(RebaseTest, LedgerAfterARebaseVerifiesOffline) {
  RollBack(kCentre);
  Install(kCentre, RebaseOf(kCentre));
  ASSERT_TRUE(AskNew().ok());
  const DatabaseCopy audited(sim_.CopyOf(kCentre));
  const auto lines = federation::VerifyLedgerFile(audited.path(), sim_.federation().pin);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_THAT(*lines, Contains(AllOf(HasSubstr("rebase: node-5 goes on in generation 2"),
                                     HasSubstr("1 question(s) charged as recorded"))));
  const DatabaseCopy others(sim_.CopyOf(kDealingSteward));
  ASSERT_OK_AND_ASSIGN(const auto seen,
                       federation::VerifyLedgerFile(others.path(), sim_.federation().pin));
  EXPECT_THAT(seen, Contains(HasSubstr("rebase: node-5 goes on in generation 2")));
}

TEST_F(RebaseTest, LedgerBeforeTheRebaseSaysThatThereIsNone) {
  RollBack(kCentre);
  const DatabaseCopy audited(sim_.CopyOf(kCentre));
  ASSERT_OK_AND_ASSIGN(const auto lines,
                       federation::VerifyLedgerFile(audited.path(), sim_.federation().pin));
  EXPECT_THAT(lines, Contains(HasSubstr("rebase: none for generation 2")));
}

TEST_F(RebaseTest, RebaseThatTheAuthorityDidNotSignIsFoundOffline) {
  RollBack(kCentre);
  v1::RebaseFile file = RebaseOf(kCentre);
  file.mutable_rebase()->clear_signatures();
  const DatabaseCopy audited(sim_.CopyOf(kCentre));
  ASSERT_OK(federation::RebaseTable(*audited.Open())
                .Add(kCentre, 2, std::string(32, 'r'), file.rebase().SerializeAsString()));
  const auto status = federation::VerifyLedgerFile(audited.path(), sim_.federation().pin).status();
  EXPECT_EQ(base::ReasonOf(status), "ledger_mismatch") << status;
}

}  // namespace
}  // namespace perdura::simulation
