#include "cli/charter/fill_charter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "base/reason.h"
#include "federation/charter_chain.h"
#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/charter_build/demo_draft.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

v1::Envelope SignedByTwo(const v1::Charter& charter) {
  const auto first = test_support::TestKey("authority-1");
  const auto third = test_support::TestKey("authority-3");
  v1::Envelope envelope = federation::SignPayload(federation::MessageType::kCharter,
                                                  CharterPayload(charter), first, "authority-1");
  federation::AddSignature(envelope, third, "authority-3");
  return envelope;
}

// The second charter of the demonstration, from a draft.
absl::StatusOr<v1::Charter> FillSecond(absl::string_view draft) {
  FillOptions options = DemoOptions();
  options.previous = DemoCharterOne();
  options.now += absl::Hours(1);
  options.known_at = options.now - absl::Minutes(1);
  return FillCharter(draft, DemoCards(), options);
}

TEST(FillCharterTest, FillsWhatTheFirstDraftLeavesOut) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter charter,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  EXPECT_EQ(charter.version(), 1u);
  EXPECT_THAT(charter.previous_hash(), IsEmpty());
  EXPECT_EQ(charter.suite(), federation::kSuite);
  EXPECT_EQ(charter.hpke_mode(), v1::HPKE_MODE_BASE);
  EXPECT_EQ(charter.authority_threshold(), 2u);
  EXPECT_EQ(charter.authority_keys_size(), 3);
  EXPECT_EQ(charter.committee().quorum(), 3u);
  EXPECT_EQ(absl::FromUnixSeconds(charter.valid_from()), DemoOptions().now);
  EXPECT_EQ(charter.valid_until() - charter.valid_from(), 90 * 86400);
  EXPECT_EQ(charter.members(1).sign_key(), test_support::TestKey("alfred").public_key());
  EXPECT_EQ(charter.analysts(0).tls_pin(), test_support::TestTlsPin("evidence-desk"));
}

TEST(FillCharterTest, CapsGoDownAndChargesUp) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter charter,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  EXPECT_EQ(charter.budgets(0).cap().units(), 509145341073u);
  EXPECT_EQ(charter.analysts(0).caps(0).cap().units(), 509145341073u);
  EXPECT_EQ(charter.default_charge().units(), 96924905894u);
  ASSERT_EQ(charter.patient_guarantees_size(), 2);
  EXPECT_EQ(charter.patient_guarantees(0).amount().units(), 509145341073u);
}

// Pure epsilon is its own currency: 5 is 5 2^40 units, and its guarantee stands beside that of rho.
TEST(FillCharterTest, FlagshipCapsAreEpsilon) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter charter,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  ASSERT_EQ(charter.budgets_size(), 2);
  EXPECT_EQ(charter.budgets(1).compartment(), v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(charter.budgets(1).cap().units(), uint64_t{5} << 40);
  EXPECT_EQ(charter.analysts(0).caps(1).cap().units(), uint64_t{5} << 40);
  EXPECT_EQ(charter.patient_guarantees(1).compartment(), v1::COMPARTMENT_FLAGSHIP);
  EXPECT_EQ(charter.patient_guarantees(1).amount().units(), uint64_t{5} << 40);
}

TEST(FillCharterTest, PurposeCapsAreFilledInTheirCurrency) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter charter,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  ASSERT_EQ(charter.purpose_caps_size(), 2);
  EXPECT_EQ(charter.purpose_caps(0).cap().units(), 509145341073u);
  EXPECT_EQ(charter.purpose_caps(1).cap().units(), uint64_t{5} << 40);
}

TEST(FillCharterTest, AmountInTheOtherCurrencyFails) {
  const std::string flagship =
      "budgets { compartment: COMPARTMENT_FLAGSHIP cap { stated: \"rho(5, 1e-6)\" } }";
  EXPECT_THAT(FillCharter(flagship, DemoCards(), DemoOptions()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("write epsilon(value)")));
  const std::string adhoc =
      "budgets { compartment: COMPARTMENT_ADHOC cap { stated: \"epsilon(5)\" } }";
  EXPECT_THAT(FillCharter(adhoc, DemoCards(), DemoOptions()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rho(value)")));
}

TEST(FillCharterTest, DesignsStrategies) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter charter,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  EXPECT_EQ(charter.strategies(0).rows(), 16u);
  EXPECT_EQ(charter.strategies(0).entries_size(), 256);
  EXPECT_EQ(charter.strategies(0).l2_squared(), 65783u);
  EXPECT_EQ(charter.strategies(1).rows(), 24u);
  EXPECT_EQ(charter.strategies(1).l2_squared(), 65805u);
}

TEST(FillCharterTest, BothChartersAreAccepted) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter first,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  ASSERT_OK_AND_ASSIGN(const v1::Charter second, FillSecond(DemoDraft(2)));
  federation::CharterChain chain(*DemoOptions().pin);
  const absl::Time now = DemoOptions().now + absl::Hours(2);
  EXPECT_OK(chain.Accept(SignedByTwo(first), now));
  EXPECT_OK(chain.Accept(SignedByTwo(second), now));
  EXPECT_EQ(chain.version(), 2u);
}

