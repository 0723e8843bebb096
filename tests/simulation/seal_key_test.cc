// Seal-keys over months: renewed without a refusal, wiped, never back to an older one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/reason.h"
#include "federation/envelope.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr char kSteward[] = "ohio";  // a node too

class SealKeyTest : public ::testing::Test {
 protected:
  SealKeyTest()
      : sim_(TestFederation::Make({.cap_units = uint64_t{1} << 57}), /*seed=*/11, Faults{},
             OneCellEach(25)),
        start_(sim_.now()) {
    sim_.Settle();
  }

  // No two of these plans are equal, so that no stored release answers.
  v1::Envelope NewAsk() {
    return sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_));
  }
  absl::Status AskNew() { return sim_.Ask(NewAsk()).status(); }

  void GoToDay(int day) {
    sim_.Jump(start_ + day * kDay);
    sim_.Settle();
  }

  std::vector<uint64_t> NumbersKept(const std::string& steward) {
    const auto lives = sim_.seal_keys(steward).Lives();
    EXPECT_OK(lives);
    std::vector<uint64_t> numbers;
    for (const registry_node::SealKeyLife& life : *lives) numbers.push_back(life.number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  // The newest key of a steward that the aggregator holds.
  v1::Envelope Posted(const std::string& steward) {
    const auto envelopes = sim_.store().NewestSealKeys(steward);
    v1::Envelope envelope;
    EXPECT_TRUE(envelopes.ok() && !envelopes->empty() &&
                envelope.ParseFromString(envelopes->front()));
    return envelope;
  }
  uint64_t NumberPosted(const std::string& steward) {
    v1::SealKey key;
    EXPECT_TRUE(key.ParseFromString(Posted(steward).payload()));
    return key.number();
  }

  void RestartAll(absl::Time at) {
    for (const v1::Member& member : sim_.charter()->proto().members()) sim_.Stop(member.id());
    sim_.Jump(at);
    for (const v1::Member& member : sim_.charter()->proto().members()) {
      sim_.StartMember(member.id());
    }
    sim_.Settle();
  }

  SimulatedFederation sim_;
  absl::Time start_;
  uint64_t asked_ = 0;
};

TEST_F(SealKeyTest, HundredDaysOfQuestionsSeeNoRefusalAndKeepTwoKeys) {
  for (int day = 0; day <= 100; ++day) {
    GoToDay(day);
    if (day == 60) {
      v1::Charter next = TestFederation::Next(sim_.federation().charter);
      next.set_valid_from(absl::ToUnixSeconds(sim_.now()));
      next.set_valid_until(next.valid_from() + 100 * 86400);
      ASSERT_OK(sim_.desk().AcceptCharter(sim_.federation().Sign(next), sim_.now()));
      sim_.Settle();
    }
    ASSERT_OK(AskNew()) << "day " << day;
  }
  for (const std::string& steward : sim_.charter()->proto().committee().stewards()) {
    // Made on days 0, 7, ..., 98; the thirteenth was last named on day 90 and wiped a week later.
    EXPECT_THAT(NumbersKept(steward), ::testing::ElementsAre(14, 15)) << steward;
    EXPECT_EQ(NumberPosted(steward), 15u) << steward;
  }
}

TEST_F(SealKeyTest, PrivateHalfIsKeptForAWeekAfterTheLastRoundThatNamesIt) {
  GoToDay(6);
  ASSERT_OK(AskNew());
  GoToDay(7);
  EXPECT_THAT(NumbersKept(kSteward), ::testing::ElementsAre(1, 2));
  GoToDay(13);
  EXPECT_THAT(NumbersKept(kSteward), ::testing::ElementsAre(1, 2));
  GoToDay(15);
  EXPECT_THAT(NumbersKept(kSteward), ::testing::ElementsAre(2, 3));
}

TEST_F(SealKeyTest, StewardMayStayAwayForFourWeeksAndNotForFive) {
  sim_.Stop(kSteward);
  GoToDay(28);
  EXPECT_OK(AskNew());  // three of the four stewards are enough
  GoToDay(35);
  EXPECT_EQ(base::ReasonOf(AskNew()), "too_few_online");
  sim_.StartMember(kSteward);
  sim_.Settle();
  EXPECT_OK(AskNew());
}

TEST_F(SealKeyTest, OldKeyInANewManifestIsRefusedByStewardAndNode) {
  const v1::Envelope old_key = Posted(kSteward);
  GoToDay(8);
  ASSERT_OK(AskNew());
  const auto ticket = sim_.desk().Ask("payer-desk", NewAsk(), sim_.now());
  ASSERT_OK(ticket);
  const auto items = sim_.store().ItemsAfter(kSteward, 0, 1 << 20);
  ASSERT_TRUE(items.ok() && !items->empty());
  v1::Announcement announcement = items->back().announcement();
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement.manifest().payload()));
  const int index = sim_.charter()->StewardIndex(kSteward) - 1;
  // Still valid by its dates: only its number tells.
  manifest.set_seal_key_ids(index, federation::PayloadId(old_key.payload()));
  *announcement.mutable_seal_keys(index) = old_key;
  *announcement.mutable_manifest() =
      federation::SignMessage(federation::MessageType::kManifest, manifest,
                              sim_.federation().aggregator_key(), "aggregator");
  EXPECT_EQ(ReasonOfRefusal(sim_, kSteward, announcement, 1'000'000), "bad_seal_key");
  EXPECT_EQ(ReasonOfRefusal(sim_, "alfred", announcement, 1'000'001), "bad_seal_key");
  announcement.add_dealer_headers();
  EXPECT_EQ(ReasonOfRefusal(sim_, "alfred", announcement, 1'000'002), "bad_seal_key");
}

