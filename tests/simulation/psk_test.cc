// A federation whose charter says `hpke_mode` PSK: shares open only with the secret of their pair.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "crypto/hash.h"
#include "federation/bundle/bundle.h"
#include "registry-node/answer/contribution.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

TestFederation FederationIn(v1::HpkeMode mode) {
  TestFederation federation = TestFederation::Make();
  federation.charter.set_hpke_mode(mode);
  return federation;
}

crypto::SecretBytes PairSecret(const std::string& node, const std::string& steward) {
  return crypto::SecretBytes(crypto::Sha256(absl::StrCat("pair ", node, " ", steward)));
}

class PskTest : public ::testing::Test {
 protected:
  PskTest() : sim_(FederationIn(v1::HPKE_MODE_PSK), /*seed=*/5, Faults{}, OneCellEach(25)) {
    sim_.TamperPosts([this](const std::string& member, v1::PostRequest& post) {
      v1::Have have;
      if (post.message().payload_type() ==
              federation::PayloadType(federation::MessageType::kHave) &&
          have.ParseFromString(post.message().payload())) {
        have_[member] = have;
      }
      v1::RefusalMessage refusal;
      if (post.message().payload_type() ==
              federation::PayloadType(federation::MessageType::kRefusal) &&
          refusal.ParseFromString(post.message().payload())) {
        refusals_.emplace(member, refusal.reason());
      }
    });
  }

  // Every pair gets its secret at both ends; `except` at neither.
  void GiveSecrets(const std::pair<std::string, std::string>& except = {}) {
    for (const v1::Member& node : sim_.charter()->proto().members()) {
      for (const std::string& steward : sim_.charter()->proto().committee().stewards()) {
        if (except == std::make_pair(node.id(), steward)) continue;
        Give(node.id(), node.id(), steward, PairSecret(node.id(), steward));
        if (node.id() != steward) {
          Give(steward, node.id(), steward, PairSecret(node.id(), steward));
        }
      }
    }
    sim_.Settle();
  }
  void Give(const std::string& to, const std::string& node, const std::string& steward,
            crypto::SecretBytes secret) {
    EXPECT_OK(sim_.secrets(to).Add(node, steward, std::move(secret)));
  }

  absl::StatusOr<v1::Answer> Ask() {
    return sim_.Ask(sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)));
  }
  int Contributors(const v1::Answer& answer) {
    const auto opened = federation::OpenBundle(BundleOf(answer), sim_.federation().pin);
    EXPECT_OK(opened);
    return opened.ok() ? opened->commit.contributors_size() : 0;
  }
  uint64_t SpentAt(const std::string& node) {
    return federation::ChargeLedger(sim_.registry(node))
        .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0})
        .value();
  }
  // Reasons for which `steward` rejected contributions of `member`.
  std::multimap<v1::ContributionRole, std::string> Rejected(const std::string& steward,
                                                            const std::string& member) {
    std::multimap<v1::ContributionRole, std::string> reasons;
    for (const v1::HaveEntry& entry : have_[steward].rejected()) {
      if (entry.member() == member) reasons.emplace(entry.role(), entry.reason());
    }
    return reasons;
  }

  SimulatedFederation sim_;
  std::map<std::string, v1::Have> have_;
  std::multimap<std::string, std::string> refusals_;
};

TEST_F(PskTest, QuestionGivesAVerifiableReleaseOfAllHospitals) {
  GiveSecrets();
  const auto answer = Ask();
  ASSERT_OK(answer);
  EXPECT_EQ(Contributors(*answer), 4);
  EXPECT_TRUE(refusals_.empty());
}

TEST_F(PskTest, FederationWithoutSecretsRefusesByItsWordAndDebitsNoHospital) {
  sim_.Settle();
  EXPECT_FALSE(Ask().ok());
  for (const std::string& node : sim_.charter()->NodeIds()) EXPECT_EQ(SpentAt(node), 0u);
  EXPECT_GE(refusals_.size(), 2u);  // two of four stewards that do not deal burn the attempt
  for (const auto& [member, reason] : refusals_) EXPECT_EQ(reason, "no_secret") << member;
}

