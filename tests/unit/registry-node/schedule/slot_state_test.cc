#include "registry-node/schedule/slot_state.h"

#include <gtest/gtest.h>

#include "registry-node/schedule/completeness.h"

namespace perdura::registry_node {
namespace {

// Day 0 is day 1000; d100 has target 1100, window 1085 to 1115, due 1130.
FollowUp Infused() {
  FollowUp follow_up;
  follow_up.day0 = 1000;
  follow_up.plan = {"standard", "standard", v1::HCT_ALLO};
  return follow_up;
}
SlotState Of(const FollowUp& follow_up, int64_t today, absl::string_view slot = "d100") {
  return StateOf(follow_up, slot, today);
}

TEST(SlotStateTest, TimeAloneMovesFromNotYetToOverdue) {
  const FollowUp none = Infused();
  EXPECT_EQ(Of(none, 1084), SlotState::kNotYet);
  EXPECT_EQ(Of(none, 1085), SlotState::kOpen);
  EXPECT_EQ(Of(none, 1115), SlotState::kOpen);
  EXPECT_EQ(Of(none, 1116), SlotState::kDue);
  EXPECT_EQ(Of(none, 1130), SlotState::kDue);
  EXPECT_EQ(Of(none, 1131), SlotState::kOverdue);
}

TEST(SlotStateTest, VisitInTheWindowIsDone) {
  FollowUp seen = Infused();
  seen.contacts = {{1085, ""}};
  EXPECT_EQ(Of(seen, 2000), SlotState::kDone);
  seen.contacts = {{1116, ""}};
  EXPECT_EQ(Of(seen, 2000), SlotState::kOverdue);
}

TEST(SlotStateTest, VisitForTheSlotOutsideItsWindow) {
  FollowUp late = Infused();
  late.contacts = {{1120, "d100"}};
  EXPECT_EQ(Of(late, 2000), SlotState::kDoneOutOfWindow);
  EXPECT_EQ(Of(late, 2000, "m6"), SlotState::kOverdue);
}

TEST(SlotStateTest, DeathInTheWindowIsDoneAndClosesLaterSlots) {
  FollowUp died = Infused();
  died.death = 1100;
  EXPECT_EQ(Of(died, 2000), SlotState::kDone);
  EXPECT_EQ(Of(died, 2000, "m6"), SlotState::kClosedDeath);
  died.death = 1120;  // between two windows
  EXPECT_EQ(Of(died, 2000), SlotState::kOverdue);
  EXPECT_EQ(Of(died, 2000, "m6"), SlotState::kClosedDeath);
}

TEST(SlotStateTest, TrackAndWithdrawalAskForNothing) {
  FollowUp follow_up = Infused();
  follow_up.plan.track = "no-follow-up";
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kNotRequired);
  follow_up = Infused();
  follow_up.withdrawn = 1090;
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kNotRequired);
  follow_up.contacts = {{1086, ""}};  // seen before the withdrawal
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kDone);
  follow_up = Infused();
  follow_up.withdrawn = 1115;
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kOverdue);
}

TEST(SlotStateTest, LaterEpisodeRestartsTheSchedule) {
  FollowUp follow_up = Infused();
  follow_up.next_episode = 1099;
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kRestarted);
  follow_up.next_episode = 1100;
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kOverdue);
}

TEST(SlotStateTest, LostNeedsAReasonAndThreeTries) {
  FollowUp follow_up = Infused();
  follow_up.loss = {1125, true};
  follow_up.tries = {"d100", "d100"};
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kOverdue);
  follow_up.tries.push_back("d100");
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kLost);
  EXPECT_EQ(Of(follow_up, 1124), SlotState::kDue);  // not yet declared
  follow_up.loss->has_reason = false;
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kOverdue);
}

TEST(SlotStateTest, LaterContactUndoesTheLoss) {
  FollowUp follow_up = Infused();
  follow_up.loss = {1125, true};
  follow_up.tries = {"d100", "d100", "d100"};
  follow_up.contacts = {{1140, ""}};
  EXPECT_EQ(Of(follow_up, 2000), SlotState::kOverdue);
}

TEST(CompletenessTest, LostPatientsStayInTheDenominator) {
  const SlotOutcome slots[] = {{SlotState::kDone, true},
                               {SlotState::kDoneOutOfWindow, false},
                               {SlotState::kLost, false},
                               {SlotState::kOverdue, false},
                               {SlotState::kOpen, false},
                               {SlotState::kClosedDeath, false},
                               {SlotState::kNotRequired, false}};
  const Completeness sum = CompletenessOf(slots);
  EXPECT_EQ(sum.expected, 4);
  EXPECT_EQ(sum.done, 2);
  EXPECT_DOUBLE_EQ(sum.Percent(), 50.0);
  EXPECT_DOUBLE_EQ(sum.TimelyPercent(), 50.0);
}

TEST(CompletenessTest, NothingExpectedIsComplete) {
  EXPECT_DOUBLE_EQ(CompletenessOf({}).Percent(), 100.0);
}

}  // namespace
}  // namespace perdura::registry_node
