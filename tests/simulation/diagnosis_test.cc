// What follows `bad_sum`: stewards publish their check values on proof of it alone, and the
// aggregator's log names who is off.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "federation/envelope.h"
#include "federation/log/entry.h"
#include "registry-node/answer/contribution.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/hostile_round.h"

namespace perdura::simulation {
namespace {

using federation::MessageType;
using registry_node::Outgoing;
using registry_node::OutgoingKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The share that a hostile sender deals to a steward, from 1: of `length` elements.
using BadShare = std::function<crypto::FieldVector(int steward, size_t length)>;

crypto::FieldVector Constant(int64_t value, size_t length) {
  return crypto::FieldVector(length, crypto::Field64::FromSigned(value));
}

// On no polynomial of degree < 4.
crypto::FieldVector OffEverywhere(int steward, size_t length) {
  const int64_t x = steward;
  return Constant(x * x * x * x, length);
}

// A federation in which senders and stewards may do as they like.
class DiagnosisTest : public ::testing::Test {
 protected:
  void Start(int stewards, int threshold) {
    sim_.emplace(
        test_support::TestFederation::Make(
            {.stewards = stewards, .threshold = threshold, .cap_units = uint64_t{1} << 57}),
        /*seed=*/5, Faults{}, OneCellEach(25));
    sim_->TamperPolls([this](const std::string&, v1::PollResponse& response) {
      for (const v1::Item& item : response.items()) {
        if (item.has_announcement()) announcement_ = item.announcement();
      }
    });
    sim_->TamperPosts([this](const std::string& member, v1::PostRequest& post) {
      const std::string& type = post.message().payload_type();
      if (type == federation::PayloadType(MessageType::kContribution)) Redeal(member, post);
      if (type == federation::PayloadType(MessageType::kPartialSum)) Lie(member, post);
      if (type == federation::PayloadType(MessageType::kDiagnosis)) {
        published_[member].push_back(post.message().payload());
        if (silent_ == member) post.mutable_message()->clear_signatures();
      }
    });
    sim_->Settle();
  }

  // `member` deals these shares as a node.
  void DealsBadly(const std::string& member, BadShare share) {
    bad_dealers_[member] = std::move(share);
  }
  // Adds 1 to the first element of its sum.
  void LiesInItsSum(const std::string& steward) { liars_.push_back(steward); }

  absl::StatusOr<v1::Answer> Ask() {
    const std::string plan = PlanText(*sim_->charter(), kEverybody, uint64_t{1} << 50);
    auto answer = sim_->Ask(sim_->MakeAsk(plan));
    sim_->RunFor(absl::Seconds(2));
    return answer;
  }
  void AskAndBurn() {
    const auto answer = Ask();
    EXPECT_EQ(base::ReasonOf(answer.status()), "bad_sum") << answer.status();
  }

  // The entries `diagnosed` of the aggregator's log.
  std::vector<federation::log::Entry> Diagnosed() {
    std::vector<federation::log::Entry> found;
    const auto size = sim_->store().log().Size();
    EXPECT_TRUE(size.ok());
    for (uint64_t seq = 0; seq < size.value_or(0); ++seq) {
      const auto line = sim_->store().log().EntryAt(seq);
      EXPECT_TRUE(line.ok());
      auto entry = federation::log::ParseEntry(*line);
      EXPECT_TRUE(entry.ok());
      if (entry->kind == "diagnosed") found.push_back(*std::move(entry));
    }
    return found;
  }
  void ExpectVerdict(const std::string& outcome, const std::vector<std::string>& suspects) {
    const auto diagnosed = Diagnosed();
    ASSERT_THAT(diagnosed, SizeIs(1));
    EXPECT_EQ(std::get<std::string>(diagnosed[0].fields.at("outcome")), outcome);
    EXPECT_EQ(std::get<std::vector<std::string>>(diagnosed[0].fields.at("suspects")), suspects);
  }

