// An aggregator that signs whatever it likes, and senders that post what does not fit: every
// changed field is refused by its word, at the steward and at the node, and nothing is debited.

#include <gtest/gtest.h>

#include "base/reason.h"
#include "federation/envelope.h"
#include "tests/simulation/hostile_round.h"

namespace perdura::simulation {
namespace {

using federation::MessageType;

class HostileTest : public ::testing::Test, protected HostileRound {};

TEST_F(HostileTest, UnchangedManifestIsDealtAndANodeAsksForDeals) {
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, false), "");
  EXPECT_EQ(ReasonForChange([](v1::Manifest&) {}, true), "no_dealers");
}

TEST_F(HostileTest, LowerNoiseIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) { m.mutable_noise()->set_numerator(m.noise().numerator() - 1); },
      "noise_mismatch");
}
TEST_F(HostileTest, AnotherNoiseLawIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_noise()->set_law(v1::DISCRETE_LAPLACE); },
                "noise_mismatch");
}
TEST_F(HostileTest, AnotherDenominatorIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_noise()->set_denominator(2); }, "noise_mismatch");
}
TEST_F(HostileTest, AnotherRowCountIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_rows(m.rows() + 1); }, "layout_mismatch");
}
TEST_F(HostileTest, AnotherPatientBoundIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_patient_bound(m.patient_bound() / 2); },
                "layout_mismatch");
}
TEST_F(HostileTest, AnotherLayoutHashIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_layout_hash()->at(0) ^= 1; }, "layout_mismatch");
}
TEST_F(HostileTest, LowerChargeIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_units(m.charge().units() - 1); },
                "charge_mismatch");
}
TEST_F(HostileTest, ChargeAboveTheAnalystsLimitIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_units(uint64_t{1} << 60); },
                "bad_ask");
}
TEST_F(HostileTest, AnotherPeriodIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charge()->set_period("2027"); }, "charge_mismatch");
}
TEST_F(HostileTest, FewerEntitiesAreRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_min_entities(2); }, "too_few_entities");
}
TEST_F(HostileTest, AnotherCharterHashIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_charter_hash()->at(0) ^= 1; }, "charter_mismatch");
}
TEST_F(HostileTest, AnotherSuiteIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_suite("older"); }, "unknown_suite");
}
TEST_F(HostileTest, AnotherPlanThanTheAnalystSignedIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_plan()->append("x"); }, "bad_ask");
}
TEST_F(HostileTest, AnotherQuestionIdIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_question_id()->at(0) ^= 1; }, "bad_ask");
}
TEST_F(HostileTest, AnotherAttemptIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_attempt(2); }, "bad_ask");
}
TEST_F(HostileTest, RepeatThatTheAnalystDidNotAskForIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.set_repeat_of(std::string(32, 'x')); }, "bad_ask");
}
TEST_F(HostileTest, EarlierAnswerSlotIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) { m.mutable_slots()->set_answer_at(m.slots().answer_at() - 1); },
      "not_open");
}
TEST_F(HostileTest, LongerCollectionIsRefused) {
  ExpectRefused(
      [](v1::Manifest& m) {
        m.mutable_slots()->set_collect_until(m.slots().collect_until() + 1000);
      },
      "not_open");
}
TEST_F(HostileTest, NarrowerUploadSlotsAreRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_slots()->set_w(1); }, "not_open");
}
TEST_F(HostileTest, AnotherSealKeyIdIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_seal_key_ids(1)->at(0) ^= 1; }, "bad_seal_key");
}
TEST_F(HostileTest, MissingSealKeyIsRefused) {
  ExpectRefused([](v1::Manifest& m) { m.mutable_seal_key_ids()->RemoveLast(); }, "bad_seal_key");
}

TEST_F(HostileTest, AskOfAnotherKeyIsRefused) {
  ExpectRefused(
      [this](v1::Manifest& m) {
        *m.mutable_ask() = federation::SignPayload(MessageType::kAsk, m.ask().payload(),
                                                   sim_.federation().member_key("alfred"), "");
      },
      "bad_ask");
}

// Nothing is said to it: hostile_bytes_test.cc.
TEST_F(HostileTest, ManifestOfAnotherSignerIsNotDealt) {
  v1::Announcement announcement = announcement_;
  *announcement.mutable_manifest() =
      federation::SignPayload(MessageType::kManifest, announcement.manifest().payload(),
                              sim_.federation().member_key("alfred"), "");
  EXPECT_EQ(ReasonFor(announcement), "");
  sim_.Jump(sim_.now() + absl::Milliseconds(100));
  const auto due = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(due.ok());
  EXPECT_TRUE(due->empty());
}

