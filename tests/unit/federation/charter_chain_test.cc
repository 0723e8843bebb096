#include "federation/charter_chain.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;
using test_support::TestKey;

// A party that holds version 1; each case offers a version 2.
class CharterChainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(chain.Accept(fed.Sign(fed.charter), now));
    next = TestFederation::Next(fed.charter);
  }
  absl::Status AcceptNext() { return chain.Accept(fed.Sign(next), now); }

  TestFederation fed = TestFederation::Make();
  absl::Time now = absl::FromUnixSeconds(fed.charter.valid_from()) + absl::Hours(1);
  CharterChain chain{fed.pin};
  v1::Charter next;
};

TEST_F(CharterChainTest, NothingIsHeldBeforeTheFirst) {
  const CharterChain empty(fed.pin);
  EXPECT_EQ(empty.current(), nullptr);
  EXPECT_EQ(empty.previous(), nullptr);
  EXPECT_EQ(empty.version(), 0);
}

TEST_F(CharterChainTest, SuccessorIsAccepted) {
  const std::string first = chain.current()->hash();
  ASSERT_OK(AcceptNext());
  EXPECT_EQ(chain.version(), 2);
  EXPECT_EQ(chain.current()->version(), 2);
  EXPECT_EQ(chain.previous()->hash(), first);
  EXPECT_EQ(chain.ByHash(first)->version(), 1);
  EXPECT_EQ(chain.ByHash("unknown"), nullptr);
  EXPECT_EQ(chain.envelopes().size(), 2);
}

TEST_F(CharterChainTest, SameCharterAgainChangesNothing) {
  EXPECT_OK(chain.Accept(fed.Sign(fed.charter), now));
  EXPECT_EQ(chain.version(), 1);
}

// ---- CH1

TEST_F(CharterChainTest, FirstCharterSignedByOneKeyIsRefused) {
  CharterChain empty(fed.pin);
  EXPECT_THAT(empty.Accept(fed.SignBy(fed.charter, {1}), now),
              IsRefused("bad_signature", "1 of 2"));
}

TEST_F(CharterChainTest, OneKeyThatSignsTwiceIsRefused) {
  EXPECT_THAT(chain.Accept(fed.SignBy(next, {3, 3}), now), IsRefused("bad_signature", "1 of 2"));
}

TEST_F(CharterChainTest, AnyTwoAuthorityKeysWillDo) {
  EXPECT_OK(chain.Accept(fed.SignBy(next, {3, 1}), now));
}

TEST_F(CharterChainTest, SignaturesOfStrangersAreRefused) {
  v1::Envelope envelope = SignMessage(MessageType::kCharter, next, TestKey("stranger-1"), "");
  AddSignature(envelope, TestKey("stranger-2"), "authority-1");
  EXPECT_THAT(chain.Accept(envelope, now), IsRefused("bad_signature", "0 of 2"));
}

TEST_F(CharterChainTest, SuccessorIsSignedByTheKeysInForceNotByItsOwn) {
  next.set_authority_keys(0, TestKey("new-1").public_key());
  next.set_authority_keys(1, TestKey("new-2").public_key());
  v1::Envelope own = SignMessage(MessageType::kCharter, next, TestKey("new-1"), "");
  AddSignature(own, TestKey("new-2"), "");
  EXPECT_THAT(chain.Accept(own, now), IsRefused("bad_signature", "0 of 2"));
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterChainTest, WithdrawnAuthorityKeyNoLongerSigns) {
  next.set_authority_keys(0, TestKey("new-1").public_key());
  ASSERT_OK(AcceptNext());
  const v1::Charter third = TestFederation::Next(next);
  EXPECT_THAT(chain.Accept(fed.SignBy(third, {1, 2}), now), IsRefused("bad_signature", "1 of 2"));
  EXPECT_OK(chain.Accept(fed.SignBy(third, {2, 3}), now));
}

// ---- CH2

TEST_F(CharterChainTest, OtherFederationIsRefused) {
  next.set_federation("other");
  EXPECT_THAT(AcceptNext(), IsRefused("charter_fork", "another federation"));
}

TEST_F(CharterChainTest, OlderCharterIsRefused) {
  ASSERT_OK(AcceptNext());
  EXPECT_THAT(chain.Accept(fed.Sign(fed.charter), now), IsRefused("charter_old", "later version"));
  EXPECT_EQ(chain.version(), 2);
}

TEST_F(CharterChainTest, OtherCharterOfTheSameVersionIsRefused) {
  v1::Charter other = fed.charter;
  other.set_minimum_cohort(11);
  EXPECT_THAT(chain.Accept(fed.Sign(other), now), IsRefused("charter_fork", "this version"));
}

TEST_F(CharterChainTest, OtherPreviousHashIsRefused) {
  next.set_previous_hash(std::string(32, 'h'));
  EXPECT_THAT(AcceptNext(), IsRefused("charter_fork", "previous_hash"));
}

TEST_F(CharterChainTest, SkippedVersionIsRefused) {
  EXPECT_THAT(chain.Accept(fed.Sign(TestFederation::Next(next)), now),
              IsRefused("charter_gap", "version 2"));
}

