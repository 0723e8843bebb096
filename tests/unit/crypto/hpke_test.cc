#include "crypto/hpke.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/canonical_text.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::SeededRandom;
using test_support::StatusIs;
using ::testing::HasSubstr;

constexpr auto kRefusedHpke = absl::StatusCode::kInvalidArgument;

std::string Unhex(const char* hex) { return base::HexDecode(hex).value(); }
SecretBytes Secret(const char* hex) { return SecretBytes{absl::string_view(Unhex(hex))}; }

// RFC 9180 appendix A.2.1 (base mode, sequence numbers 0 and 1); the rest is tests/vectors.
TEST(HpkeTest, GivesTheBaseCaseOfTheRfc) {
  const auto info = Unhex("4f6465206f6e2061204772656369616e2055726e");
  ASSERT_OK_AND_ASSIGN(const KemKeyPair ephemeral,
                       KemKeyPair::FromSecret(Secret(
                           "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600")));
  ASSERT_OK_AND_ASSIGN(const KemKeyPair recipient,
                       KemKeyPair::FromSecret(Secret(
                           "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")));
  EXPECT_EQ(base::HexEncode(ephemeral.public_key()),
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
  ASSERT_OK_AND_ASSIGN(HpkeContext sender,
                       HpkeContext::ForSender(recipient.public_key(), info, nullptr, ephemeral));
  const std::string text = "Beauty is truth, truth beauty";
  EXPECT_EQ(base::HexEncode(sender.Seal("Count-0", text)),
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b5"
            "1a28");
  EXPECT_EQ(base::HexEncode(sender.Seal("Count-1", text)),
            "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992d"
            "c98c");
}

// RFC 9180 appendix A.2.2 (psk mode, sequence number 0).
TEST(HpkeTest, GivesThePskCaseOfTheRfc) {
  const HpkePsk psk{Secret("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82"),
                    "Ennyn Durin aran Moria"};
  ASSERT_OK_AND_ASSIGN(const KemKeyPair ephemeral,
                       KemKeyPair::FromSecret(Secret(
                           "0c35fdf49df7aa01cd330049332c40411ebba36e0c718ebc3edf5845795f6321")));
  ASSERT_OK_AND_ASSIGN(
      HpkeContext sender,
      HpkeContext::ForSender(
          Unhex("13640af826b722fc04feaa4de2f28fbd5ecc03623b317834e7ff4120dbe73062"),
          Unhex("4f6465206f6e2061204772656369616e2055726e"), &psk, ephemeral));
  EXPECT_EQ(base::HexEncode(sender.Seal("Count-0", "Beauty is truth, truth beauty")),
            "4a177f9c0d6f15cfdf533fb65bf84aecdc6ab16b8b85b4cf65a370e07fc1d78d28fb073214525276f4a896"
            "08ff");
}

class HpkeEnvelopeTest : public ::testing::Test {
 protected:
  std::string Sealed(const HpkePsk* psk) {
    return Seal(recipient_.public_key(), info_, "", "plain text", psk, random_).value();
  }

  SeededRandom random_{1};
  const KemKeyPair recipient_ = KemKeyPair::Generate(random_);
  const std::string info_ = base::Text({"perdura/v1/share", "suite", "hash", 1, "node-a", 1});
};

TEST_F(HpkeEnvelopeTest, OpensForTheRecipientAndHasTheStatedLength) {
  const std::string sealed = Sealed(nullptr);
  EXPECT_EQ(sealed.size(), 10 + kHpkeOverhead);
  ASSERT_OK_AND_ASSIGN(const SecretBytes opened, Open(recipient_, info_, "", sealed, nullptr));
  EXPECT_EQ(opened.view(), "plain text");
}
TEST_F(HpkeEnvelopeTest, EachSealingIsNew) { EXPECT_NE(Sealed(nullptr), Sealed(nullptr)); }
TEST_F(HpkeEnvelopeTest, DoesNotOpenForAnotherStewardRoleOrRecipient) {
  const std::string sealed = Sealed(nullptr);
  const std::string other_steward =
      base::Text({"perdura/v1/share", "suite", "hash", 1, "node-a", 2});
  const std::string other_role = base::Text({"perdura/v1/share", "suite", "hash", 2, "node-a", 1});
  EXPECT_FALSE(Open(recipient_, other_steward, "", sealed, nullptr).ok());
  EXPECT_FALSE(Open(recipient_, other_role, "", sealed, nullptr).ok());
  EXPECT_FALSE(Open(KemKeyPair::Generate(random_), info_, "", sealed, nullptr).ok());
}
TEST_F(HpkeEnvelopeTest, EveryRefusalReadsTheSame) {
  const std::string sealed = Sealed(nullptr);
  const absl::Status cut = Open(recipient_, info_, "", sealed.substr(1), nullptr).status();
  EXPECT_THAT(cut, StatusIs(kRefusedHpke));
  EXPECT_EQ(Open(recipient_, info_, "", "", nullptr).status(), cut);
  EXPECT_EQ(Open(recipient_, info_, "x", sealed, nullptr).status(), cut);
  const std::string low_order = std::string(32, '\0') + sealed.substr(32);
  EXPECT_EQ(Open(recipient_, info_, "", low_order, nullptr).status(), cut);
}
TEST_F(HpkeEnvelopeTest, PskModeNeedsTheSamePskAndNeverFallsBack) {
  HpkePsk psk{SecretBytes::Random(32, random_), "id"};
  HpkePsk other_key{SecretBytes::Random(32, random_), "id"};
  HpkePsk other_id{psk.key.Clone(), "di"};
  const std::string sealed = Sealed(&psk);
  EXPECT_OK(Open(recipient_, info_, "", sealed, &psk));
  EXPECT_FALSE(Open(recipient_, info_, "", sealed, &other_key).ok());
  EXPECT_FALSE(Open(recipient_, info_, "", sealed, &other_id).ok());
  EXPECT_FALSE(Open(recipient_, info_, "", sealed, nullptr).ok());
  EXPECT_FALSE(Open(recipient_, info_, "", Sealed(nullptr), &psk).ok());
}
TEST_F(HpkeEnvelopeTest, SealFailsIfPskIsShortOrNameless) {
  const HpkePsk short_key{SecretBytes(31), "id"};
  const HpkePsk nameless{SecretBytes(32), ""};
  EXPECT_THAT(Seal(recipient_.public_key(), "", "", "", &short_key, random_),
              StatusIs(kRefusedHpke, HasSubstr("psk under")));
  EXPECT_THAT(Seal(recipient_.public_key(), "", "", "", &nameless, random_),
              StatusIs(kRefusedHpke, HasSubstr("psk id")));
}
TEST_F(HpkeEnvelopeTest, SealFailsForABrokenRecipientKey) {
  EXPECT_THAT(Seal(std::string(31, 'x'), "", "", "", nullptr, random_),
              StatusIs(kRefusedHpke, HasSubstr("32 bytes")));
  EXPECT_THAT(Seal(std::string(32, '\0'), "", "", "", nullptr, random_),
              StatusIs(kRefusedHpke, HasSubstr("low order")));
}
TEST_F(HpkeEnvelopeTest, FromSecretFailsIfLengthIsWrong) {
  EXPECT_THAT(KemKeyPair::FromSecret(SecretBytes(31)), StatusIs(kRefusedHpke));
}
TEST_F(HpkeEnvelopeTest, FailedOpenKeepsTheSequenceNumber) {
  const KemKeyPair ephemeral = KemKeyPair::Generate(random_);
  ASSERT_OK_AND_ASSIGN(HpkeContext sender,
                       HpkeContext::ForSender(recipient_.public_key(), info_, nullptr, ephemeral));
  ASSERT_OK_AND_ASSIGN(
      HpkeContext receiver,
      HpkeContext::ForRecipient(recipient_, ephemeral.public_key(), info_, nullptr));
  const std::string first = sender.Seal("", "1");
  const std::string second = sender.Seal("", "2");
  EXPECT_FALSE(receiver.Open("", second).ok());
  EXPECT_OK(receiver.Open("", first));
  EXPECT_OK(receiver.Open("", second));
  EXPECT_FALSE(receiver.Open("", second).ok());
}
TEST_F(HpkeEnvelopeTest, ExportFailsBeyondTheLongestOutput) {
  ASSERT_OK_AND_ASSIGN(const HpkeContext context,
                       HpkeContext::ForSender(recipient_.public_key(), info_, nullptr,
                                              KemKeyPair::Generate(random_)));
  EXPECT_OK(context.Export("", 8160));
  EXPECT_THAT(context.Export("", 8161), StatusIs(kRefusedHpke));
}

}  // namespace
}  // namespace perdura::crypto
