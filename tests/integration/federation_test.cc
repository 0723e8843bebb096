// The aggregator's services and the members' client over loopback sockets and mutual TLS: who gets
// in, and one question from end to end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "base/reason.h"
#include "base/rpc/peer.h"
#include "base/rpc/status_conversion.h"
#include "federation/bundle/bundle.h"
#include "grpcpp/create_channel.h"
#include "perdura/v1/evidence.grpc.pb.h"
#include "perdura/v1/relay.grpc.pb.h"
#include "perdura/v1/round.pb.h"
#include "tests/integration/loopback_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::integration {
namespace {

using test_support::IsOk;
using test_support::StatusIs;

void SetDeadline(grpc::ClientContext& context, absl::Duration duration) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + duration));
}

absl::Status Describe(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  SetDeadline(context, absl::Seconds(10));
  v1::DescribeResponse response;
  return base::FromGrpcStatus(
      v1::EvidenceService::NewStub(channel)->Describe(&context, {}, &response));
}

struct Polled {
  absl::Status status;
  v1::PollResponse response;
};
Polled PollOnce(const std::shared_ptr<grpc::Channel>& channel, uint64_t charter_version,
                uint32_t wait_ms) {
  grpc::ClientContext context;
  SetDeadline(context, absl::Seconds(20));
  v1::PollRequest request;
  request.set_wait_ms(wait_ms);
  request.set_charter_version(charter_version);
  Polled polled;
  polled.status = base::FromGrpcStatus(
      v1::RelayService::NewStub(channel)->Poll(&context, request, &polled.response));
  return polled;
}

class AccessTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<LoopbackFederation>();
    shared_->PublishCharter();
  }
  static void TearDownTestSuite() { shared_.reset(); }

  std::string Uri(const std::string& role, const std::string& id) {
    return base::PartyUri({home().federation().charter.federation(), role, id});
  }
  base::TlsFiles IssueMember(const std::string& file, test_support::TestCa::Wish wish) {
    return home().member_ca().Issue(file, wish, home().aggregator_ca().ca_path());
  }
  LoopbackFederation& home() { return *shared_; }

 private:
  static std::unique_ptr<LoopbackFederation> shared_;
};
std::unique_ptr<LoopbackFederation> AccessTest::shared_;

TEST_F(AccessTest, AnalystMayDescribe) {
  EXPECT_THAT(Describe(home().Connect(home().tls("payer-desk"))), IsOk());
}

TEST_F(AccessTest, MemberMayNotCallEvidence) {
  const absl::Status status = Describe(home().Connect(home().tls("ohio")));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(base::ReasonOf(status), "wrong_role");
}