TEST_F(CharterChainTest, CharterThatHasEndedIsRefused) {
  now = absl::FromUnixSeconds(next.valid_until());
  EXPECT_THAT(AcceptNext(), IsRefused("charter_expired", "valid_until"));
}

TEST_F(CharterChainTest, CharterThatHasNotBegunIsRefused) {
  next.set_valid_from(absl::ToUnixSeconds(now) + 1);
  EXPECT_THAT(AcceptNext(), IsRefused("charter_expired", "valid_from"));
}

TEST_F(CharterChainTest, ReplayDoesNotJudgeValidity) {
  now = absl::InfiniteFuture();
  EXPECT_OK(chain.Accept(fed.Sign(next), now, true));
}

TEST_F(CharterChainTest, ReplayStillChecksSignatures) {
  EXPECT_THAT(chain.Accept(fed.SignBy(next, {1}), now, true), IsRefused("bad_signature", "1 of 2"));
}

TEST_F(CharterChainTest, InvalidSuccessorIsRefused) {
  next.mutable_limits()->clear_max_rows();
  EXPECT_THAT(AcceptNext(), IsRefused("bad_timing", "max_rows"));
  EXPECT_EQ(chain.version(), 1);
}

TEST_F(CharterChainTest, RuleOfThePartyIsHeld) {
  CharterChain strict(fed.pin, [](const Charter& charter) {
    return charter.version() < 2 ? absl::OkStatus() : absl::InvalidArgumentError("no second one");
  });
  ASSERT_OK(strict.Accept(fed.Sign(fed.charter), now));
  EXPECT_FALSE(strict.Accept(fed.Sign(next), now).ok());
  EXPECT_FALSE(strict.Accept(fed.Sign(next), now, /*replay=*/true).ok());
  EXPECT_EQ(strict.version(), 1);
  EXPECT_EQ(strict.charters().size(), 1);
}

// ---- CH4

TEST_F(CharterChainTest, PlannedReleaseMayNotChangeItsPlan) {
  v1::PlannedRelease& planned = *next.add_planned_releases();
  planned.set_id("year-one@1");
  planned.set_plan("one plan");
  ASSERT_OK(AcceptNext());
  next = TestFederation::Next(next);
  next.mutable_planned_releases(0)->set_plan("another plan");
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "year-one@1"));
}

TEST_F(CharterChainTest, ProductMayNotChangeItsMeaning) {
  next.mutable_products(0)->set_product_class(v1::CAR_T);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "allo-hct@1"));
}

TEST_F(CharterChainTest, EndpointMayNotChangeItsMeaning) {
  next.mutable_endpoints(1)->set_causes(0, "progression");
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "disease-free-survival@1"));
}

TEST_F(CharterChainTest, GridMayNotChangeItsMeaning) {
  next.clear_strategies();
  next.mutable_grids(0)->set_knots(7, 72);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "g8@1"));
}

TEST_F(CharterChainTest, StrategyMayNotChangeItsMeaning) {
  next.mutable_strategies(0)->set_prior(v1::DURABLE);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "curative-g8-j1@1"));
}

TEST_F(CharterChainTest, IndicationMayNotChangeItsMeaning) {
  next.mutable_indications(0)->set_subtypes(0, "all-ph");
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "acute-leukaemia"));
}

TEST_F(CharterChainTest, CategoriesOfAnAttributeMayNotChange) {
  next.mutable_attributes(2)->mutable_categories(2)->set_high(100);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "age-band"));
}

TEST_F(CharterChainTest, PermissionsOfAnAttributeMayChange) {
  next.mutable_attributes(2)->set_may_filter(false);
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterChainTest, NewVersionOfANameIsAccepted) {
  v1::Endpoint& endpoint = *next.add_endpoints();
  endpoint = next.endpoints(0);
  endpoint.set_id("overall-survival@2");
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterChainTest, NameThatComesBackKeepsItsFirstMeaning) {
  next.mutable_endpoints()->DeleteSubrange(1, 1);
  ASSERT_OK(AcceptNext());
  v1::Charter third = TestFederation::Next(next);
  *third.add_endpoints() = fed.charter.endpoints(1);
  third.mutable_endpoints()->rbegin()->set_causes(0, "progression");
  EXPECT_THAT(chain.Accept(fed.Sign(third), now),
              IsRefused("name_redefined", "disease-free-survival@1"));
}

TEST_F(CharterChainTest, CutoffOfACutMayNotChange) {
  next.mutable_data_cuts(0)->set_cutoff_day(9000);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "bmt@1"));
}

TEST_F(CharterChainTest, KnownAtOfACutMayNotChange) {
  next.mutable_data_cuts(0)->set_known_at(next.data_cuts(0).known_at() + 1);
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "bmt@1"));
}

TEST_F(CharterChainTest, PeriodOfACutMayNotChange) {
  next.mutable_data_cuts(0)->set_period("2027");
  EXPECT_THAT(AcceptNext(), IsRefused("name_redefined", "bmt@1"));
}

