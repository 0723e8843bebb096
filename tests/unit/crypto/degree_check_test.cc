#include "crypto/degree_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crypto/shamir.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::SeededRandom;
using test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kRefusedLists = absl::StatusCode::kInvalidArgument;
constexpr size_t kRows = 5;

Field64 F(int64_t value) { return Field64::FromSigned(value); }

std::string CountingBytes() {
  std::string bytes;
  for (char byte = 0; byte < 32; ++byte) bytes.push_back(byte);
  return bytes;
}

// A committee that has received the shares of some senders, as a test bends them.
class Committee {
 public:
  Committee(int s, int t, int senders) : s_(s), t_(t) {
    for (int sender = 0; sender < senders; ++sender) {
      FieldVector secret(kRows + 1);
      for (size_t k = 0; k < secret.size(); ++k) secret[k] = F(static_cast<int64_t>(k) - sender);
      shares_.push_back(*Split(secret, s, t, random_));
    }
  }

  // The share that a sender dealt to a steward, from 1.
  FieldVector& share(size_t sender, int steward) {
    return shares_[sender][static_cast<size_t>(steward) - 1];
  }

  // What the stewards publish, all but `away`.
  std::vector<PublishedChecks> Publish(const std::vector<int>& away = {}) {
    std::vector<PublishedChecks> lists;
    for (int steward = 1; steward <= s_; ++steward) {
      if (std::find(away.begin(), away.end(), steward) != away.end()) continue;
      PublishedChecks list{steward, {}, FieldVector(kRows)};
      for (size_t sender = 0; sender < shares_.size(); ++sender) {
        list.values.push_back(CheckValue(share(sender, steward), r_));
        for (size_t k = 0; k < kRows; ++k) list.sum[k] += share(sender, steward)[k];
      }
      lists.push_back(std::move(list));
    }
    return lists;
  }

  Suspicion Suspects(std::span<const PublishedChecks> lists) {
    const auto found = FindSuspects(lists, r_, t_);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : Suspicion();
  }

 private:
  const int s_;
  const int t_;
  const Field64 r_ = DegreePoint("a commit");
  SeededRandom random_{11};
  std::vector<std::vector<FieldVector>> shares_;  // by sender, then steward
};

TEST(DegreeCheckTest, PointIsTheLittleEndianDigestModuloP) {
  // By big-number arithmetic of another language.
  EXPECT_EQ(DegreePoint(CountingBytes()).value(), 0x6b6d5995a5d88a8eu);
  EXPECT_EQ(DegreePoint(std::string(32, '\xff')).value(), 0xaed0906d8abd1c62u);
}

TEST(DegreeCheckTest, CheckValueIsTheFormOfTheDesign) {
  // 7 r + 8 r^2 + 9 r^3 + 100 at r = 10.
  const FieldVector share = {F(7), F(8), F(9), F(100)};
  EXPECT_EQ(CheckValue(share, F(10)).value(), 70u + 800u + 9000u + 100u);
}

TEST(DegreeCheckTest, CheckValuesHideTheRowsBehindTheUniformElement) {
  // For any other rows there is one uniform element that gives the same values.
  const Field64 r = DegreePoint("a commit");
  FieldVector share = {F(7), F(8), F(9), F(100)};
  const Field64 value = CheckValue(share, r);
  share[0] = F(-12345);
  share[3] += value - CheckValue(share, r);
  EXPECT_EQ(CheckValue(share, r), value);
}

TEST(DegreeCheckTest, NobodyIsSuspectedWhereNothingIsOff) {
  Committee committee(5, 3, 4);
  const Suspicion suspicion = committee.Suspects(committee.Publish());
  EXPECT_THAT(suspicion.senders, IsEmpty());
  EXPECT_THAT(suspicion.stewards, IsEmpty());
  EXPECT_TRUE(suspicion.certain);
}

TEST(DegreeCheckTest, SenderThatIsOffAtSeveralStewardsIsTheCulprit) {
  Committee committee(4, 2, 5);
  committee.share(3, 1)[0] += F(1);
  committee.share(3, 4)[2] += F(1);
  const Suspicion suspicion = committee.Suspects(committee.Publish());
  EXPECT_THAT(suspicion.senders, ElementsAre(3));
  EXPECT_THAT(suspicion.stewards, IsEmpty());
  EXPECT_TRUE(suspicion.certain);
}

TEST(DegreeCheckTest, SenderWithABadUniformElementIsTheCulprit) {
  Committee committee(4, 2, 5);
  committee.share(0, 2)[kRows] += F(1);
  committee.share(0, 3)[kRows] += F(5);
  const Suspicion suspicion = committee.Suspects(committee.Publish());
  EXPECT_THAT(suspicion.senders, ElementsAre(0));
  EXPECT_TRUE(suspicion.certain);
}