TEST_F(PskTest, MemberWithoutOneSecretSitsOutUndebitedAndTheOthersGoOn) {
  GiveSecrets({"ohio", "alfred"});
  const auto answer = Ask();
  ASSERT_OK(answer);
  EXPECT_EQ(Contributors(*answer), 3);
  EXPECT_EQ(SpentAt("ohio"), 0u);
  EXPECT_THAT(refusals_, ::testing::Contains(std::make_pair("ohio", "no_secret")));
}

TEST_F(PskTest, StewardWithAWrongSecretOpensNeitherUploadNorDeal) {
  for (const v1::Member& node : sim_.charter()->proto().members()) {
    for (const std::string& steward : sim_.charter()->proto().committee().stewards()) {
      Give(node.id(), node.id(), steward, PairSecret(node.id(), steward));
      if (node.id() == steward) continue;
      const bool wrong = node.id() == "ohio" && steward == "alfred";
      Give(steward, node.id(), steward, PairSecret(wrong ? "wrong" : node.id(), steward));
    }
  }
  sim_.Settle();
  Ask().IgnoreError();  // enough others hold it or not: here what alfred says counts
  const auto rejected = Rejected("alfred", "ohio");
  EXPECT_EQ(rejected.size(), 2u);  // as node and as dealer
  for (const auto& [role, reason] : rejected) EXPECT_EQ(reason, "bad_envelope");
  EXPECT_TRUE(Rejected("hahnemann", "ohio").empty());
}

// The same manifest, read under either mode: only the charter that the reader holds decides.
class PskModeTest : public ::testing::Test {
 protected:
  PskModeTest() : sim_(FederationIn(v1::HPKE_MODE_BASE), /*seed=*/5, Faults{}, {}) {
    sim_.Settle();
    EXPECT_OK(secrets_.Add("alfred", "ohio", PairSecret("alfred", "ohio")));
    for (const char* steward : {"alfred", "st-vincent", "hahnemann"}) {
      EXPECT_OK(secrets_.Add("alfred", steward, PairSecret("alfred", steward)));
    }
  }

  registry_node::CheckedManifest Checked(v1::HpkeMode mode) {
    const auto ticket = sim_.desk().Ask(
        "payer-desk", sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)), sim_.now());
    EXPECT_OK(ticket);
    const v1::Announcement announcement =
        sim_.store().ItemsAfter("ohio", 0, 1 << 20)->back().announcement();
    auto opened =
        registry_node::OpenManifest(announcement, sim_.member("ohio").chain(), sim_.now());
    EXPECT_OK(opened);
    auto checked = registry_node::CheckManifest(*std::move(opened), announcement,
                                                {.chain = sim_.member("ohio").chain(),
                                                 .needs_upload = false,
                                                 .log = sim_.log("ohio"),
                                                 .seal_keys = sim_.seal_keys("ohio")},
                                                sim_.now());
    EXPECT_OK(checked);
    SetMode(*checked, mode);
    return *std::move(checked);
  }
  void SetMode(registry_node::CheckedManifest& checked, v1::HpkeMode mode) {
    v1::Charter charter = sim_.federation().charter;
    charter.set_hpke_mode(mode);
    const auto read = federation::Charter::Create(sim_.federation().Sign(charter).payload());
    EXPECT_OK(read);
    checked.opened.under.charter = *read;
  }

  // What alfred sends as a node.
  absl::StatusOr<v1::PostRequest> Sealed(const registry_node::CheckedManifest& checked) {
    test_support::SeededRandom random(1);
    const registry_node::Sender sender{"alfred", sim_.federation().member_key("alfred"), random,
                                       &secrets_};
    return registry_node::MakeContribution(
        checked, v1::CONTRIBUTION_ROLE_NODE, sender,
        crypto::FieldVector(static_cast<size_t>(checked.terms.layout().rows())), {});
  }
  int OhioIndex() { return sim_.charter()->StewardIndex("ohio"); }
  // Opens `share` with the seal-key of steward ohio.
  absl::Status Opened(const registry_node::CheckedManifest& checked, const std::string& share,
                      v1::ContributionRole role, const std::string& member, int index) {
    auto key = sim_.seal_keys("ohio").Newest();
    EXPECT_TRUE(key.ok() && key->has_value());
    const auto pair = crypto::KemKeyPair::FromSecret(std::move((*key)->private_key));
    return registry_node::OpenShare(checked, role, member, index, *pair, &secrets_, share).status();
  }
  // Seals under one mode and opens under another, at steward ohio.
  absl::Status SealedAndOpened(v1::HpkeMode seal, v1::HpkeMode open) {
    registry_node::CheckedManifest checked = Checked(seal);
    const auto post = Sealed(checked);
    if (!post.ok()) return post.status();
    SetMode(checked, open);
    return Opened(checked, post->shares(OhioIndex() - 1), v1::CONTRIBUTION_ROLE_NODE, "alfred",
                  OhioIndex());
  }

  SimulatedFederation sim_;
  registry_node::PairSecrets secrets_;
};