TEST_F(CharterChainTest, CutMayClose) {
  next.mutable_data_cuts(0)->set_state(v1::CUT_CLOSED);
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterChainTest, ClosedCutMayNotOpen) {
  next.mutable_data_cuts(0)->set_state(v1::CUT_CLOSED);
  ASSERT_OK(AcceptNext());
  v1::Charter third = TestFederation::Next(next);
  third.mutable_data_cuts(0)->set_state(v1::CUT_OPEN);
  EXPECT_THAT(chain.Accept(fed.Sign(third), now), IsRefused("cut_reopened", "bmt@1"));
}

TEST_F(CharterChainTest, CutThatWasLeftOutMayNotOpenAgain) {
  next.mutable_data_cuts(0)->set_state(v1::CUT_CLOSED);
  ASSERT_OK(AcceptNext());
  v1::Charter third = TestFederation::Next(next);
  third.clear_data_cuts();
  ASSERT_OK(chain.Accept(fed.Sign(third), now));
  v1::Charter fourth = TestFederation::Next(third);
  *fourth.add_data_cuts() = fed.charter.data_cuts(0);
  EXPECT_THAT(chain.Accept(fed.Sign(fourth), now), IsRefused("cut_reopened", "bmt@1"));
}

TEST_F(CharterChainTest, MemberMayChangeItsKey) {
  next.mutable_members(0)->set_sign_key(TestKey("ohio-2").public_key());
  EXPECT_OK(AcceptNext());
}

TEST_F(CharterChainTest, KeyMayNotMoveToAnotherMember) {
  next.mutable_members(0)->set_sign_key(TestKey("ohio-2").public_key());
  next.mutable_members(1)->set_sign_key(fed.charter.members(0).sign_key());
  EXPECT_THAT(AcceptNext(), IsRefused("key_reused", "alfred"));
}

TEST_F(CharterChainTest, OldKeyOfAMemberMayNotBecomeAnAuthoritys) {
  next.mutable_members(0)->set_sign_key(TestKey("ohio-2").public_key());
  next.set_authority_keys(0, fed.charter.members(0).sign_key());
  EXPECT_THAT(AcceptNext(), IsRefused("key_reused", "authority"));
}

TEST_F(CharterChainTest, OldTlsPinMayNotBecomeASigningKey) {
  next.mutable_members(0)->set_tls_pin(test_support::TestTlsPin("ohio-2"));
  next.mutable_members(0)->set_sign_key(fed.charter.members(0).tls_pin());
  EXPECT_THAT(AcceptNext(), IsRefused("key_reused", "sign ohio"));
}

// ---- Pin

TEST(AuthorityPinTest, ReadsBackWhatItPrints) {
  const TestFederation fed = TestFederation::Make();
  ASSERT_OK_AND_ASSIGN(const AuthorityPin pin, ParseAuthorityPin(PrintAuthorityPin(fed.pin)));
  EXPECT_EQ(pin.federation, "test");
  EXPECT_EQ(pin.threshold, 2);
  EXPECT_EQ(pin.keys, fed.pin.keys);
}

TEST(AuthorityPinTest, TextIsTitleFederationThresholdAndKeys) {
  const AuthorityPin pin{"test", 1, {std::string(32, '\x0a')}};
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "0a";
  EXPECT_EQ(PrintAuthorityPin(pin), "perdura/authority/v1\ntest\n1\n" + hex + "\n");
}

std::string PinText(const std::string& title, const std::string& federation,
                    const std::string& threshold, const std::string& key) {
  return title + "\n" + federation + "\n" + threshold + "\n" + key + "\n";
}
const char kTitle[] = "perdura/authority/v1";
const char kHex[] = "0101010101010101010101010101010101010101010101010101010101010101";

TEST(AuthorityPinTest, OtherTitleFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText("perdura/authority/v2", "test", "1", kHex)),
              IsRefused("malformed", "title"));
}

TEST(AuthorityPinTest, FederationThatIsNoNameFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "Test", "1", kHex)),
              IsRefused("malformed", "federation"));
}

TEST(AuthorityPinTest, ThresholdZeroFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "test", "0", kHex)),
              IsRefused("malformed", "threshold"));
}

TEST(AuthorityPinTest, ThresholdAboveKeysFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "test", "2", kHex)),
              IsRefused("malformed", "threshold"));
}

TEST(AuthorityPinTest, ThresholdThatIsNoNumberFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "test", "two", kHex)),
              IsRefused("malformed", "threshold"));
}

TEST(AuthorityPinTest, ShortKeyFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "test", "1", "0101")),
              IsRefused("malformed", "64 hex digits"));
}

TEST(AuthorityPinTest, KeyThatStandsTwiceFails) {
  EXPECT_THAT(ParseAuthorityPin(PinText(kTitle, "test", "2", std::string(kHex) + "\n" + kHex)),
              IsRefused("malformed", "twice"));
}

TEST(AuthorityPinTest, MissingLastLineFeedFails) {
  std::string text = PinText(kTitle, "test", "1", kHex);
  text.pop_back();
  EXPECT_THAT(ParseAuthorityPin(text), IsRefused("malformed", "one a line"));
}

}  // namespace
}  // namespace perdura::federation
