// Bytes of the largest, emptiest and longest kind, in every message of the wire: the party answers
// with a reason word, or drops them, and goes on.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/reason.h"
#include "base/storage_failure.h"
#include "federation/envelope.h"
#include "federation/log/checkpoint.h"
#include "federation/witnesses.h"
#include "google/protobuf/message.h"
#include "tests/simulation/hostile_round.h"

namespace perdura::simulation {
namespace {

using federation::MessageType;

enum class Shape { kZero, kOnes, kLargest, kLongest };

std::string BytesOf(Shape shape) {
  switch (shape) {
    case Shape::kZero:
      return std::string(32, '\0');
    case Shape::kOnes:
      return std::string(32, '\xff');
    case Shape::kLargest:
      return std::string(4000, 'k');
    case Shape::kLongest:
      return std::string(1'000'001, 'k');  // one more than a database takes
  }
  return "";
}

// Strings must be UTF-8.
std::string TextOf(Shape shape) {
  return shape == Shape::kZero ? "" : shape == Shape::kOnes ? "~" : BytesOf(shape);
}

uint64_t NumberOf(Shape shape) { return shape == Shape::kZero ? 0 : ~uint64_t{0}; }

void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
               Shape shape);

// Every field, and one element of every list.
template <typename Message>
Message Filled(Shape shape) {
  Message message;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    FillField(message, message.GetDescriptor()->field(i), shape);
  }
  return message;
}

void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
               Shape shape) {
  using Field = google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  const uint64_t number = NumberOf(shape);
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case Field::CPPTYPE_STRING: {
      const std::string text = field->type() == Field::TYPE_BYTES ? BytesOf(shape) : TextOf(shape);
      repeated ? reflection.AddString(&message, field, text)
               : reflection.SetString(&message, field, text);
      break;
    }
    case Field::CPPTYPE_UINT64:
      repeated ? reflection.AddUInt64(&message, field, number)
               : reflection.SetUInt64(&message, field, number);
      break;
    case Field::CPPTYPE_INT64:
      if (!repeated) reflection.SetInt64(&message, field, static_cast<int64_t>(number >> 1));
      break;
    case Field::CPPTYPE_UINT32:
      if (!repeated) reflection.SetUInt32(&message, field, static_cast<uint32_t>(number));
      break;
    case Field::CPPTYPE_ENUM:
      if (!repeated) reflection.SetEnumValue(&message, field, static_cast<int>(number >> 33));
      break;
    case Field::CPPTYPE_MESSAGE: {
      auto& inner = repeated ? *reflection.AddMessage(&message, field)
                             : *reflection.MutableMessage(&message, field);
      for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i) {
        FillField(inner, inner.GetDescriptor()->field(i), shape);
      }
      break;
    }
    default:
      break;
  }
}

class HostileBytesTest : public ::testing::Test, protected HostileRound {
 protected:
  void ExpectAnswered(const absl::Status& status) {
    EXPECT_FALSE(base::IsStorageFailure(status)) << status;
    EXPECT_TRUE(status.ok() || !base::ReasonOf(base::AsRefusal(status)).empty()) << status;
  }
  absl::Status Post(const v1::PostRequest& post) {
    return sim_.desk().Post(kVictim, post, sim_.now()).status();
  }
  v1::Envelope SignedByVictim(MessageType type, const google::protobuf::MessageLite& message) {
    return federation::SignMessage(type, message, sim_.federation().member_key(kVictim), kVictim);
  }
  // What the victim sends after this poll answer.
  std::vector<registry_node::Outgoing> Deliver(const v1::PollResponse& response) {
    EXPECT_TRUE(sim_.member(kVictim).OnPoll(response, sim_.now()).ok());
    auto due = sim_.member(kVictim).TakeDue(sim_.now());
    EXPECT_TRUE(due.ok());
    return due.ok() ? *std::move(due) : std::vector<registry_node::Outgoing>();
  }
  // Between collect_until and commit_until.
  void JumpToLists() {
    v1::Manifest manifest;
    EXPECT_TRUE(manifest.ParseFromString(announcement_.manifest().payload()));
    sim_.Jump(absl::FromUnixMicros(manifest.slots().commit_until()) - absl::Milliseconds(50));
  }
  v1::Item& NextItem(v1::PollResponse& response) {
    v1::Item& item = *response.add_items();
    item.set_number(++number_);
    return item;
  }
  std::string LogOfVictim() {
    absl::MutexLock lock(&sim_.log(kVictim).mutex());
    const auto size = sim_.log(kVictim).own().Size();
    return std::to_string(size.ok() ? *size : 0);
  }
};