TEST_F(SealKeyTest, CrashBetweenMakingAndPostingPostsTheSameKey) {
  sim_.Jump(start_ + 7 * kDay + absl::Hours(1));
  // The key is made, and dies with the process before it is posted.
  ASSERT_OK(sim_.member(kSteward).TakeDue(sim_.now()));
  const auto made = sim_.seal_keys(kSteward).Newest();
  ASSERT_TRUE(made.ok() && made->has_value());
  ASSERT_EQ((*made)->number, 2u);
  sim_.Stop(kSteward);
  sim_.StartMember(kSteward);
  sim_.Settle();
  EXPECT_EQ(federation::PayloadId(Posted(kSteward).payload()), (*made)->id);
  EXPECT_THAT(NumbersKept(kSteward), ::testing::ElementsAre(1, 2));
  EXPECT_OK(AskNew());
}

TEST_F(SealKeyTest, ClockSetBackGivesALaterNumberAndQuestionsGoOn) {
  GoToDay(9);
  ASSERT_OK(AskNew());
  ASSERT_EQ(NumberPosted(kSteward), 2u);
  RestartAll(start_ + 4 * kDay);
  EXPECT_EQ(NumberPosted(kSteward), 3u);
  EXPECT_OK(AskNew());
}

TEST_F(SealKeyTest, LostKeysAreFollowedByTheNextNumber) {
  const DatabaseCopy registry = sim_.CopyOf(kSteward);
  sim_.Stop(kSteward);
  sim_.RestoreMember(kSteward, registry);  // rounds.db is in no backup
  sim_.Settle();
  EXPECT_EQ(NumberPosted(kSteward), 2u);
  EXPECT_OK(AskNew());
}

TEST_F(SealKeyTest, StewardOnAnOldCopyLearnsItsNumberFromTheNextRound) {
  const DatabaseCopy registry = sim_.CopyOf(kSteward);
  GoToDay(9);
  ASSERT_OK(AskNew());
  sim_.Stop(kSteward);
  sim_.RestoreMember(kSteward, registry);
  sim_.Settle();
  EXPECT_OK(AskNew());  // three of the four stewards are enough
  sim_.Settle();
  EXPECT_EQ(NumberPosted(kSteward), 3u);
  EXPECT_EQ(NumbersKept(kSteward).back(), 3u);
  EXPECT_OK(AskNew());
}

TEST(SealKeySeenTest, OlderRoundMayEndUnderTheOlderKey) {
  const registry_node::SealKeySeen seen{.number = 7, .since = 1000};
  EXPECT_TRUE(seen.Allows(7, 2000));
  EXPECT_TRUE(seen.Allows(8, 2000));
  EXPECT_TRUE(seen.Allows(6, 1000));
  EXPECT_FALSE(seen.Allows(6, 1001));
}

}  // namespace
}  // namespace perdura::simulation