TEST_F(AccessTest, AnalystMayNotPoll) {
  const Polled polled = PollOnce(home().Connect(home().tls("payer-desk")), 0, 0);
  EXPECT_THAT(polled.status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(base::ReasonOf(polled.status), "wrong_role");
}

TEST_F(AccessTest, CertificateOfAnotherCaIsRefusedInTheHandshake) {
  const test_support::TestCa other(home().folder(), "other");
  const auto files =
      other.Issue("stranger", {.uri = Uri("member", "ohio"), .key = home().member_key("ohio")},
                  home().aggregator_ca().ca_path());
  EXPECT_THAT(PollOnce(home().Connect(files), 0, 0).status,
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(AccessTest, ExpiredCertificateIsRefusedInTheHandshake) {
  const auto files = IssueMember("expired", {.uri = Uri("member", "ohio"),
                                             .not_after = absl::Now() - absl::Hours(1),
                                             .key = home().member_key("ohio")});
  EXPECT_THAT(PollOnce(home().Connect(files), 0, 0).status,
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(AccessTest, KeyThatTheCharterDoesNotPinIsRefused) {
  const auto files = IssueMember("unpinned", {.uri = Uri("member", "ohio")});
  const Polled polled = PollOnce(home().Connect(files), 0, 0);
  EXPECT_THAT(polled.status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(base::ReasonOf(polled.status), "unknown_peer");
}

TEST_F(AccessTest, PinnedKeyUnderAnotherNameIsRefused) {
  const auto files =
      IssueMember("renamed", {.uri = Uri("member", "alfred"), .key = home().member_key("ohio")});
  const Polled polled = PollOnce(home().Connect(files), 0, 0);
  EXPECT_THAT(polled.status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(base::ReasonOf(polled.status), "wrong_identity");
}

TEST_F(AccessTest, RenewedCertificateOverThePinnedKeyIsAccepted) {
  const auto files =
      IssueMember("renewed", {.uri = Uri("member", "ohio"), .key = home().member_key("ohio")});
  EXPECT_THAT(PollOnce(home().Connect(files), 1, 0).status, IsOk());
}

TEST_F(AccessTest, ClientRefusesServerWithAnotherKeyThanThePinned) {
  const auto channel = home().ConnectExpecting(home().tls("ohio"), std::string(32, 'x'));
  EXPECT_THAT(PollOnce(channel, 0, 0).status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(AccessTest, FirstContactRefusesServerOfAnotherFederation) {
  const std::string address = "127.0.0.1:" + std::to_string(home().port());
  const auto connect = [&](const std::string& federation) {
    return grpc::CreateChannel(address,
                               base::FirstContactTlsClient(home().tls("ohio"), federation));
  };
  EXPECT_THAT(PollOnce(connect("elsewhere"), 0, 0).status,
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(PollOnce(connect(home().federation().charter.federation()), 0, 0).status, IsOk());
}

TEST_F(AccessTest, CallWithoutDeadlineIsRefused) {
  grpc::ClientContext context;
  v1::DescribeResponse response;
  const absl::Status status =
      base::FromGrpcStatus(v1::EvidenceService::NewStub(home().Connect(home().tls("payer-desk")))
                               ->Describe(&context, {}, &response));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(base::ReasonOf(status), "no_deadline");
}

TEST_F(AccessTest, MessageAboveTheLimitIsRefused) {
  // A client without limits of its own.
  const auto channel =
      grpc::CreateChannel("127.0.0.1:" + std::to_string(home().port()),
                          base::PinnedTlsClient(home().tls("ohio"), home().aggregator_pin()));
  grpc::ClientContext context;
  SetDeadline(context, absl::Seconds(10));
  v1::PostRequest request;
  request.add_shares(std::string((1 << 20) + 1, 'x'));
  v1::PostResponse response;
  EXPECT_THAT(
      base::FromGrpcStatus(v1::RelayService::NewStub(channel)->Post(&context, request, &response)),
      StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(AccessTest, PollBringsChartersAtOnce) {
  const absl::Time start = absl::Now();
  const Polled polled = PollOnce(home().Connect(home().tls("ohio")), 0, 10'000);
  ASSERT_THAT(polled.status, IsOk());
  EXPECT_EQ(polled.response.charters_size(), 1);
  EXPECT_LT(absl::Now() - start, absl::Seconds(8));
}

TEST_F(AccessTest, PollWithNothingNewWaitsAsLongAsAsked) {
  const absl::Time start = absl::Now();
  const Polled polled = PollOnce(home().Connect(home().tls("ohio")), 1, 700);
  ASSERT_THAT(polled.status, IsOk());
  EXPECT_EQ(polled.response.charters_size() + polled.response.items_size(), 0);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(690));
}

TEST_F(AccessTest, FortyPollsWaitAtOnceWithoutAThreadEach) {
  std::vector<std::thread> callers;
  std::vector<absl::Status> polled(40);
  for (absl::Status& status : polled) {
    callers.emplace_back([&] {
      // Forty handshakes at once on a busy machine: one may be dropped, and a member dials again.
      const auto channel = home().Connect(home().tls("ohio"));
      for (int attempt = 0; attempt < 5; ++attempt) {
        status = PollOnce(channel, 1, 1500).status;
        if (!absl::IsUnavailable(status)) return;
        absl::SleepFor(absl::Seconds(1));  // gRPC waits as long before it dials again
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(polled, ::testing::Each(IsOk()));
}

TEST(DrainTest, PendingPollAnswersEmpty) {
  LoopbackFederation home;
  home.PublishCharter();
  Polled polled;
  std::thread caller([&] { polled = PollOnce(home.Connect(home.tls("ohio")), 1, 15'000); });
  absl::SleepFor(absl::Milliseconds(800));
  const absl::Time start = absl::Now();
  home.DrainCore();
  caller.join();
  EXPECT_THAT(polled.status, IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

struct Asked {
  absl::Status status;
  std::vector<v1::AskResponse> events;
};
Asked AskOnce(LoopbackFederation& home, const v1::Envelope& ask) {
  grpc::ClientContext context;
  SetDeadline(context, absl::Seconds(60));
  v1::AskRequest request;
  *request.mutable_ask() = ask;
  const auto stub = v1::EvidenceService::NewStub(home.Connect(home.tls("payer-desk")));
  const auto reader = stub->Ask(&context, request);
  Asked asked;
  v1::AskResponse event;
  while (reader->Read(&event)) asked.events.push_back(event);
  asked.status = base::FromGrpcStatus(reader->Finish());
  return asked;
}

// Members come up one after the other: asks until enough of them were seen. Refused asks cost
// nothing.
Asked AskWhenReady(LoopbackFederation& home) {
  Asked asked;
  for (int i = 0; i < 100; ++i) {
    asked = AskOnce(home, home.MakeAsk(home.PlanText()));
    if (base::ReasonOf(asked.status) != "too_few_online") return asked;
    absl::SleepFor(absl::Milliseconds(100));
  }
  return asked;
}

TEST(FederationOverTlsTest, QuestionIsAnsweredUnderBothLawsAndRepeatsAreFree) {
  LoopbackFederation home;
  home.StartMembers();  // without a charter: they wait for the first one
  home.PublishCharter();
  const Asked first = AskWhenReady(home);
  ASSERT_THAT(first.status, IsOk());
  ASSERT_FALSE(first.events.empty());
  ASSERT_TRUE(first.events.back().has_answer());
  std::vector<v1::Stage> stages;
  for (const v1::AskResponse& event : first.events) {
    if (event.has_progress()) stages.push_back(event.progress().stage());
  }
  ASSERT_FALSE(stages.empty());
  EXPECT_EQ(stages.front(), v1::STAGE_ASKED);
  EXPECT_EQ(stages.back(), v1::STAGE_RELEASED);
  EXPECT_TRUE(std::is_sorted(stages.begin(), stages.end()));

  const v1::Answer& answer = first.events.back().answer();
  v1::ReleaseBundle bundle;
  ASSERT_TRUE(bundle.ParseFromString(answer.bundle()));
  EXPECT_GT(answer.charged_units(), 0u);

  const Asked again = AskOnce(home, home.MakeAsk(home.PlanText()));
  ASSERT_THAT(again.status, IsOk());
  ASSERT_TRUE(again.events.back().has_answer());
  EXPECT_EQ(again.events.back().answer().bundle(), answer.bundle());
  EXPECT_TRUE(again.events.back().answer().from_store());
  EXPECT_EQ(again.events.back().answer().charged_units(), 0u);

  const Asked flagship = AskOnce(home, home.MakeAsk(home.FlagshipPlanText()));
  ASSERT_THAT(flagship.status, IsOk());
  ASSERT_TRUE(flagship.events.back().has_answer());
  EXPECT_EQ(flagship.events.back().answer().charged_units(), uint64_t{1} << 40);
}

TEST(FederationOverTlsTest, QuestionIsAnsweredUnderARequiredWitness) {
  LoopbackFederation home(v1::WITNESS_REQUIRED);
  home.StartMembers();
  home.PublishCharter();
  const Asked asked = AskWhenReady(home);
  ASSERT_THAT(asked.status, IsOk());
  ASSERT_FALSE(asked.events.empty());
  ASSERT_TRUE(asked.events.back().has_answer());
  EXPECT_GT(asked.events.back().answer().charged_units(), 0u);
}

TEST(FederationOverTlsTest, QuestionWithoutMembersIsRefusedWithItsReason) {
  LoopbackFederation home;
  home.PublishCharter();
  const Asked asked = AskOnce(home, home.MakeAsk(home.PlanText()));
  EXPECT_THAT(asked.status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(base::ReasonOf(asked.status), "too_few_online");
}

}  // namespace
}  // namespace perdura::integration