TEST_F(HostileTest, SealKeyOfAnotherStewardIsRefused) {
  v1::Announcement announcement = announcement_;
  announcement.mutable_seal_keys()->SwapElements(0, 1);
  EXPECT_EQ(ReasonFor(announcement), "bad_seal_key");
}

TEST_F(HostileTest, ProofFieldUnderWitnessNoneIsRefused) {
  v1::Announcement announcement = announcement_;
  announcement.set_log_proof("proof");
  EXPECT_EQ(ReasonFor(announcement), "unlogged");
}

TEST_F(HostileTest, SecondManifestForADealtAttemptIsRefused) {
  ASSERT_EQ(ReasonFor(announcement_), "");
  const auto later = [](v1::Manifest& m) {
    v1::Slots& slots = *m.mutable_slots();
    slots.set_opened_at(slots.opened_at() + 1);
    slots.set_deal_at(slots.deal_at() + 1);
    slots.set_upload_at(slots.upload_at() + 1);
    slots.set_collect_until(slots.collect_until() + 1);
    slots.set_commit_until(slots.commit_until() + 1);
    slots.set_answer_at(slots.answer_at() + 1);
  };
  EXPECT_EQ(ReasonForChange(later, /*to_node=*/false), "attempt_reused");
}

TEST_F(HostileTest, NothingIsDealtOnceNodesMayUpload) {
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement_.manifest().payload()));
  sim_.Jump(absl::FromUnixMicros(manifest.slots().upload_at()));
  EXPECT_EQ(ReasonFor(announcement_), "expired");
}

// What a hostile sender posts to the aggregator.
class HostileSenderTest : public HostileTest {
 protected:
  // A deal as the victim would send it.
  v1::PostRequest Deal() {
    EXPECT_EQ(ReasonFor(announcement_), "");
    sim_.Jump(sim_.now() + absl::Milliseconds(100));
    const auto due = sim_.member(kVictim).TakeDue(sim_.now());
    EXPECT_TRUE(due.ok());
    for (const registry_node::Outgoing& outgoing : *due) {
      if (outgoing.kind == registry_node::OutgoingKind::kDeal) return outgoing.post;
    }
    ADD_FAILURE() << "no deal";
    return {};
  }
  std::string ReasonOfPost(const std::string& member, const v1::PostRequest& post) {
    return base::ReasonOf(sim_.desk().Post(member, post, sim_.now()).status());
  }
};

TEST_F(HostileSenderTest, DealAsItIsIsTaken) { EXPECT_EQ(ReasonOfPost(kVictim, Deal()), ""); }

TEST_F(HostileSenderTest, ShareOfTheWrongLengthIsRefused) {
  v1::PostRequest post = Deal();
  post.mutable_shares(2)->pop_back();
  EXPECT_EQ(ReasonOfPost(kVictim, post), "bad_header");
}

TEST_F(HostileSenderTest, ChangedShareIsRefused) {
  v1::PostRequest post = Deal();
  post.mutable_shares(2)->at(40) ^= 1;
  EXPECT_EQ(ReasonOfPost(kVictim, post), "bad_header");
}

TEST_F(HostileSenderTest, SwappedSharesAreRefused) {
  v1::PostRequest post = Deal();
  post.mutable_shares()->SwapElements(0, 1);
  EXPECT_EQ(ReasonOfPost(kVictim, post), "bad_header");
}

TEST_F(HostileSenderTest, ContributionForAnotherAttemptIsRefused) {
  v1::PostRequest post = Deal();
  v1::Contribution header;
  ASSERT_TRUE(header.ParseFromString(post.message().payload()));
  header.mutable_manifest_hash()->at(0) ^= 1;
  *post.mutable_message() = federation::SignMessage(MessageType::kContribution, header,
                                                    sim_.federation().member_key(kVictim), kVictim);
  EXPECT_EQ(ReasonOfPost(kVictim, post), "unknown_round");
}

TEST_F(HostileSenderTest, DealUnderAnotherMembersNameIsRefused) {
  EXPECT_EQ(ReasonOfPost("alfred", Deal()), "bad_signature");
}

TEST_F(HostileSenderTest, SecondDealOfAnAttemptIsRefused) {
  v1::PostRequest post = Deal();
  ASSERT_EQ(ReasonOfPost(kVictim, post), "");
  v1::Contribution header;
  ASSERT_TRUE(header.ParseFromString(post.message().payload()));
  post.mutable_shares(0)->at(40) ^= 1;
  header.set_share_hashes(0, federation::PayloadId(post.shares(0)));
  *post.mutable_message() = federation::SignMessage(MessageType::kContribution, header,
                                                    sim_.federation().member_key(kVictim), kVictim);
  EXPECT_EQ(ReasonOfPost(kVictim, post), "second_contribution");
}

}  // namespace
}  // namespace perdura::simulation