TEST(FillCharterTest, SecondCharterTakesOverStrategiesAndGetsItsCut) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter second, FillSecond(DemoDraft(2)));
  EXPECT_EQ(second.version(), 2u);
  EXPECT_EQ(second.previous_hash(), DemoCharterOne()->hash());
  EXPECT_EQ(second.strategies(0).sha256(), DemoCharterOne()->proto().strategies(0).sha256());
  EXPECT_EQ(absl::FromUnixSeconds(second.data_cuts(0).known_at()),
            DemoOptions().now + absl::Minutes(59));
}

TEST(FillCharterTest, CutOfTheCharterBeforeKeepsItsKnownAt) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter second, FillSecond(DemoDraft(2)));
  ASSERT_OK_AND_ASSIGN(const auto held, federation::Charter::Create(CharterPayload(second)));
  FillOptions options = DemoOptions();
  options.previous = held;
  options.now += absl::Hours(48);
  ASSERT_OK_AND_ASSIGN(const v1::Charter third, FillCharter(DemoDraft(2), DemoCards(), options));
  EXPECT_EQ(third.data_cuts(0).known_at(), second.data_cuts(0).known_at());
}

TEST(FillCharterTest, WitnessIsNeverFilled) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter filled,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  EXPECT_EQ(filled.witness(), v1::WITNESS_UNSPECIFIED);
}

TEST(FillCharterTest, RequiredWitnessNeedsLogKeysOnTheCards) {
  std::vector<PartyCard> cards = DemoCards();
  cards.front().log_key.clear();
  EXPECT_THAT(FillCharter(DemoDraft(1), cards, DemoOptions()),
              StatusIs(kInvalid, HasSubstr("aggregator.log_key")));
}

TEST(FillCharterTest, LogAndCosignKeysComeFromTheCards) {
  const std::vector<PartyCard> cards = DemoCards();
  ASSERT_OK_AND_ASSIGN(const v1::Charter filled, FillCharter(DemoDraft(1), cards, DemoOptions()));
  EXPECT_EQ(filled.aggregator().log_key(), cards[0].log_key);
  EXPECT_EQ(filled.members(0).log_key(), cards[1].log_key);
  EXPECT_EQ(filled.members(0).cosign_key(), cards[1].cosign_key);
}

TEST(FillCharterTest, MisspeltFieldIsNamedWithItsPlace) {
  const auto filled =
      FillCharter("federation: \"demo\"\n  witnes: WITNESS_NONE\n", DemoCards(), DemoOptions());
  EXPECT_THAT(filled, StatusIs(kInvalid, HasSubstr("draft line 2, column 9")));
  EXPECT_THAT(filled, StatusIs(kInvalid, HasSubstr("witnes")));
  EXPECT_EQ(base::ReasonOf(filled.status()), "malformed");
}

TEST(FillCharterTest, UnknownWordIsNamedWithItsPlace) {
  EXPECT_THAT(FillCharter("witness: PERHAPS", DemoCards(), DemoOptions()),
              StatusIs(kInvalid, HasSubstr("draft line 1, column 17")));
}

TEST(FillCharterTest, FieldWrittenTwiceIsRefused) {
  EXPECT_THAT(FillCharter("n_max: 1\nn_max: 2", DemoCards(), DemoOptions()),
              StatusIs(kInvalid, HasSubstr("write this field once")));
}

TEST(FillCharterTest, AmountThatIsNoneIsNamedWithItsPlace) {
  EXPECT_THAT(
      FillCharter("n_max: 1\ndefault_charge { stated: \"much\" }", DemoCards(), DemoOptions()),
      StatusIs(kInvalid, HasSubstr("draft line 2, column 18: stated: `much` is no amount")));
}

TEST(FillCharterTest, UnitsThatContradictWhatIsStatedAreRefused) {
  EXPECT_THAT(FillCharter("default_charge { units: 5 stated: \"rho(2, 1e-6)\" }", DemoCards(),
                          DemoOptions()),
              StatusIs(kInvalid, HasSubstr("remove `units`")));
}