// Of (5,3), any two stewards explain as much as two senders.
TEST(DegreeCheckTest, TwoBadSendersLeaveEverybodySuspectInASmallCommittee) {
  Committee committee(5, 3, 6);
  for (const int steward : {1, 2, 4, 5}) {
    committee.share(1, steward)[0] += F(steward * steward * steward);
    committee.share(4, steward)[1] += F(steward * steward * steward);
  }
  const Suspicion suspicion = committee.Suspects(committee.Publish());
  EXPECT_THAT(suspicion.senders, ElementsAre(1, 4));
  EXPECT_THAT(suspicion.stewards, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(suspicion.certain);
}

TEST(DegreeCheckTest, StewardThatLiesAboutSeveralSendersIsTheCulprit) {
  for (const auto& [s, t] : {std::pair{4, 2}, std::pair{5, 3}}) {
    Committee committee(s, t, 4);
    std::vector<PublishedChecks> lists = committee.Publish();
    lists[1].values[0] += F(1);
    lists[1].values[2] += F(7);
    const Suspicion suspicion = committee.Suspects(lists);
    EXPECT_THAT(suspicion.senders, IsEmpty()) << s;
    EXPECT_THAT(suspicion.stewards, ElementsAre(2)) << s;
    EXPECT_TRUE(suspicion.certain) << s;
  }
}

TEST(DegreeCheckTest, StewardThatLiesInItsSumOnlyIsTheCulprit) {
  Committee committee(5, 3, 4);
  std::vector<PublishedChecks> lists = committee.Publish();
  lists[3].sum[1] += F(1);
  const Suspicion suspicion = committee.Suspects(lists);
  EXPECT_THAT(suspicion.senders, IsEmpty());
  EXPECT_THAT(suspicion.stewards, ElementsAre(4));
  EXPECT_TRUE(suspicion.certain);
}

TEST(DegreeCheckTest, SinglePairLeavesTwoSuspects) {
  Committee committee(5, 3, 4);
  committee.share(2, 5)[1] += F(1);
  const Suspicion suspicion = committee.Suspects(committee.Publish());
  EXPECT_THAT(suspicion.senders, ElementsAre(2));
  EXPECT_THAT(suspicion.stewards, ElementsAre(5));
  EXPECT_FALSE(suspicion.certain);
}

TEST(DegreeCheckTest, OneAnswerMoreThanTheThresholdTellsNoStewardFromAnother) {
  Committee committee(4, 2, 4);
  std::vector<PublishedChecks> lists = committee.Publish(/*away=*/{4});
  lists[0].sum[0] += F(1);
  const Suspicion suspicion = committee.Suspects(lists);
  EXPECT_THAT(suspicion.stewards, ElementsAre(1, 2, 3));
  EXPECT_FALSE(suspicion.certain);
}

TEST(DegreeCheckTest, MoreLiarsThanTheCommitteeBearsLeaveItUndecided) {
  Committee committee(5, 2, 4);
  std::vector<PublishedChecks> lists = committee.Publish();
  lists[0].sum[0] += F(1);
  lists[1].sum[0] += F(5);
  const Suspicion suspicion = committee.Suspects(lists);
  EXPECT_THAT(suspicion.senders, IsEmpty());
  EXPECT_THAT(suspicion.stewards, IsEmpty());
  EXPECT_FALSE(suspicion.certain);
}

TEST(DegreeCheckTest, ThresholdAnswersAreRefused) {
  Committee committee(2, 2, 3);
  EXPECT_THAT(FindSuspects(committee.Publish(), F(3), 2), StatusIs(kRefusedLists));
}

TEST(DegreeCheckTest, UnequalListsAreRefused) {
  Committee committee(4, 2, 3);
  std::vector<PublishedChecks> lists = committee.Publish();
  lists[2].values.pop_back();
  EXPECT_THAT(FindSuspects(lists, F(3), 2), StatusIs(kRefusedLists));
}

TEST(DegreeCheckTest, UnequalSumsAreRefused) {
  Committee committee(4, 2, 3);
  std::vector<PublishedChecks> lists = committee.Publish();
  lists[2].sum.pop_back();
  EXPECT_THAT(FindSuspects(lists, F(3), 2), StatusIs(kRefusedLists));
}

TEST(DegreeCheckTest, RepeatedStewardIsRefused) {
  Committee committee(4, 2, 3);
  std::vector<PublishedChecks> lists = committee.Publish();
  lists[2].steward = 1;
  EXPECT_THAT(FindSuspects(lists, F(3), 2), StatusIs(kRefusedLists));
}

}  // namespace
}  // namespace perdura::crypto
