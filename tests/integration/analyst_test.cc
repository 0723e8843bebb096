// The analyst's commands against a federation over loopback sockets: what is paid, and what is not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/files.h"
#include "base/key_text.h"
#include "base/reason.h"
#include "cli/commands/preview.h"
#include "cli/commands/question.h"
#include "google/protobuf/text_format.h"
#include "perdura/v1/profile.pb.h"
#include "tests/integration/loopback_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::integration {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

constexpr char kAnalyst[] = "payer-desk";

class AnalystTest : public ::testing::Test {
 protected:
  AnalystTest() {
    federation_.PublishCharter();
    const base::TlsFiles& tls = federation_.tls(kAnalyst);
    v1::AnalystProfile profile;
    profile.set_id(kAnalyst);
    profile.set_role("researcher");
    profile.set_purpose("evidence");
    profile.set_aggregator_address(absl::StrCat("127.0.0.1:", federation_.port()));
    profile.set_sign_key_file(home_.File("sign.key"));
    profile.set_tls_cert_file(tls.certificate_path);
    profile.set_tls_key_file(tls.key_path);
    profile.set_tls_ca_file(tls.ca_path);
    profile.set_authority_pin_file(home_.File("authority.pin"));
    Write("sign.key", base::PrintKey(base::KeyKind::kSecretKey, test_support::TestSeed(kAnalyst)));
    Write("authority.pin", federation::PrintAuthorityPin(federation_.federation().pin));
    std::string text;
    PERDURA_CHECK(google::protobuf::TextFormat::PrintToString(profile, &text));
    Write("profile.txtpb", text);
    options_.home = home_.path();
    options_.endpoint = "overall-survival";
    options_.grid = "g8@1";
  }

  void Write(const std::string& name, const std::string& contents) const {
    PERDURA_CHECK(base::WriteFileAtomic(home_.File(name), contents).ok());
  }
  // Members come up one after the other: asks until enough of them were seen. Refused asks cost
  // nothing.
  absl::StatusOr<std::string> AskWhenReady() const {
    absl::StatusOr<std::string> answer = cli::AskQuestion(options_);
    for (int i = 0; i < 100 && base::ReasonOf(answer.status()) == "too_few_online"; ++i) {
      absl::SleepFor(absl::Milliseconds(100));
      answer = cli::AskQuestion(options_);
    }
    return answer;
  }
  // An ask is kept before it is sent.
  bool HasAsked() const { return std::filesystem::exists(home_.File("asks")); }

  LoopbackFederation federation_;
  const test_support::TempFolder home_;
  cli::QuestionOptions options_;
};

TEST_F(AnalystTest, FolderThatCannotBeMadeIsRefusedBeforeAnythingIsAsked) {
  options_.out = home_.File("no/such/folder");
  EXPECT_THAT(cli::AskQuestion(options_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no/such/folder")));
  EXPECT_FALSE(HasAsked());
}

TEST_F(AnalystTest, LandmarkBeyondTheGridIsRefusedBeforeAnythingIsAsked) {
  options_.landmarks = {90};
  EXPECT_THAT(cli::AskQuestion(options_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("landmarks")));
  EXPECT_FALSE(HasAsked());
}

// The list of levels, times the three rows that one patient changes.
TEST_F(AnalystTest, QuestionWithoutAnEpsilonIsToldThoseOfItsTable) {
  options_.endpoint = "safety-12";
  options_.grid = "";
  options_.law = "flagship";
  EXPECT_THAT(cli::AskQuestion(options_), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   HasSubstr("0.375, 0.75, 1.5, 2.25, 3, 4.5, 6")));
}

// Of 0 to 100, by 100 patients: half of the range is 50.
TEST_F(AnalystTest, MeanIsPreviewedInItsOwnUnit) {
  options_.endpoint = "age";
  options_.grid = "";
  options_.expect_n = 100;
  const auto text = cli::PreviewQuestion(options_, {});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("interval of the mean, in its own unit"));
  // 2 x 1.96 x 50 / sqrt(100).
  EXPECT_THAT(*text, HasSubstr("(19.600 without the noise)"));
}

TEST_F(AnalystTest, AnswerIsKeptAndCanBeReadAgain) {
  federation_.StartMembers();
  options_.out = home_.File("results");
  options_.format = "json";
  const auto answer = AskWhenReady();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(HasAsked());
  const size_t at = answer->find("\"release\":\"") + 11;
  const std::string id = answer->substr(at, 64);
  EXPECT_TRUE(std::filesystem::exists(
      home_.File(absl::StrCat("results/overall-survival-", id.substr(0, 12), ".release"))));
  // What goes wrong with a stored answer says how to read it.
  options_.landmarks = {90};
  EXPECT_THAT(cli::ShowRelease(options_, id),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(absl::StrCat("perdura releases ", id))));
  options_.landmarks = {18};
  EXPECT_THAT(cli::ShowRelease(options_, id), test_support::IsOk());
}

}  // namespace
}  // namespace perdura::integration