TEST(FillCharterTest, PartyWithoutCardIsNamed) {
  std::vector<PartyCard> cards = DemoCards();
  cards.pop_back();
  EXPECT_THAT(FillCharter(DemoDraft(1), cards, DemoOptions()),
              StatusIs(kInvalid, HasSubstr("`evidence-desk` has no keys; pass its card")));
}

TEST(FillCharterTest, CardWithoutPartyIsNamed) {
  std::vector<PartyCard> cards = DemoCards();
  cards.push_back({"nobody", std::string(32, '\x03'), std::string(32, '\x04')});
  EXPECT_THAT(FillCharter(DemoDraft(1), cards, DemoOptions()),
              StatusIs(kInvalid, HasSubstr("no party `nobody`")));
}

TEST(FillCharterTest, TwoCardsOfOnePartyAreRefused) {
  std::vector<PartyCard> cards = DemoCards();
  cards.push_back(cards.front());
  EXPECT_THAT(FillCharter(DemoDraft(1), cards, DemoOptions()),
              StatusIs(kInvalid, HasSubstr("two cards for `aggregator`")));
}

TEST(FillCharterTest, CardThatContradictsTheDraftIsRefused) {
  const std::string draft = DemoDraftWith(1, "aggregator { id: \"aggregator\"",
                                          "aggregator { id: \"aggregator\" sign_key: \"other\"");
  EXPECT_THAT(FillCharter(draft, DemoCards(), DemoOptions()),
              StatusIs(kInvalid, HasSubstr("aggregator aggregator.sign_key contradicts")));
}

TEST(FillCharterTest, MissingPinIsNamed) {
  FillOptions options = DemoOptions();
  options.pin.reset();
  EXPECT_THAT(FillCharter(DemoDraft(1), DemoCards(), options),
              StatusIs(kInvalid, HasSubstr("pass --pin")));
}

TEST(FillCharterTest, PinOfAnotherFederationIsRefused) {
  FillOptions options = DemoOptions();
  options.pin->federation = "another";
  EXPECT_THAT(FillCharter(DemoDraft(1), DemoCards(), options),
              StatusIs(kInvalid, HasSubstr("federation contradicts")));
}

TEST(FillCharterTest, WrongVersionIsRefused) {
  EXPECT_THAT(FillSecond("version: 5\n" + DemoDraft(2)),
              StatusIs(kInvalid, HasSubstr("version contradicts")));
}

TEST(FillCharterTest, StrategyWithAnotherPriorNeedsAnotherName) {
  EXPECT_THAT(FillSecond(DemoDraftWith(2, "causes: 2 prior: CURATIVE", "causes: 2 prior: DURABLE")),
              StatusIs(kInvalid, HasSubstr("give it a new version")));
}

TEST(FillCharterTest, StrategyWithoutPriorIsRefused) {
  EXPECT_THAT(FillCharter(DemoDraftWith(1, "causes: 1 prior: CURATIVE", "causes: 1"), DemoCards(),
                          DemoOptions()),
              StatusIs(kInvalid, HasSubstr("prior is unset")));
}

TEST(FillCharterTest, StrategyOnAnUnknownGridIsRefused) {
  EXPECT_THAT(FillCharter(DemoDraftWith(1, "grid: \"g8@1\" causes: 1", "grid: \"g9@1\" causes: 1"),
                          DemoCards(), DemoOptions()),
              StatusIs(kInvalid, HasSubstr("`g9@1` is not in the draft")));
}

TEST(FillCharterTest, WhatTheCharterRefusesIsRefused) {
  EXPECT_THAT(FillCharter(DemoDraftWith(1, "min_entities: 3", "min_entities: 2"), DemoCards(),
                          DemoOptions()),
              StatusIs(kInvalid, HasSubstr("min_entities")));
}

TEST(FillCharterTest, ValidityAboveAHundredDaysIsRefused) {
  FillOptions options = DemoOptions();
  options.validity = absl::Hours(24 * 101);
  EXPECT_THAT(FillCharter(DemoDraft(1), DemoCards(), options),
              StatusIs(kInvalid, HasSubstr("100 days")));
}

TEST(FillCharterTest, SameInputGivesTheSameBytes) {
  ASSERT_OK_AND_ASSIGN(const v1::Charter once,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  ASSERT_OK_AND_ASSIGN(const v1::Charter twice,
                       FillCharter(DemoDraft(1), DemoCards(), DemoOptions()));
  EXPECT_EQ(CharterPayload(once), CharterPayload(twice));
}

}  // namespace
}  // namespace perdura::cli
