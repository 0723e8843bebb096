// What a node asks for before it debits (NC10b), and what it says to a second announcement.

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "federation/envelope.h"
#include "tests/simulation/hostile_round.h"

namespace perdura::simulation {
namespace {

using federation::MessageType;

class NodeHostileTest : public ::testing::Test, protected HostileRound {
 protected:
  // The header of `steward`'s deal for the round of `announcement`, signed by `signer`.
  v1::Envelope Deal(const v1::Announcement& announcement, const std::string& steward,
                    const std::string& signer) {
    v1::Contribution header;
    header.set_manifest_hash(federation::PayloadId(announcement.manifest().payload()));
    header.set_member(steward);
    header.set_role(v1::CONTRIBUTION_ROLE_DEALER);
    return federation::SignMessage(MessageType::kContribution, header,
                                   sim_.federation().member_key(signer), signer);
  }
  v1::Announcement WithDeals(v1::Announcement announcement,
                             const std::vector<std::string>& stewards) {
    for (const std::string& steward : stewards) {
      *announcement.add_dealer_headers() = Deal(announcement, steward, steward);
    }
    return announcement;
  }
  // The announcement under a manifest with one change, with the deals of a quorum.
  v1::Announcement Changed(const std::function<void(v1::Manifest&)>& change) {
    v1::Announcement announcement = announcement_;
    v1::Manifest manifest;
    EXPECT_TRUE(manifest.ParseFromString(announcement.manifest().payload()));
    change(manifest);
    *announcement.mutable_manifest() = federation::SignMessage(
        MessageType::kManifest, manifest, sim_.federation().aggregator_key(), "aggregator");
    return WithDeals(std::move(announcement), quorum_);
  }
  uint64_t Spent() {
    const auto spent = federation::ChargeLedger(sim_.registry(kVictim))
                           .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0});
    EXPECT_TRUE(spent.ok());
    return spent.value_or(0);
  }

  // Q = 3 of (4,2).
  const std::vector<std::string> quorum_ = {"ohio", "alfred", "st-vincent"};
};

TEST_F(NodeHostileTest, DealsOfAQuorumAreEnough) {
  EXPECT_EQ(ReasonFor(WithDeals(announcement_, quorum_)), "");
  EXPECT_EQ(Spent(), sim_.charter()->proto().default_charge().units());
}

TEST_F(NodeHostileTest, OneDealTooFewIsRefusedFree) {
  EXPECT_EQ(ReasonFor(WithDeals(announcement_, {"ohio", "alfred"})), "no_dealers");
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(NodeHostileTest, TheSameDealCountsOnce) {
  EXPECT_EQ(ReasonFor(WithDeals(announcement_, {"ohio", "alfred", "alfred"})), "no_dealers");
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(NodeHostileTest, DealThatItsStewardDidNotSignDoesNotCount) {
  v1::Announcement announcement = WithDeals(announcement_, {"ohio", "alfred"});
  *announcement.add_dealer_headers() = Deal(announcement, "st-vincent", "alfred");
  EXPECT_EQ(ReasonFor(announcement), "no_dealers");
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(NodeHostileTest, RoundWithoutASlotLeftIsExpired) {
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement_.manifest().payload()));
  sim_.Jump(absl::FromUnixMicros(manifest.slots().collect_until()));
  EXPECT_EQ(ReasonFor(WithDeals(announcement_, quorum_)), "expired");
  EXPECT_EQ(Spent(), 0u);
}

TEST_F(NodeHostileTest, SecondManifestOfAnAnsweredAttemptIsRefused) {
  ASSERT_EQ(ReasonFor(WithDeals(announcement_, quorum_)), "");
  const uint64_t once = Spent();
  EXPECT_EQ(ReasonFor(Changed([](v1::Manifest& m) { m.set_min_entities(m.min_entities() + 1); })),
            "attempt_reused");
  EXPECT_EQ(Spent(), once);
}

TEST_F(NodeHostileTest, AskedAgainItSendsTheSameBytes) {
  const v1::Announcement announcement = WithDeals(announcement_, quorum_);
  ASSERT_EQ(ReasonFor(announcement), "");
  ASSERT_EQ(ReasonFor(announcement), "");
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement_.manifest().payload()));
  sim_.Jump(absl::FromUnixMicros(manifest.slots().collect_until() - 1));
  const auto due = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(due.ok());
  std::multiset<std::string> uploads;
  for (const registry_node::Outgoing& outgoing : *due) {
    if (outgoing.kind == registry_node::OutgoingKind::kUpload) {
      uploads.insert(outgoing.post.SerializeAsString());
    }
  }
  ASSERT_EQ(uploads.size(), 2u);
  EXPECT_EQ(uploads.count(*uploads.begin()), 2u);
}

}  // namespace
}  // namespace perdura::simulation
