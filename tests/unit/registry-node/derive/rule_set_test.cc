#include "registry-node/derive/rule_set.h"

#include <gtest/gtest.h>

namespace perdura::registry_node {
namespace {

constexpr int64_t kDay0 = 18000;
constexpr int64_t kCutoff = kDay0 + 1000;

DayInterval After(int64_t days) { return DayInterval::Exact(kDay0 + days); }
DayInterval Month(int64_t first, int64_t last) { return {kDay0 + first, kDay0 + last, 'm'}; }

EpisodeFacts Infused() {
  EpisodeFacts facts;
  facts.day0 = kDay0;
  facts.enrolled = After(0);
  return facts;
}
Contact Seen(int64_t days) { return {After(days), true, false}; }
Contact Assessed(int64_t days) { return {After(days), true, true}; }

Derived Os(const EpisodeFacts& facts) { return FindRuleSet("os@1")->derive(facts, kCutoff); }
Derived Pfs(const EpisodeFacts& facts) { return FindRuleSet("pfs@1")->derive(facts, kCutoff); }

TEST(RuleSetTest, UnknownNameIsNoRuleSet) {
  EXPECT_EQ(FindRuleSet("os"), nullptr);
  EXPECT_EQ(FindRuleSet("os@2"), nullptr);
  EXPECT_EQ(FindRuleSet(""), nullptr);
}

TEST(RuleSetTest, CausesAreThoseOfTheDesign) {
  EXPECT_EQ(FindRuleSet("os@1")->causes, 1);
  EXPECT_EQ(FindRuleSet("pfs@1")->causes, 2);
}

TEST(RuleSetTest, DeathIsTheEventOfOs) {
  EpisodeFacts facts = Infused();
  facts.death = After(200);
  facts.contacts = {Seen(100)};
  EXPECT_EQ(Os(facts), (Derived{0, 200, 1, true}));
}

TEST(RuleSetTest, OsIsCensoredAtTheLastProofOfLife) {
  EpisodeFacts facts = Infused();
  facts.contacts = {Seen(300), Seen(100), {After(400), false, false}};
  EXPECT_EQ(Os(facts), (Derived{0, 300, 0, true}));
}

TEST(RuleSetTest, DeathOnDay0IsAnEventOfDay0) {
  EpisodeFacts facts = Infused();
  facts.death = After(0);
  EXPECT_EQ(Os(facts), (Derived{0, 0, 1, true}));
  EXPECT_EQ(Pfs(facts), (Derived{0, 0, 2, true}));
}

TEST(RuleSetTest, WhoIsNeverSeenAgainIsNotEvaluable) {
  EXPECT_EQ(Os(Infused()), (Derived{0, 0, 0, false}));
  EXPECT_EQ(Pfs(Infused()), (Derived{0, 0, 0, false}));
}

TEST(RuleSetTest, DeathOnTheCutoffCounts) {
  EpisodeFacts facts = Infused();
  facts.death = After(1000);
  EXPECT_EQ(Os(facts), (Derived{0, 1000, 1, true}));
}

TEST(RuleSetTest, DeathAfterTheCutoffIsIgnored) {
  EpisodeFacts facts = Infused();
  facts.death = After(1001);
  facts.contacts = {Seen(900)};
  EXPECT_EQ(Os(facts), (Derived{0, 900, 0, true}));
}

TEST(RuleSetTest, ContactsAfterTheCutoffAreIgnored) {
  EpisodeFacts facts = Infused();
  facts.contacts = {Assessed(500), Assessed(1001)};
  EXPECT_EQ(Os(facts).exit, 500);
  EXPECT_EQ(Pfs(facts).exit, 500);
}

TEST(RuleSetTest, FirstDiseaseEventIsCauseOneOfPfs) {
  EpisodeFacts facts = Infused();
  facts.disease_events = {After(350), After(325)};
  facts.death = After(500);
  EXPECT_EQ(Pfs(facts), (Derived{0, 325, 1, true}));
  EXPECT_EQ(Os(facts), (Derived{0, 500, 1, true}));
}

TEST(RuleSetTest, DeathWithoutDiseaseIsCauseTwoOfPfs) {
  EpisodeFacts facts = Infused();
  facts.death = After(500);
  facts.contacts = {Assessed(400)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 500, 2, true}));
}

TEST(RuleSetTest, RelapseComesBeforeDeathOnOneDay) {
  EpisodeFacts facts = Infused();
  facts.death = facts.disease_events.emplace_back(After(60));
  EXPECT_EQ(Pfs(facts), (Derived{0, 60, 1, true}));
}

TEST(RuleSetTest, EventComesBeforeCensoringOnOneDay) {
  EpisodeFacts facts = Infused();
  facts.disease_events = {After(60)};
  facts.contacts = {Assessed(60)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 60, 1, true}));
}

TEST(RuleSetTest, PfsIsCensoredAtTheLastAssessment) {
  EpisodeFacts facts = Infused();
  facts.contacts = {Assessed(200), Seen(700)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 200, 0, true}));
}

TEST(RuleSetTest, DiseaseBeforeDay0IsWhatIsTreated) {
  EpisodeFacts facts = Infused();
  facts.disease_events = {After(-10)};
  facts.contacts = {Assessed(200)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 200, 0, true}));
}

TEST(RuleSetTest, DelayedEntryIsKept) {
  EpisodeFacts facts = Infused();
  facts.enrolled = After(30);
  facts.death = After(200);
  EXPECT_EQ(Os(facts), (Derived{30, 200, 1, true}));
}

TEST(RuleSetTest, EnrolmentBeforeDay0IsNoDelay) {
  EpisodeFacts facts = Infused();
  facts.enrolled = After(-30);
  facts.death = After(200);
  EXPECT_EQ(Os(facts), (Derived{0, 200, 1, true}));
}

TEST(RuleSetTest, EventBeforeOrOnEntryIsNotEvaluable) {
  EpisodeFacts facts = Infused();
  facts.enrolled = After(30);
  facts.death = After(30);
  EXPECT_EQ(Os(facts), (Derived{30, 30, 1, false}));
}

TEST(RuleSetTest, MonthIsPlacedInItsMiddle) {
  EpisodeFacts facts = Infused();
  facts.death = Month(100, 129);
  EXPECT_EQ(Os(facts).exit, 114);
}

TEST(RuleSetTest, PlacedDayIsClippedToDay0) {
  EpisodeFacts facts = Infused();
  facts.disease_events = {Month(-29, 1)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 0, 1, true}));
}

TEST(RuleSetTest, PlacedDayIsClippedToDeath) {
  EpisodeFacts facts = Infused();
  facts.death = After(105);
  facts.disease_events = {Month(100, 129)};
  EXPECT_EQ(Pfs(facts), (Derived{0, 105, 1, true}));
}

TEST(RuleSetTest, PlacedDayIsClippedToTheCutoff) {
  EpisodeFacts facts = Infused();
  facts.contacts = {{Month(995, 1024), true, true}};
  EXPECT_EQ(Os(facts), (Derived{0, 1000, 0, true}));
}

}  // namespace
}  // namespace perdura::registry_node
