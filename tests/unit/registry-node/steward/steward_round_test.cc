#include "registry-node/steward/steward_round.h"

#include <gtest/gtest.h>

#include "base/reason.h"
#include "federation/charter_chain.h"
#include "tests/support/test_charter.h"

namespace perdura::registry_node {
namespace {

constexpr int kSigners = 3;  // Q of (4,2)

// A round of the test charter, (4,2) with Q = 3, opened at 0 ms: upload_at 200, have list 470,
// commit_until 600, clock skew 50. Everything that `Commit()` names is held.
class StewardRoundTest : public ::testing::Test {
 protected:
  StewardRoundTest() : federation_(test_support::TestFederation::Make()), chain_(federation_.pin) {
    start_ = absl::FromUnixSeconds(federation_.charter.valid_from()) + absl::Hours(1);
    EXPECT_TRUE(chain_.Accept(federation_.Sign(federation_.charter), start_).ok());
    RoundFrame frame{.charter = chain_.current(),
                     .quorum = chain_.current()->quorum(),
                     .id = {"payer-desk", "question", 1},
                     .manifest_hash = "manifest",
                     .slots = {},
                     .overlap_key = "cohort"};
    frame.slots.set_opened_at(absl::ToUnixMicros(At(0)));
    frame.slots.set_upload_at(absl::ToUnixMicros(At(200)));
    frame.slots.set_collect_until(absl::ToUnixMicros(At(450)));
    frame.slots.set_commit_until(absl::ToUnixMicros(At(600)));
    round_ = std::make_unique<StewardRound>(std::move(frame));
    for (const char* node : {"alfred", "hahnemann", "ohio", "st-vincent"}) {
      round_->Hold({v1::CONTRIBUTION_ROLE_NODE, node}, node);
    }
    for (const char* dealer : {"ohio", "alfred", "st-vincent", "hahnemann"}) {
      round_->Hold({v1::CONTRIBUTION_ROLE_DEALER, dealer}, dealer);
    }
  }

  absl::Time At(int milliseconds) const { return start_ + absl::Milliseconds(milliseconds); }

  v1::Commit Commit() const {
    v1::Commit commit;
    commit.set_charter_hash(chain_.current()->hash());
    commit.set_manifest_hash("manifest");
    for (const char* node : {"alfred", "hahnemann", "ohio"}) Add(*commit.add_contributors(), node);
    for (const char* dealer : {"ohio", "alfred", "st-vincent"}) Add(*commit.add_dealers(), dealer);
    return commit;
  }
  static void Add(v1::CommitEntry& entry, const std::string& member) {
    entry.set_member(member);
    entry.set_contribution_id(member);
  }

  // Reason word with which a draft is refused by a process started at `started`, empty if signed.
  std::string Draft(const v1::Commit& commit, const SignedEarlier& earlier = {},
                    int started = -1000, int now = 500) const {
    return base::ReasonOf(round_->CheckDraft({commit, "id"}, earlier, At(started), At(now)));
  }
  std::string Certificate(int signers, const SignedEarlier& earlier = {},
                          int started = -1000) const {
    return base::ReasonOf(
        round_->CheckCertificate({Commit(), "id"}, signers, earlier, At(started)));
  }

