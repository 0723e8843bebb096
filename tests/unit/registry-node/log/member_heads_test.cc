#include "registry-node/log/member_heads.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/check.h"
#include "base/reason.h"
#include "federation/log/entries.h"
#include "federation/witnesses.h"
#include "registry-node/log/log_proofs.h"
#include "tests/support/log_database.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::registry_node {
namespace {

using test_support::TestFederation;

// A party with a log in memory.
class PartyWithLog final {
 public:
  PartyWithLog(const TestFederation& federation, const std::string& id)
      : database_(test_support::LogDatabase()) {
    auto opened = PartyLog::Open({.database = database_,
                                  .origin = federation::OriginOf("test", id),
                                  .key = federation.log_key(id)});
    PERDURA_CHECK(opened.ok());
    log_ = *std::move(opened);
  }
  PartyLog& log() { return *log_; }
  void Record(const std::string& what) {
    PERDURA_CHECK(log_->Record(federation::log::RoundEntry("dealt", log_->member(), 1,
                                                           crypto::Sha256(what), {}))
                      .ok());
  }

 private:
  SharedDatabase database_;
  std::unique_ptr<PartyLog> log_;
};

// Steward ohio sees contributions of alfred.
class MemberHeadsTest : public ::testing::Test {
 protected:
  struct Sent {
    v1::Contribution header;
    MemberHeads::Proofs proofs;
  };

  MemberHeadsTest()
      : federation_(TestFederation::Make({.witness = v1::WITNESS_REQUIRED})),
        charter_(*federation::Charter::Create(federation_.Sign(federation_.charter).payload())),
        steward_(federation_, "ohio"),
        member_(federation_, "alfred"),
        heads_(steward_.log()) {}

  // alfred debits and stamps a contribution.
  Sent Contribute(PartyWithLog& member, const std::string& what) {
    member.Record(what);
    auto stamp = MakeLogStamp(member.log(), {});
    PERDURA_CHECK(stamp.ok());
    Sent sent;
    sent.header.set_member("alfred");
    sent.header.set_checkpoint(stamp->note);
    sent.proofs.Add(stamp->proofs.begin(), stamp->proofs.end());
    return sent;
  }
  HeadsHeld Held() {
    auto held = heads_.Held(*charter_);
    PERDURA_CHECK(held.ok());
    return *std::move(held);
  }
  absl::Status See(const HeadsHeld& since, const Sent& sent) {
    return heads_.See(since, sent.header, sent.proofs, *charter_);
  }
  std::string ReasonFor(const HeadsHeld& since, const Sent& sent) {
    return base::ReasonOf(See(since, sent));
  }

  TestFederation federation_;
  std::shared_ptr<const federation::Charter> charter_;
  PartyWithLog steward_;
  PartyWithLog member_;
  MemberHeads heads_;
};

TEST_F(MemberHeadsTest, FirstAndLaterContributionsAreTaken) {
  EXPECT_OK(See(Held(), Contribute(member_, "one")));
  EXPECT_OK(See(Held(), Contribute(member_, "two")));
  EXPECT_EQ(Held().at("alfred").size, 2u);
}

TEST_F(MemberHeadsTest, OvertakenContributionOfAnOverlappingRoundIsTaken) {
  ASSERT_OK(See(Held(), Contribute(member_, "one")));
  const HeadsHeld since = Held();
  const Sent first = Contribute(member_, "two");
  const Sent second = Contribute(member_, "three");
  EXPECT_OK(See(since, second));
  EXPECT_OK(See(since, first));
  EXPECT_EQ(Held().at("alfred").size, 3u);
}

TEST_F(MemberHeadsTest, FirstContributionThatWasOvertakenIsTaken) {
  const HeadsHeld nothing = Held();
  const Sent first = Contribute(member_, "one");
  const Sent second = Contribute(member_, "two");
  EXPECT_OK(See(nothing, second));
  EXPECT_OK(See(nothing, first));
}

TEST_F(MemberHeadsTest, SmallerLogThanAtTheManifestIsAMemberRollback) {
  const Sent old = Contribute(member_, "one");
  ASSERT_OK(See(Held(), Contribute(member_, "two")));
  EXPECT_EQ(ReasonFor(Held(), old), "member_rollback");
}

TEST_F(MemberHeadsTest, OldCopyThatGrewToTheSameSizeIsAMemberRollback) {
  ASSERT_OK(See(Held(), Contribute(member_, "one")));
  ASSERT_OK(See(Held(), Contribute(member_, "two")));
  PartyWithLog copy(federation_, "alfred");
  copy.Record("one");
  EXPECT_EQ(ReasonFor(Held(), Contribute(copy, "another")), "member_rollback");
}

TEST_F(MemberHeadsTest, OldCopyThatGrewBeyondHasNoProof) {
  ASSERT_OK(See(Held(), Contribute(member_, "one")));
  ASSERT_OK(See(Held(), Contribute(member_, "two")));
  PartyWithLog copy(federation_, "alfred");
  for (const char* what : {"one", "another", "more"}) copy.Record(what);
  EXPECT_EQ(ReasonFor(Held(), Contribute(copy, "most")), "bad_proof");
}

TEST_F(MemberHeadsTest, MissingProofIsRefusedAndTheSameWithItIsTaken) {
  ASSERT_OK(See(Held(), Contribute(member_, "one")));
  const Sent complete = Contribute(member_, "two");
  Sent without = complete;
  without.proofs.Clear();
  EXPECT_EQ(ReasonFor(Held(), without), "bad_proof");
  EXPECT_OK(See(Held(), complete));
}

TEST_F(MemberHeadsTest, CheckpointOfAnotherMemberIsABadHeader) {
  PartyWithLog other(federation_, "st-vincent");
  Sent sent = Contribute(member_, "one");
  sent.header.set_checkpoint(Contribute(other, "one").header.checkpoint());
  EXPECT_EQ(ReasonFor(Held(), sent), "bad_header");
}

TEST_F(MemberHeadsTest, WithoutAWitnessEveryFieldMustBeEmpty) {
  const TestFederation plain = TestFederation::Make();
  const auto charter = *federation::Charter::Create(plain.Sign(plain.charter).payload());
  v1::Contribution header;
  header.set_member("alfred");
  EXPECT_OK(heads_.See({}, header, {}, *charter));
  header.set_checkpoint("note");
  EXPECT_EQ(base::ReasonOf(heads_.See({}, header, {}, *charter)), "bad_header");
}

}  // namespace
}  // namespace perdura::registry_node