// --- every message ------------------------------------------------------------------------------

class EveryMessageTest : public HostileBytesTest, public ::testing::WithParamInterface<Shape> {
 protected:
  template <typename Message>
  void ExpectPosted(MessageType type) {
    v1::PostRequest post;
    Message message = Filled<Message>(GetParam());
    *post.mutable_message() = SignedByVictim(type, message);
    ExpectAnswered(Post(post));
    // In the open round, with everything else of the envelope as hostile.
    if constexpr (requires { message.set_manifest_hash(""); }) {
      message.set_manifest_hash(manifest_hash_);
      *post.mutable_message() = SignedByVictim(type, message);
      ExpectAnswered(Post(post));
    }
    post.mutable_message()->mutable_signatures(0)->set_key_id(TextOf(GetParam()));
    *post.add_log_proofs() = Filled<v1::LogProof>(GetParam());
    ExpectAnswered(Post(post));
  }
};

TEST_P(EveryMessageTest, AggregatorAnswersPosts) {
  ExpectPosted<v1::SealKey>(MessageType::kSealKey);
  ExpectPosted<v1::Contribution>(MessageType::kContribution);
  ExpectPosted<v1::Have>(MessageType::kHave);
  ExpectPosted<v1::Commit>(MessageType::kCommit);
  ExpectPosted<v1::PartialSum>(MessageType::kPartialSum);
  ExpectPosted<v1::Diagnosis>(MessageType::kDiagnosis);
  ExpectPosted<v1::RefusalMessage>(MessageType::kRefusal);
  ExpectAnswered(Post(Filled<v1::PostRequest>(GetParam())));
}

TEST_P(EveryMessageTest, AggregatorAnswersPolls) {
  ExpectAnswered(
      sim_.desk().Poll(kVictim, Filled<v1::PollRequest>(GetParam()), sim_.now()).status());
}

TEST_P(EveryMessageTest, AggregatorAnswersAnalysts) {
  const std::string analyst = "payer-desk";
  v1::Ask ask = Filled<v1::Ask>(GetParam());
  ask.set_analyst(analyst);
  ExpectAnswered(sim_.desk()
                     .Ask(analyst,
                          federation::SignMessage(MessageType::kAsk, ask,
                                                  sim_.federation().analyst_key(analyst), ""),
                          sim_.now())
                     .status());
  ExpectAnswered(sim_.desk().Ask(analyst, Filled<v1::Envelope>(GetParam()), sim_.now()).status());
  ExpectAnswered(
      sim_.desk().Preview(analyst, Filled<v1::PreviewRequest>(GetParam()), sim_.now()).status());
  ExpectAnswered(sim_.desk().Release(analyst, BytesOf(GetParam()), sim_.now()).status());
}

TEST_P(EveryMessageTest, MemberTakesEveryItemAndDealsAfterwards) {
  v1::PollResponse response;
  *response.add_charters() = Filled<v1::Envelope>(GetParam());
  *response.add_rebases() = Filled<v1::Envelope>(GetParam());
  *response.add_witness_requests() = Filled<v1::WitnessRequest>(GetParam());
  *response.add_witness_answers() = Filled<v1::WitnessAnswer>(GetParam());
  *response.add_proofs_wanted() = Filled<v1::ProofWanted>(GetParam());
  *NextItem(response).mutable_announcement() = Filled<v1::Announcement>(GetParam());
  *NextItem(response).mutable_contribution() = Filled<v1::RelayedContribution>(GetParam());
  *NextItem(response).mutable_commit_draft() = Filled<v1::Envelope>(GetParam());
  *NextItem(response).mutable_certificate() = Filled<v1::Envelope>(GetParam());
  *NextItem(response).mutable_ended() = Filled<v1::RoundEnded>(GetParam());
  *NextItem(response).mutable_diagnosis() = Filled<v1::DiagnosisRequest>(GetParam());
  Deliver(response);
  EXPECT_EQ(ReasonFor(announcement_), "");
}

