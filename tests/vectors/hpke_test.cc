#include "crypto/hpke.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "tests/support/shared_data.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

// RFC 9180 vectors of one mode; skips where the file is absent.
class HpkeVectorTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    file_ = LoadVectors(GetParam());
    if (!file_) GTEST_SKIP() << test_support::kNoSharedData;
    info_ = HexField(*file_, "info");
    enc_ = HexField(*file_, "enc");
    if (file_->HasMember("psk")) {
      psk_ = std::make_unique<crypto::HpkePsk>();
      psk_->key = crypto::SecretBytes{absl::string_view(HexField(*file_, "psk"))};
      psk_->id = HexField(*file_, "psk_id");
    }
  }

  crypto::KemKeyPair Pair(const char* field) const {
    auto pair = crypto::KemKeyPair::FromSecret(
        crypto::SecretBytes{absl::string_view(HexField(*file_, field))});
    PERDURA_CHECK(pair.ok());
    return *std::move(pair);
  }

  crypto::HpkeContext Sender() const {
    auto context =
        crypto::HpkeContext::ForSender(HexField(*file_, "pkRm"), info_, psk_.get(), Pair("skEm"));
    PERDURA_CHECK(context.ok());
    return *std::move(context);
  }

  crypto::HpkeContext Recipient(const std::string& enc, const std::string& info) const {
    auto context = crypto::HpkeContext::ForRecipient(Pair("skRm"), enc, info, psk_.get());
    PERDURA_CHECK(context.ok());
    return *std::move(context);
  }

  auto Encryptions() const { return (*file_)["encryptions"].GetArray(); }

  std::optional<rapidjson::Document> file_;
  std::string info_;
  std::string enc_;
  std::unique_ptr<crypto::HpkePsk> psk_;
};

std::string FlipBit(std::string text, size_t bit) {
  text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
  return text;
}

TEST_P(HpkeVectorTest, PublicKeysFollowFromSecrets) {
  EXPECT_EQ(Pair("skRm").public_key(), HexField(*file_, "pkRm"));
  EXPECT_EQ(Pair("skEm").public_key(), enc_);
}

TEST_P(HpkeVectorTest, SealGivesEveryCiphertext) {
  crypto::HpkeContext sender = Sender();
  int cases = 0;
  for (const auto& test : Encryptions()) {
    EXPECT_EQ(sender.Seal(HexField(test, "aad"), HexField(test, "pt")), HexField(test, "ct"))
        << "sequence number " << cases;
    ++cases;
  }
  EXPECT_EQ(cases, 257);
}

TEST_P(HpkeVectorTest, OpenGivesEveryPlaintextAndRefusesFlippedBits) {
  crypto::HpkeContext recipient = Recipient(enc_, info_);
  size_t number = 0;
  for (const auto& test : Encryptions()) {
    const std::string aad = HexField(test, "aad");
    const std::string ct = HexField(test, "ct");
    EXPECT_FALSE(recipient.Open(aad, FlipBit(ct, number % (8 * ct.size()))).ok()) << number;
    EXPECT_FALSE(recipient.Open(FlipBit(aad, number % (8 * aad.size())), ct).ok()) << number;
    EXPECT_FALSE(recipient.Open(aad, ct.substr(0, ct.size() - 1)).ok()) << number;
    const auto plaintext = recipient.Open(aad, ct);
    ASSERT_TRUE(plaintext.ok()) << number;
    EXPECT_EQ(plaintext->view(), HexField(test, "pt")) << number;
    ++number;
  }
  EXPECT_EQ(number, 257u);
}

// The wrong context is brought to the same sequence number by sealing, so that only `info` or `enc`
// stands between it and the text.
TEST_P(HpkeVectorTest, OpenRefusesFlippedInfoAndEnc) {
  crypto::HpkeContext wrong_info = Recipient(enc_, FlipBit(info_, 7));
  crypto::HpkeContext wrong_enc = Recipient(FlipBit(enc_, 255), info_);  // X25519 ignores this bit
  for (const auto& test : Encryptions()) {
    const std::string aad = HexField(test, "aad");
    EXPECT_FALSE(wrong_info.Open(aad, HexField(test, "ct")).ok());
    EXPECT_FALSE(wrong_enc.Open(aad, HexField(test, "ct")).ok());
    wrong_info.Seal("", "");
    wrong_enc.Seal("", "");
  }
}

TEST_P(HpkeVectorTest, SingleShotOpensCaseZeroAndRefusesEveryFlippedBit) {
  const auto& test = Encryptions()[0];
  const std::string aad = HexField(test, "aad");
  const std::string sealed = absl::StrCat(enc_, HexField(test, "ct"));
  const crypto::KemKeyPair recipient = Pair("skRm");
  ASSERT_TRUE(crypto::Open(recipient, info_, aad, sealed, psk_.get()).ok());
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    EXPECT_FALSE(crypto::Open(recipient, info_, aad, FlipBit(sealed, bit), psk_.get()).ok()) << bit;
  }
  for (size_t bit = 0; bit < 8 * info_.size(); ++bit) {
    EXPECT_FALSE(crypto::Open(recipient, FlipBit(info_, bit), aad, sealed, psk_.get()).ok()) << bit;
  }
  for (size_t bit = 0; bit < 8 * aad.size(); ++bit) {
    EXPECT_FALSE(crypto::Open(recipient, info_, FlipBit(aad, bit), sealed, psk_.get()).ok()) << bit;
  }
}

TEST_P(HpkeVectorTest, ExportGivesEveryValueOnBothSides) {
  for (const auto& test : (*file_)["exports"].GetArray()) {
    const std::string context = HexField(test, "exporter_context");
    const auto at_sender = Sender().Export(context, test["L"].GetUint());
    const auto at_recipient = Recipient(enc_, info_).Export(context, test["L"].GetUint());
    ASSERT_TRUE(at_sender.ok() && at_recipient.ok());
    EXPECT_EQ(at_sender->view(), HexField(test, "exported_value"));
    EXPECT_EQ(at_recipient->view(), HexField(test, "exported_value"));
  }
}

INSTANTIATE_TEST_SUITE_P(Base, HpkeVectorTest,
                         ::testing::Values("hpke_base_x25519_sha256_chacha20poly1305.json"));
INSTANTIATE_TEST_SUITE_P(Psk, HpkeVectorTest,
                         ::testing::Values("hpke_psk_x25519_sha256_chacha20poly1305.json"));

}  // namespace
}  // namespace perdura::vectors