  test_support::TestFederation federation_;
  federation::CharterChain chain_;
  absl::Time start_;
  std::unique_ptr<StewardRound> round_;
};

class ListedRoundTest : public StewardRoundTest {
 protected:
  ListedRoundTest() { round_->List(); }
};

TEST_F(StewardRoundTest, ListIsDueAtCollectUntilPlusGrace) { EXPECT_EQ(round_->ListAt(), At(470)); }

TEST_F(StewardRoundTest, ContributionAtListAtIsLate) {
  EXPECT_EQ(base::ReasonOf(round_->CheckTimely(At(470))), "late");
  EXPECT_TRUE(round_->CheckTimely(At(470) - absl::Microseconds(1)).ok());
}

TEST_F(ListedRoundTest, ContributionAfterTheListIsLate) {
  EXPECT_EQ(base::ReasonOf(round_->CheckTimely(At(300))), "late");
}

TEST_F(StewardRoundTest, SecondContributionOfASourceIsRefusedAndTheSameOneIsNot) {
  const ContributionSource ohio(v1::CONTRIBUTION_ROLE_NODE, "ohio");
  EXPECT_EQ(base::ReasonOf(round_->IsNew(ohio, "other").status()), "second_contribution");
  const auto same = round_->IsNew(ohio, "ohio");
  ASSERT_TRUE(same.ok());
  EXPECT_FALSE(*same);
}

TEST_F(StewardRoundTest, RejectedSourceLeavesTheListOnceItIsHeld) {
  v1::HaveEntry entry;
  entry.set_role(v1::CONTRIBUTION_ROLE_NODE);
  entry.set_member("node-5");
  round_->Reject(entry);
  entry.set_member("ohio");
  round_->Reject(entry);
  v1::Have before;
  round_->WriteTo(before);
  ASSERT_EQ(before.rejected_size(), 1);
  EXPECT_EQ(before.rejected(0).member(), "node-5");
  round_->Hold({v1::CONTRIBUTION_ROLE_NODE, "node-5"}, "id");
  v1::Have after;
  round_->WriteTo(after);
  EXPECT_EQ(after.rejected_size(), 0);
  EXPECT_EQ(after.accepted_size(), before.accepted_size() + 1);
}

TEST_F(ListedRoundTest, DraftOfWhatIsHeldIsSigned) { EXPECT_EQ(Draft(Commit()), ""); }

TEST_F(StewardRoundTest, DraftBeforeTheListIsNotHeld) { EXPECT_EQ(Draft(Commit()), "not_held"); }

TEST_F(ListedRoundTest, DraftBeforeUploadAtIsEarly) {
  EXPECT_EQ(Draft(Commit(), {}, -1000, 199), "early");
}

TEST_F(ListedRoundTest, DraftAtCommitUntilIsLate) {
  EXPECT_EQ(Draft(Commit(), {}, -1000, 600), "late");
  EXPECT_EQ(Draft(Commit(), {}, -1000, 599), "");
}

TEST_F(ListedRoundTest, ProcessStartedAtOpenedAtPlusSkewSignsNothing) {
  EXPECT_EQ(Draft(Commit(), {}, 50), "restarted");
  EXPECT_EQ(Draft(Commit(), {}, 49), "");
}

TEST_F(ListedRoundTest, SecondCommitOfTheAttemptIsRefused) {
  EXPECT_EQ(Draft(Commit(), {.commit_id = "other", .contributor_sets = {}}), "second_commit");
}

TEST_F(ListedRoundTest, UnsortedOrRepeatedMembersAreMalformed) {
  v1::Commit commit = Commit();
  commit.mutable_contributors()->SwapElements(0, 1);
  EXPECT_EQ(Draft(commit), "malformed");
  commit = Commit();
  Add(*commit.mutable_dealers(1), "ohio");
  EXPECT_EQ(Draft(commit), "malformed");
}

TEST_F(ListedRoundTest, DealerThatIsNoStewardIsMalformed) {
  v1::Commit commit = Commit();
  Add(*commit.mutable_dealers(0), "node-5");
  EXPECT_EQ(Draft(commit), "malformed");
}

TEST_F(ListedRoundTest, AnotherCharterIsMalformed) {
  v1::Commit commit = Commit();
  commit.set_charter_hash("other");
  EXPECT_EQ(Draft(commit), "malformed");
}

TEST_F(ListedRoundTest, AnotherContributionOfTheSameMemberIsNotHeld) {
  v1::Commit commit = Commit();
  commit.mutable_contributors(0)->set_contribution_id("other");
  EXPECT_EQ(Draft(commit), "not_held");
}

TEST_F(ListedRoundTest, OneDealerTooFewOrTooManyIsRefused) {
  v1::Commit commit = Commit();
  commit.mutable_dealers()->RemoveLast();
  EXPECT_EQ(Draft(commit), "dealer_count");
  commit = Commit();
  Add(*commit.add_dealers(), "hahnemann");
  EXPECT_EQ(Draft(commit), "dealer_count");
}

TEST_F(ListedRoundTest, TwoLegalEntitiesAreTooFew) {
  v1::Commit commit = Commit();
  commit.mutable_contributors()->RemoveLast();
  EXPECT_EQ(Draft(commit), "too_few_entities");
}

TEST_F(ListedRoundTest, ContributorsThatDifferByOneEntityOverlap) {
  SignedEarlier earlier;
  earlier.contributor_sets = {{"alfred", "hahnemann", "ohio", "st-vincent"}};
  EXPECT_EQ(Draft(Commit(), earlier), "overlap");
  earlier.contributor_sets = {{"alfred", "hahnemann", "ohio"}};
  EXPECT_EQ(Draft(Commit(), earlier), "");
}

TEST_F(ListedRoundTest, CertificateNeedsAQuorumOfSigners) {
  EXPECT_EQ(Certificate(kSigners - 1), "bad_signature");
  EXPECT_EQ(Certificate(kSigners), "");
}

TEST_F(ListedRoundTest, CertificateOfAnotherCommitThanTheOneSignedIsRefused) {
  EXPECT_EQ(Certificate(kSigners, {.commit_id = "other", .contributor_sets = {}}), "second_commit");
  EXPECT_EQ(Certificate(kSigners, {.commit_id = "id", .contributor_sets = {}}), "");
}

TEST_F(ListedRoundTest, RestartedProcessSumsNothing) {
  EXPECT_EQ(Certificate(kSigners, {}, 50), "restarted");
}

TEST_F(StewardRoundTest, CertificateBeforeTheListIsNotHeld) {
  EXPECT_EQ(Certificate(kSigners), "not_held");
}

TEST(CheckOneManifestTest, AnotherManifestOfADealtAttemptIsReused) {
  EXPECT_TRUE(CheckOneManifest(std::nullopt, "a").ok());
  EXPECT_TRUE(CheckOneManifest(DealRecord{"a", ""}, "a").ok());
  EXPECT_EQ(base::ReasonOf(CheckOneManifest(DealRecord{"a", ""}, "b")), "attempt_reused");
}

}  // namespace
}  // namespace perdura::registry_node