  // What `kVictim` posts when the aggregator sends it this request: kind and bytes.
  std::vector<Outgoing> Request(const std::string& manifest_hash,
                                const std::vector<v1::Envelope>& sums) {
    v1::PollResponse response;
    v1::Item& item = *response.add_items();
    item.set_number(++number_);
    item.mutable_diagnosis()->set_manifest_hash(manifest_hash);
    for (const v1::Envelope& sum : sums) *item.mutable_diagnosis()->add_partial_sums() = sum;
    EXPECT_TRUE(sim_->member(kVictim).OnPoll(response, sim_->now()).ok());
    auto due = sim_->member(kVictim).TakeDue(sim_->now());
    EXPECT_TRUE(due.ok());
    return *std::move(due);
  }
  std::string RefusalOf(const std::string& manifest_hash, const std::vector<v1::Envelope>& sums) {
    const std::vector<Outgoing> posts = Request(manifest_hash, sums);
    if (posts.size() != 1 || posts[0].kind != OutgoingKind::kRefusal) return "no refusal";
    v1::RefusalMessage refusal;
    EXPECT_TRUE(refusal.ParseFromString(posts[0].post.message().payload()));
    return refusal.reason();
  }
  // The partial sum of a steward with another first element, signed again.
  v1::Envelope Forged(const std::string& steward, const v1::Envelope& sum) {
    v1::PartialSum changed;
    EXPECT_TRUE(changed.ParseFromString(sum.payload()));
    auto values = crypto::DecodeFields(changed.sum());
    EXPECT_TRUE(values.ok());
    (*values)[0] += crypto::Field64::FromSigned(1);
    changed.set_sum(crypto::EncodeFields(*values));
    return federation::SignMessage(MessageType::kPartialSum, changed,
                                   sim_->federation().member_key(steward), steward);
  }

  std::optional<SimulatedFederation> sim_;
  // Payloads, by steward.
  std::map<std::string, std::vector<std::string>> published_;
  std::string silent_;

 private:
  void Redeal(const std::string& member, v1::PostRequest& post) {
    v1::Contribution header;
    ASSERT_TRUE(header.ParseFromString(post.message().payload()));
    if (header.role() != v1::CONTRIBUTION_ROLE_NODE || !bad_dealers_.contains(member)) return;
    const size_t length = (post.shares(0).size() - crypto::kHpkeOverhead) / 8;
    for (int index = 1; index <= post.shares_size(); ++index) {
      v1::SealKey key;
      ASSERT_TRUE(key.ParseFromString(announcement_.seal_keys(index - 1).payload()));
      const auto sealed = crypto::Seal(
          key.public_key(),
          registry_node::ShareInfo(header.manifest_hash(), header.role(), member, index), "",
          crypto::EncodeFields(bad_dealers_[member](index, length)), nullptr, random_);
      ASSERT_TRUE(sealed.ok());
      post.set_shares(index - 1, *sealed);
      header.set_share_hashes(index - 1, crypto::Sha256(*sealed));
    }
    *post.mutable_message() = federation::SignMessage(
        MessageType::kContribution, header, sim_->federation().member_key(member), member);
  }
  void Lie(const std::string& member, v1::PostRequest& post) {
    if (std::find(liars_.begin(), liars_.end(), member) == liars_.end()) return;
    *post.mutable_message() = Forged(member, post.message());
  }

  v1::Announcement announcement_;
  std::map<std::string, BadShare> bad_dealers_;
  std::vector<std::string> liars_;
  test_support::SeededRandom random_{17};
  uint64_t number_ = 1'000'000;
};

TEST_F(DiagnosisTest, SenderOfInconsistentSharesIsNamed) {
  Start(4, 2);
  DealsBadly("alfred", OffEverywhere);
  AskAndBurn();
  EXPECT_THAT(published_, SizeIs(4));
  ExpectVerdict("culprit", {"node:alfred"});
}

TEST_F(DiagnosisTest, StewardThatLiesInItsSumIsNamed) {
  Start(5, 3);
  LiesInItsSum("st-vincent");
  AskAndBurn();
  ExpectVerdict("culprit", {"steward:st-vincent"});
}

TEST_F(DiagnosisTest, SinglePairLeavesTwoSuspects) {
  Start(5, 3);
  const std::string third = sim_->charter()->proto().committee().stewards(2);
  DealsBadly("alfred",
             [](int steward, size_t length) { return Constant(steward == 3 ? 1 : 0, length); });
  AskAndBurn();
  std::vector<std::string> both = {"node:alfred", "steward:" + third};
  ExpectVerdict("suspects", both);
}

TEST_F(DiagnosisTest, LiarAmongThreeOfFourCannotBeTold) {
  Start(4, 2);
  LiesInItsSum("ohio");
  sim_->Stop("hahnemann");
  AskAndBurn();
  ExpectVerdict("suspects", {"steward:alfred", "steward:ohio", "steward:st-vincent"});
}

TEST_F(DiagnosisTest, SilentStewardDoesNotHoldUpTheVerdict) {
  Start(5, 3);
  DealsBadly("alfred", OffEverywhere);
  silent_ = "ohio";
  AskAndBurn();
  const auto diagnosed = Diagnosed();
  ASSERT_THAT(diagnosed, SizeIs(1));
  EXPECT_EQ(std::get<std::string>(diagnosed[0].fields.at("outcome")), "suspects");
}

TEST_F(DiagnosisTest, NothingIsPublishedWithoutABadSum) {
  Start(4, 2);
  ASSERT_TRUE(Ask().ok());
  EXPECT_THAT(published_, IsEmpty());
  EXPECT_THAT(Diagnosed(), IsEmpty());
}

// A liar of two goes unseen (protocols.md 4.3), and no check values exist that could show it.
TEST_F(DiagnosisTest, CommitteeOfTwoHasNoDiagnosis) {
  Start(2, 2);
  LiesInItsSum("alfred");
  const auto answer = Ask();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(ReleaseOf(*answer).unchecked_against_liars());
  const auto sums = BundleOf(*answer).partial_sums();
  EXPECT_THAT(Request(ReleaseOf(*answer).manifest_hash(), {sums.begin(), sums.end()}), IsEmpty());
}

// An honest round, and an aggregator that wants its check values.
class DiagnosisRequestTest : public DiagnosisTest {
 protected:
  DiagnosisRequestTest() {
    Start(4, 2);
    const auto answer = Ask();
    EXPECT_TRUE(answer.ok()) << answer.status();
    const v1::ReleaseBundle bundle = BundleOf(*answer);
    sums_.assign(bundle.partial_sums().begin(), bundle.partial_sums().end());
    hash_ = ReleaseOf(*answer).manifest_hash();
  }
  // The sums with the one of `steward` changed and signed by it.
  std::vector<v1::Envelope> WithALie(const std::string& steward) {
    std::vector<v1::Envelope> sums = sums_;
    for (v1::Envelope& sum : sums) {
      v1::PartialSum payload;
      EXPECT_TRUE(payload.ParseFromString(sum.payload()));
      if (sim_->charter()->StewardIndex(steward) == static_cast<int>(payload.index())) {
        sum = Forged(steward, sum);
      }
    }
    return sums;
  }

