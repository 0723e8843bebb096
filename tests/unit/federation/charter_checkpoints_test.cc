#include "federation/charter_checkpoints.h"

#include <gtest/gtest.h>

#include <string>

#include "federation/charter_chain.h"
#include "federation/witnesses.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;

// Version 1 has four stewards of five; version 2 puts the fifth in the place of the fourth.
class CharterCheckpointsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fed.charter.mutable_committee()->mutable_stewards()->RemoveLast();
    fed.charter.mutable_committee()->set_quorum(3);
    ASSERT_OK(chain.Accept(fed.Sign(fed.charter), now));
    next = TestFederation::Next(fed.charter);
    next.mutable_committee()->set_stewards(3, "steward-5");
    next.add_checkpoints(NoteOf("aggregator"));
    for (const v1::Member& member : fed.charter.members())
      next.add_checkpoints(NoteOf(member.id()));
  }
  std::string NoteOf(const std::string& party, uint64_t generation = 1) {
    const log::Checkpoint checkpoint{.origin = log::LogOrigin{"test", party, generation}.ToText(),
                                     .size = 7,
                                     .root = std::string(32, 'r')};
    return PrintNote(log::SignCheckpoint(checkpoint, fed.log_key(party)).note);
  }
  absl::Status AcceptNext() { return chain.Accept(fed.Sign(next), now); }

  TestFederation fed = TestFederation::Make({.stewards = 5, .witness = v1::WITNESS_REQUIRED});
  absl::Time now = absl::FromUnixSeconds(fed.charter.valid_from()) + absl::Hours(1);
  CharterChain chain{fed.pin};
  v1::Charter next;
};

TEST_F(CharterCheckpointsTest, OneOfEveryPartyIsAccepted) {
  ASSERT_OK(AcceptNext());
  ASSERT_OK_AND_ASSIGN(const auto checkpoints, CheckpointsOf(*chain.current()));
  ASSERT_EQ(checkpoints.size(), 6u);
  EXPECT_EQ(checkpoints[0].checkpoint.origin, "test/aggregator/1");
  EXPECT_EQ(checkpoints[0].checkpoint.size, 7u);
}

TEST_F(CharterCheckpointsTest, MissingPartyIsRefused) {
  next.mutable_checkpoints()->RemoveLast();
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "steward-5"));
}

TEST_F(CharterCheckpointsTest, MissingAggregatorIsRefused) {
  next.mutable_checkpoints()->DeleteSubrange(0, 1);
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "aggregator"));
}

TEST_F(CharterCheckpointsTest, ReorderedCommitteeNeedsThemToo) {
  next.clear_checkpoints();
  *next.mutable_committee() = fed.charter.committee();
  next.mutable_committee()->mutable_stewards()->SwapElements(0, 1);
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "committee changes"));
}

TEST_F(CharterCheckpointsTest, ForgedNoteIsRefused) {
  const log::Checkpoint checkpoint{
      .origin = "test/ohio/1", .size = 7, .root = std::string(32, 'r')};
  next.set_checkpoints(1, PrintNote(log::SignCheckpoint(checkpoint, fed.log_key("alfred")).note));
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "ohio is not signed by its log"));
}

TEST_F(CharterCheckpointsTest, ChangedNoteIsRefused) {
  std::string& note = *next.mutable_checkpoints(1);
  note.replace(note.find("\n7\n"), 3, "\n8\n");
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "ohio is not signed by its log"));
}

TEST_F(CharterCheckpointsTest, TextThatIsNoNoteIsRefused) {
  next.set_checkpoints(1, "seven");
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "no signed note"));
}

TEST_F(CharterCheckpointsTest, TwoOfOnePartyAreRefused) {
  next.add_checkpoints(NoteOf("ohio"));
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "two of ohio"));
}

TEST_F(CharterCheckpointsTest, LogOfALaterGenerationIsAccepted) {
  next.set_checkpoints(1, NoteOf("ohio", 2));
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterCheckpointsTest, LogOfAnotherFederationIsRefused) {
  const log::Checkpoint checkpoint{
      .origin = "other/ohio/1", .size = 7, .root = std::string(32, 'r')};
  next.set_checkpoints(1, PrintNote(log::SignCheckpoint(checkpoint, fed.log_key("ohio")).note));
  EXPECT_THAT(AcceptNext(), IsRefused("bad_committee", "other/ohio/1"));
}

TEST_F(CharterCheckpointsTest, KeyOfTheCharterBeforeSigns) {
  next.mutable_members(0)->set_log_key(test_support::TestKey("ohio log 2").public_key());
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterCheckpointsTest, NewMemberHasNoLogYet) {
  v1::Member& member = *next.add_members();
  member = fed.charter.members(0);
  member.set_id("newcomer");
  member.set_legal_entity("Newcomer");
  for (auto* key : {member.mutable_sign_key(), member.mutable_tls_pin(), member.mutable_log_key(),
                    member.mutable_cosign_key()}) {
    *key = test_support::TestKey("newcomer " + *key).public_key();
  }
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterCheckpointsTest, UnchangedCommitteeNeedsNone) {
  *next.mutable_committee() = fed.charter.committee();
  next.clear_checkpoints();
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterCheckpointsTest, NoWitnessNeedsNone) {
  next.set_witness(v1::WITNESS_NONE);
  next.clear_checkpoints();
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterCheckpointsTest, FirstCharterBringsNone) {
  CharterChain empty(fed.pin);
  fed.charter.add_checkpoints(NoteOf("ohio"));
  EXPECT_THAT(empty.Accept(fed.Sign(fed.charter), now),
              IsRefused("bad_committee", "no log before version 1"));
}

}  // namespace
}  // namespace perdura::federation