TEST_P(EveryMessageTest, MemberRefusesASignedManifestAndLives) {
  v1::Announcement announcement = announcement_;
  *announcement.mutable_manifest() =
      federation::SignMessage(MessageType::kManifest, Filled<v1::Manifest>(GetParam()),
                              sim_.federation().aggregator_key(), "aggregator");
  v1::PollResponse response;
  *NextItem(response).mutable_announcement() = announcement;
  Deliver(response);
  EXPECT_EQ(ReasonFor(announcement_), "");
}

INSTANTIATE_TEST_SUITE_P(Shapes, EveryMessageTest,
                         ::testing::Values(Shape::kZero, Shape::kOnes, Shape::kLargest,
                                           Shape::kLongest));

// --- the aggregator -----------------------------------------------------------------------------

TEST_F(HostileBytesTest, PollFromBeyondTheLastCharterGetsNone) {
  v1::PollRequest request;
  request.set_charter_version(~uint64_t{0});
  const auto response = sim_.desk().Poll(kVictim, request, sim_.now());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->charters_size(), 0);
}

TEST_F(HostileBytesTest, AskWithALongKeyIdIsRefusedAndChargesNothing) {
  const std::string plan = PlanText(*sim_.charter(), kEverybody, uint64_t{1} << 36);
  for (const size_t size : {size_t{300'000}, size_t{1'000'000}}) {
    v1::Envelope ask = sim_.MakeAsk(plan);
    ask.mutable_signatures(0)->set_key_id(std::string(size, 'k'));
    EXPECT_EQ(base::ReasonOf(sim_.desk().Ask("payer-desk", ask, sim_.now()).status()), "malformed");
  }
  const auto unfinished = sim_.store().Unfinished();
  ASSERT_TRUE(unfinished.ok());
  EXPECT_EQ(unfinished->size(), 1u) << "only the round of the fixture";
}

TEST_F(HostileBytesTest, ChargeAboveEveryBudgetIsRefusedByItsWord) {
  std::string plan = PlanText(*sim_.charter(), kEverybody, uint64_t{1} << 36);
  const std::string units = std::to_string(uint64_t{1} << 36);
  plan.replace(plan.find(units), units.size(), std::to_string((uint64_t{1} << 58) + 1));
  EXPECT_EQ(base::ReasonOf(sim_.desk().Ask("payer-desk", sim_.MakeAsk(plan), sim_.now()).status()),
            "budget_exhausted");
}

TEST_F(HostileBytesTest, SealKeyOfLowOrderIsRefused) {
  v1::Envelope envelope = announcement_.seal_keys(0);
  v1::SealKey key;
  ASSERT_TRUE(key.ParseFromString(envelope.payload()));
  key.set_number(key.number() + 1);
  key.set_public_key(std::string(32, '\0'));
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(MessageType::kSealKey, key,
                                                    sim_.federation().member_key(key.member()), "");
  EXPECT_EQ(base::ReasonOf(sim_.desk().Post(key.member(), post, sim_.now()).status()),
            "bad_seal_key");
}

TEST_F(HostileBytesTest, PaddedUploadIsRefused) {
  ASSERT_EQ(ReasonFor(announcement_), "");
  sim_.Jump(sim_.now() + absl::Milliseconds(100));
  const auto due = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(due.ok() && !due->empty());
  v1::PostRequest padded = due->front().post;
  padded.add_log_proofs()->add_hashes(std::string(1'020'000, 'h'));
  EXPECT_EQ(base::ReasonOf(Post(padded)), "malformed");
  v1::PostRequest many = due->front().post;
  for (int i = 0; i < 1000; ++i) many.add_log_proofs()->add_hashes(std::string(32, 'h'));
  EXPECT_EQ(base::ReasonOf(Post(many)), "malformed");
  EXPECT_EQ(base::ReasonOf(Post(due->front().post)), "");
}

// --- nodes and stewards -------------------------------------------------------------------------

TEST_F(HostileBytesTest, SealKeyOfLowOrderInAManifestIsRefusedBeforeTheDebit) {
  v1::SealKey key;
  ASSERT_TRUE(key.ParseFromString(announcement_.seal_keys(0).payload()));
  key.set_public_key(std::string(32, '\0'));
  *announcement_.mutable_seal_keys(0) = federation::SignMessage(
      MessageType::kSealKey, key, sim_.federation().member_key(key.member()), "");
  ExpectRefused(
      [this](v1::Manifest& m) {
        m.set_seal_key_ids(0, federation::PayloadId(announcement_.seal_keys(0).payload()));
      },
      "bad_seal_key");
}

TEST_F(HostileBytesTest, SealKeyThatEndsBeforeTheLastUploadIsRefused) {
  v1::SealKey key;
  ASSERT_TRUE(key.ParseFromString(announcement_.seal_keys(0).payload()));
  v1::Manifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(announcement_.manifest().payload()));
  key.set_not_after(manifest.slots().collect_until());
  *announcement_.mutable_seal_keys(0) = federation::SignMessage(
      MessageType::kSealKey, key, sim_.federation().member_key(key.member()), "");
  ExpectRefused(
      [this](v1::Manifest& m) {
        m.set_seal_key_ids(0, federation::PayloadId(announcement_.seal_keys(0).payload()));
      },
      "bad_seal_key");
}

TEST_F(HostileBytesTest, UnsignedManifestIsNeitherAnsweredNorLogged) {
  const std::string before = LogOfVictim();
  v1::Announcement announcement = announcement_;
  announcement.mutable_manifest()->mutable_signatures(0)->mutable_sig()->at(0) ^= 1;
  for (int i = 0; i < 10; ++i) {
    v1::PollResponse response;
    *NextItem(response).mutable_announcement() = announcement;
    for (const registry_node::Outgoing& outgoing : Deliver(response)) {
      EXPECT_NE(outgoing.kind, registry_node::OutgoingKind::kRefusal);
    }
  }
  EXPECT_EQ(LogOfVictim(), before);
}

TEST_F(HostileBytesTest, InventedSendersDoNotFillTheHaveList) {
  ASSERT_EQ(ReasonFor(announcement_), "");
  v1::PollResponse response;
  for (int i = 0; i < 50; ++i) {
    v1::Contribution header;
    header.set_manifest_hash(manifest_hash_);
    header.set_member(std::string(8000, 'm') + std::to_string(i));
    *NextItem(response).mutable_contribution()->mutable_header() =
        SignedByVictim(MessageType::kContribution, header);
    // A member of the charter in a role that there is none of.
    header.set_member(kVictim);
    header.set_role(static_cast<v1::ContributionRole>(100 + i));
    *NextItem(response).mutable_contribution()->mutable_header() =
        SignedByVictim(MessageType::kContribution, header);
  }
  Deliver(response);
  JumpToLists();
  const auto due = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(due.ok());
  int lists = 0;
  for (const registry_node::Outgoing& outgoing : *due) {
    if (outgoing.kind != registry_node::OutgoingKind::kHave) continue;
    ++lists;
    v1::Have have;
    ASSERT_TRUE(have.ParseFromString(outgoing.post.message().payload()));
    EXPECT_EQ(have.rejected_size(), 0);
  }
  EXPECT_EQ(lists, 1);
}

TEST_F(HostileBytesTest, StewardWhoseSealKeyIsGoneRejectsTheShareAndLives) {
  ASSERT_EQ(ReasonFor(announcement_), "");
  ASSERT_TRUE(sim_.seal_keys(kVictim).Wipe({1}).ok());
  sim_.Jump(sim_.now() + absl::Milliseconds(100));
  const auto due = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(due.ok() && !due->empty());
  const v1::PostRequest& post = due->front().post;
  v1::PollResponse response;
  v1::RelayedContribution& relayed = *NextItem(response).mutable_contribution();
  *relayed.mutable_header() = post.message();
  const int index = sim_.charter()->StewardIndex(kVictim);
  relayed.set_share(post.shares(index - 1));
  Deliver(response);
  JumpToLists();
  const auto listed = sim_.member(kVictim).TakeDue(sim_.now());
  ASSERT_TRUE(listed.ok());
  std::string reason;
  for (const registry_node::Outgoing& outgoing : *listed) {
    v1::Have have;
    if (outgoing.kind != registry_node::OutgoingKind::kHave) continue;
    ASSERT_TRUE(have.ParseFromString(outgoing.post.message().payload()));
    ASSERT_EQ(have.rejected_size(), 1);
    reason = have.rejected(0).reason();
  }
  EXPECT_EQ(reason, "bad_envelope");
}

// --- logs ---------------------------------------------------------------------------------------

class HostileLogTest : public ::testing::Test {
 protected:
  HostileLogTest()
      : sim_(test_support::TestFederation::Make({.witness = v1::WITNESS_REQUIRED}), /*seed=*/3,
             Faults{}, OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
  }
  std::string NoteOfSize(const std::string& party, uint64_t size) {
    return PrintNote(
        federation::log::SignCheckpoint({.origin = federation::OriginOf("test", party).ToText(),
                                         .size = size,
                                         .root = std::string(32, 'r')},
                                        sim_.federation().log_key(party))
            .note);
  }
  SimulatedFederation sim_;
};

TEST_F(HostileLogTest, HugeLogIsRefusedByTheWitnessAndItLives) {
  for (const uint64_t size : {uint64_t{1} << 63, ~uint64_t{0}}) {
    v1::PollResponse response;
    v1::WitnessRequest& request = *response.add_witness_requests();
    request.set_steward(kVictim);
    request.set_note(NoteOfSize("alfred", size));
    ASSERT_TRUE(sim_.member(kVictim).OnPoll(response, sim_.now()).ok());
    const auto due = sim_.member(kVictim).TakeDue(sim_.now());
    ASSERT_TRUE(due.ok());
    std::string reason;
    for (const registry_node::Outgoing& outgoing : *due) {
      if (outgoing.post.has_witness_answer()) reason = outgoing.post.witness_answer().reason();
    }
    EXPECT_EQ(reason, "malformed");
  }
}

TEST_F(HostileLogTest, HugeLogOfAMemberDoesNotStopTheAggregator) {
  v1::PollRequest request;
  request.set_own_checkpoint(NoteOfSize("alfred", uint64_t{1} << 63));
  request.set_peer_checkpoint(NoteOfSize("aggregator", uint64_t{1} << 63));
  EXPECT_TRUE(sim_.desk().Poll("alfred", request, sim_.now()).ok());
}

TEST_F(HostileLogTest, AnnouncementNeedsOneLogSizeForEachSteward) {
  v1::Announcement held;
  sim_.TamperPolls([&](const std::string& member, v1::PollResponse& response) {
    if (member != kVictim) return;
    for (const v1::Item& item : response.items()) {
      if (item.has_announcement()) held = item.announcement();
    }
    response.clear_items();
  });
  const auto ticket = sim_.desk().Ask(
      "payer-desk", sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody)), sim_.now());
  ASSERT_TRUE(ticket.ok()) << ticket.status();
  for (int i = 0; i < 60 && held.steward_log_sizes().empty(); ++i) {
    sim_.RunFor(absl::Milliseconds(1));
  }
  ASSERT_EQ(held.steward_log_sizes_size(), sim_.charter()->quorum().s);
  v1::Announcement many = held;
  for (uint64_t size = 1; size < 5000; ++size) many.add_steward_log_sizes(size);
  EXPECT_EQ(ReasonOfRefusal(sim_, kVictim, many, 1'000'001), "unlogged");
  EXPECT_EQ(ReasonOfRefusal(sim_, kVictim, held, 1'000'002), "");
}

}  // namespace
}  // namespace perdura::simulation
