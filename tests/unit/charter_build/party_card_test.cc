#include "cli/charter/party_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

const PartyCard kCard = {"st-vincent", std::string(32, '\x01'), std::string(32, '\x02')};

TEST(PartyCardTest, PrintedCardReadsBack) {
  ASSERT_OK_AND_ASSIGN(const PartyCard card, ParsePartyCard(PrintPartyCard(kCard)));
  EXPECT_EQ(card.id, kCard.id);
  EXPECT_EQ(card.sign_key, kCard.sign_key);
  EXPECT_EQ(card.tls_pin, kCard.tls_pin);
}

TEST(PartyCardTest, CardOfAnAnalystEndsWithTwoEmptyLines) {
  const PartyCard card = {"ohio", std::string(32, '\xab'), std::string(32, '\xcd')};
  EXPECT_EQ(PrintPartyCard(card),
            "perdura/party/v1\nohio\n"
            "abababababababababababababababababababababababababababababababab\n"
            "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\n\n\n");
}

TEST(PartyCardTest, LogAndCosignKeysReadBack) {
  PartyCard card = kCard;
  card.log_key = std::string(32, '\x03');
  card.cosign_key = std::string(32, '\x04');
  ASSERT_OK_AND_ASSIGN(const PartyCard read, ParsePartyCard(PrintPartyCard(card)));
  EXPECT_EQ(read.log_key, card.log_key);
  EXPECT_EQ(read.cosign_key, card.cosign_key);
}

TEST(PartyCardTest, RefusesALogKeyThatIsTheSignKey) {
  PartyCard card = kCard;
  card.log_key = card.sign_key;
  EXPECT_THAT(ParsePartyCard(PrintPartyCard(card)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("same")));
}

TEST(PartyCardTest, RefusesAnotherTitle) {
  std::string text = PrintPartyCard(kCard);
  text.replace(0, 7, "another");
  EXPECT_THAT(ParsePartyCard(text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1")));
}

TEST(PartyCardTest, RefusesAnIdThatIsNoName) {
  EXPECT_THAT(ParsePartyCard(PrintPartyCard({"St Vincent", kCard.sign_key, kCard.tls_pin})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2")));
}

TEST(PartyCardTest, RefusesAShortSignKey) {
  EXPECT_THAT(ParsePartyCard(PrintPartyCard({"ohio", "short", kCard.tls_pin})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 3")));
}

TEST(PartyCardTest, RefusesAShortPin) {
  EXPECT_THAT(ParsePartyCard(PrintPartyCard({"ohio", kCard.sign_key, "short"})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 4")));
}

TEST(PartyCardTest, RefusesASeventhLine) {
  EXPECT_THAT(ParsePartyCard(PrintPartyCard(kCard) + "more\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("six lines")));
}

TEST(PartyCardTest, RefusesOneKeyForBothUses) {
  EXPECT_THAT(ParsePartyCard(PrintPartyCard({"ohio", kCard.sign_key, kCard.sign_key})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the same")));
}

}  // namespace
}  // namespace perdura::cli