TEST_F(PskModeTest, ShareOpensInTheModeInWhichItWasSealed) {
  EXPECT_OK(SealedAndOpened(v1::HPKE_MODE_BASE, v1::HPKE_MODE_BASE));
}

TEST_F(PskModeTest, PskShareOpensUnderPsk) {
  EXPECT_OK(SealedAndOpened(v1::HPKE_MODE_PSK, v1::HPKE_MODE_PSK));
}

TEST_F(PskModeTest, BaseShareDoesNotOpenUnderPsk) {
  EXPECT_EQ(base::ReasonOf(SealedAndOpened(v1::HPKE_MODE_BASE, v1::HPKE_MODE_PSK)), "bad_envelope");
}

TEST_F(PskModeTest, PskShareDoesNotOpenUnderBase) {
  EXPECT_EQ(base::ReasonOf(SealedAndOpened(v1::HPKE_MODE_PSK, v1::HPKE_MODE_BASE)), "bad_envelope");
}

// A share that is moved to another place does not open there.
class ShareBindingTest : public PskModeTest {
 protected:
  ShareBindingTest() : checked_(Checked(v1::HPKE_MODE_BASE)) {
    const auto post = Sealed(checked_);
    EXPECT_OK(post);
    share_ = post->shares(OhioIndex() - 1);
  }
  std::string ReasonAt(v1::ContributionRole role, const std::string& member, int index) {
    return base::ReasonOf(Opened(checked_, share_, role, member, index));
  }

  registry_node::CheckedManifest checked_;
  std::string share_;
};

TEST_F(ShareBindingTest, OpensAtItsOwnPlace) {
  EXPECT_OK(Opened(checked_, share_, v1::CONTRIBUTION_ROLE_NODE, "alfred", OhioIndex()));
}

TEST_F(ShareBindingTest, DoesNotOpenInAnotherRole) {
  EXPECT_EQ(ReasonAt(v1::CONTRIBUTION_ROLE_DEALER, "alfred", OhioIndex()), "bad_envelope");
}

TEST_F(ShareBindingTest, DoesNotOpenForAnotherSender) {
  EXPECT_EQ(ReasonAt(v1::CONTRIBUTION_ROLE_NODE, "hahnemann", OhioIndex()), "bad_envelope");
}

TEST_F(ShareBindingTest, DoesNotOpenAtAnotherStewardsPlace) {
  const int other = OhioIndex() == 1 ? 2 : 1;
  EXPECT_EQ(ReasonAt(v1::CONTRIBUTION_ROLE_NODE, "alfred", other), "bad_envelope");
}

TEST_F(ShareBindingTest, DoesNotOpenUnderAnotherManifest) {
  checked_.opened.hash[0] ^= 1;
  EXPECT_EQ(ReasonAt(v1::CONTRIBUTION_ROLE_NODE, "alfred", OhioIndex()), "bad_envelope");
}

}  // namespace
}  // namespace perdura::simulation
