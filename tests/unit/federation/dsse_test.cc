#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "base/bytes.h"
#include "crypto/secret_bytes.h"
#include "federation/envelope.h"
#include "tests/support/shared_data.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/federation/refusals.h"
#include "tests/vectors/vector_file.h"

namespace perdura::federation {
namespace {

using vectors::HexField;
using vectors::TextField;

// The JSON form allows both base64 alphabets; ours is the protobuf form, which has bytes.
std::string Base64(const std::string& text) {
  std::string bytes;
  const bool read = absl::Base64Unescape(text, &bytes) || absl::WebSafeBase64Unescape(text, &bytes);
  EXPECT_TRUE(read) << text;
  return bytes;
}

v1::Envelope EnvelopeOf(const rapidjson::Value& json) {
  v1::Envelope envelope;
  envelope.set_payload(Base64(TextField(json, "payload")));
  envelope.set_payload_type(TextField(json, "payloadType"));
  for (const auto& signature : json["signatures"].GetArray()) {
    envelope.add_signatures()->set_sig(Base64(TextField(signature, "sig")));
  }
  return envelope;
}

// How many of the vector's trusted keys signed our encoding of the envelope.
int TrustedSigners(const rapidjson::Value& keys, const rapidjson::Value& vector,
                   const v1::Envelope& envelope) {
  const std::string encoding = PreAuthEncoding(envelope.payload_type(), envelope.payload());
  int signers = 0;
  for (const auto& name : vector["trustedKeys"].GetArray()) {
    const std::string key = HexField(keys[name.GetString()], "public");
    signers += std::any_of(envelope.signatures().begin(), envelope.signatures().end(),
                           [&](const v1::Signature& signature) {
                             return crypto::Verify(key, encoding, signature.sig());
                           });
  }
  return signers;
}

TEST(DsseVectorTest, PreAuthEncodingAgreesWithEveryCase) {
  const auto file = vectors::LoadVectors("dsse.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  int cases = 0;
  for (const auto& vector : (*file)["vectors"].GetArray()) {
    const v1::Envelope envelope = EnvelopeOf(vector["envelope"]);
    // `pae` is what the signer signed: the encoding of an envelope whose type was swapped
    // afterwards differs.
    const bool untouched = TextField(vector, "id") != "payload-type-swapped";
    const std::string encoding = PreAuthEncoding(envelope.payload_type(), envelope.payload());
    EXPECT_EQ(encoding == HexField(vector, "pae"), untouched) << TextField(vector, "id");
    ++cases;
  }
  EXPECT_EQ(cases, 9);
}

TEST(DsseVectorTest, SignersAreEnoughWhereTheCaseIsToBeAccepted) {
  const auto file = vectors::LoadVectors("dsse.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  int accepted = 0;
  for (const auto& vector : (*file)["vectors"].GetArray()) {
    const std::string id = TextField(vector, "id");
    // Rejected for its type, which is signed well; ours refuses every type but its own.
    if (id == "empty-payload-type") continue;
    const bool enough = TrustedSigners((*file)["keys"], vector, EnvelopeOf(vector["envelope"])) >=
                        vector["threshold"].GetInt();
    EXPECT_EQ(enough, TextField(vector, "expect") == "accept") << id;
    accepted += enough ? 1 : 0;
  }
  EXPECT_EQ(accepted, 6);
}

TEST(DsseVectorTest, ForeignTypesAreRefused) {
  const auto file = vectors::LoadVectors("dsse.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  for (const auto& vector : (*file)["vectors"].GetArray()) {
    EXPECT_THAT(CountSigners(EnvelopeOf(vector["envelope"]), MessageType::kAsk, {}),
                IsRefused("malformed", "payload_type"))
        << TextField(vector, "id");
  }
}

TEST(DsseVectorTest, AddSignatureGivesTheSameBytes) {
  const auto file = vectors::LoadVectors("dsse.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  const crypto::SecretBytes seed(HexField((*file)["keys"]["A"], "seed"));
  ASSERT_OK_AND_ASSIGN(const crypto::SigningKey key, crypto::SigningKey::FromSeed(seed));
  const v1::Envelope theirs = EnvelopeOf((*file)["vectors"][0]["envelope"]);
  v1::Envelope ours = theirs;
  ours.clear_signatures();
  AddSignature(ours, key, "A");
  EXPECT_EQ(ours.signatures(0).sig(), theirs.signatures(0).sig());
}

}  // namespace
}  // namespace perdura::federation