  std::vector<v1::Envelope> sums_;
  std::string hash_;
};

TEST_F(DiagnosisRequestTest, AgreeingSumsAreRefused) {
  EXPECT_EQ(RefusalOf(hash_, sums_), "sums_agree");
}

TEST_F(DiagnosisRequestTest, TwoSumsAreRefused) {
  EXPECT_EQ(RefusalOf(hash_, {WithALie("alfred")[0], WithALie("alfred")[1]}), "sums_agree");
}

TEST_F(DiagnosisRequestTest, NoSumsAreRefused) { EXPECT_EQ(RefusalOf(hash_, {}), "malformed"); }

TEST_F(DiagnosisRequestTest, SumThatItsStewardDidNotSignIsRefused) {
  std::vector<v1::Envelope> sums = WithALie("alfred");
  for (v1::Envelope& sum : sums) {
    sum.clear_signatures();
    federation::AddSignature(sum, sim_->federation().aggregator_key(), "aggregator");
  }
  EXPECT_EQ(RefusalOf(hash_, sums), "bad_signature");
}

TEST_F(DiagnosisRequestTest, TwoSumsOfOneStewardAreRefused) {
  std::vector<v1::Envelope> sums = WithALie("alfred");
  sums.push_back(sums_[0]);
  EXPECT_EQ(RefusalOf(hash_, sums), "malformed");
}

TEST_F(DiagnosisRequestTest, SumsOfAnotherCommitAreRefused) {
  const std::string plan = PlanText(*sim_->charter(), kEverybody, (uint64_t{1} << 50) + 1);
  const auto other = sim_->Ask(sim_->MakeAsk(plan));
  ASSERT_TRUE(other.ok()) << other.status();
  const auto sums = BundleOf(*other).partial_sums();
  EXPECT_EQ(RefusalOf(hash_, {sums.begin(), sums.end()}), "malformed");
}

TEST_F(DiagnosisRequestTest, UnknownRoundGetsNothing) {
  EXPECT_THAT(Request(std::string(32, 'x'), WithALie("alfred")), IsEmpty());
}

// A corrupt steward can bring it about; what is published is masked, and the same bytes each time,
// also after a restart.
TEST_F(DiagnosisRequestTest, ProofOfABadSumGetsTheSameBytesEachTime) {
  const std::vector<Outgoing> first = Request(hash_, WithALie("alfred"));
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_EQ(first[0].kind, OutgoingKind::kDiagnosis);
  v1::Diagnosis diagnosis;
  ASSERT_TRUE(diagnosis.ParseFromString(first[0].post.message().payload()));
  EXPECT_EQ(diagnosis.values_size(), 4 + 3);
  sim_->Stop(kVictim);
  sim_->StartMember(kVictim);
  sim_->RunFor(absl::Milliseconds(50));
  const std::vector<Outgoing> second = Request(hash_, WithALie("st-vincent"));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].post.SerializeAsString(), first[0].post.SerializeAsString());
}

}  // namespace
}  // namespace perdura::simulation
