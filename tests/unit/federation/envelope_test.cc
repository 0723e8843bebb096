#include "federation/envelope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crypto/hash.h"
#include "google/protobuf/unknown_field_set.h"
#include "perdura/v1/round.pb.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::IsOkAndHolds;
using test_support::TestKey;

std::string PublicKey(const char* name) { return TestKey(name).public_key(); }

v1::Ask SomeAsk() {
  v1::Ask ask;
  ask.set_analyst("payer-desk");
  ask.set_attempt(1);
  return ask;
}

v1::Envelope SignedBy(const std::vector<const char*>& names) {
  v1::Envelope envelope = SignMessage(MessageType::kAsk, SomeAsk(), TestKey(names.front()), "");
  for (size_t i = 1; i < names.size(); ++i) AddSignature(envelope, TestKey(names[i]), "");
  return envelope;
}

TEST(EnvelopeTest, SignatureCoversTypeAndPayload) {
  EXPECT_EQ(PreAuthEncoding("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(PreAuthEncoding("", ""), "DSSEv1 0  0 ");
}

TEST(EnvelopeTest, IdIsTheHashOfThePayload) { EXPECT_EQ(PayloadId("abc"), crypto::Sha256("abc")); }

TEST(EnvelopeTest, TypesAreDistinct) {
  EXPECT_EQ(PayloadType(MessageType::kSealKey), "application/vnd.perdura.seal-key.v1");
  EXPECT_EQ(PayloadType(MessageType::kPartialSum), "application/vnd.perdura.partial-sum.v1");
  EXPECT_EQ(PayloadType(MessageType::kDiagnosis), "application/vnd.perdura.diagnosis.v1");
  EXPECT_NE(PayloadType(MessageType::kManifest), PayloadType(MessageType::kContribution));
}

TEST(EnvelopeTest, OpensWhatItsKeySigned) {
  const std::vector<std::string> keys = {PublicKey("a")};
  ASSERT_OK_AND_ASSIGN(const v1::Ask ask,
                       OpenEnvelope<v1::Ask>(SignedBy({"a"}), MessageType::kAsk, keys));
  EXPECT_EQ(ask.analyst(), "payer-desk");
}

TEST(EnvelopeTest, OtherKeyIsRefused) {
  const std::vector<std::string> keys = {PublicKey("b")};
  EXPECT_THAT(OpenEnvelope<v1::Ask>(SignedBy({"a"}), MessageType::kAsk, keys),
              IsRefused("bad_signature", "0 of 1"));
}

TEST(EnvelopeTest, NoKeysAreRefused) {
  EXPECT_THAT(VerifySigners(SignedBy({"a"}), MessageType::kAsk, {}, 1),
              IsRefused("bad_signature", "0 of 1"));
}

TEST(EnvelopeTest, NeedingNobodyIsRefused) {
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(VerifySigners(SignedBy({"a"}), MessageType::kAsk, keys, 0),
              IsRefused("bad_signature", ""));
}

TEST(EnvelopeTest, LongKeyIdIsRefused) {
  const std::vector<std::string> keys = {PublicKey("a")};
  v1::Envelope envelope = SignedBy({"a"});
  envelope.mutable_signatures(0)->set_key_id(std::string(kMaxKeyIdSize, 'k'));
  EXPECT_OK(VerifySigners(envelope, MessageType::kAsk, keys, 1));
  envelope.mutable_signatures(0)->set_key_id(std::string(kMaxKeyIdSize + 1, 'k'));
  EXPECT_THAT(VerifySigners(envelope, MessageType::kAsk, keys, 1),
              IsRefused("malformed", "key id"));
}

TEST(EnvelopeTest, UnknownFieldBesideTheSignedBytesIsRefused) {
  const std::vector<std::string> keys = {PublicKey("a")};
  v1::Envelope envelope = SignedBy({"a"});
  v1::Signature& signature = *envelope.mutable_signatures(0);
  signature.GetReflection()->MutableUnknownFields(&signature)->AddLengthDelimited(99, "padding");
  EXPECT_THAT(VerifySigners(envelope, MessageType::kAsk, keys, 1),
              IsRefused("malformed", "does not know"));
}

TEST(EnvelopeTest, KeyIdIsNoEvidence) {
  v1::Envelope envelope = SignMessage(MessageType::kAsk, SomeAsk(), TestKey("stranger"), "a");
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(VerifySigners(envelope, MessageType::kAsk, keys, 1),
              IsRefused("bad_signature", "0 of 1"));
}

TEST(EnvelopeTest, ChangedPayloadIsRefused) {
  v1::Envelope envelope = SignedBy({"a"});
  envelope.mutable_payload()->back() ^= 1;
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kAsk, keys), IsOkAndHolds(0));
}

TEST(EnvelopeTest, OtherTypeIsRefused) {
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(SignedBy({"a"}), MessageType::kManifest, keys),
              IsRefused("malformed", "manifest"));
}

TEST(EnvelopeTest, RenamedTypeIsRefused) {
  v1::Envelope envelope = SignedBy({"a"});
  envelope.set_payload_type(std::string(PayloadType(MessageType::kReceipt)));
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kReceipt, keys), IsOkAndHolds(0));
}

TEST(EnvelopeTest, DistinctKeysAreCountedNotSignatures) {
  const std::vector<std::string> keys = {PublicKey("a"), PublicKey("b"), PublicKey("c")};
  EXPECT_THAT(CountSigners(SignedBy({"a", "a", "a"}), MessageType::kAsk, keys), IsOkAndHolds(1));
  EXPECT_THAT(CountSigners(SignedBy({"a", "b", "a"}), MessageType::kAsk, keys), IsOkAndHolds(2));
}

TEST(EnvelopeTest, KeyThatIsListedTwiceCountsOnce) {
  const std::vector<std::string> keys = {PublicKey("a"), PublicKey("a")};
  EXPECT_THAT(CountSigners(SignedBy({"a"}), MessageType::kAsk, keys), IsOkAndHolds(1));
}

TEST(EnvelopeTest, StrangersAmongTheSignersDoNotCount) {
  const std::vector<std::string> keys = {PublicKey("a"), PublicKey("b")};
  EXPECT_THAT(CountSigners(SignedBy({"x", "b", "y"}), MessageType::kAsk, keys), IsOkAndHolds(1));
}

TEST(EnvelopeTest, NoSignatureIsRefused) {
  v1::Envelope envelope = SignedBy({"a"});
  envelope.clear_signatures();
  EXPECT_THAT(CountSigners(envelope, MessageType::kAsk, {}), IsRefused("malformed", "1 to 16"));
}

TEST(EnvelopeTest, SixteenSignaturesAreRead) {
  v1::Envelope envelope = SignedBy({"x"});
  for (int i = 0; i < 14; ++i) *envelope.add_signatures() = envelope.signatures(0);
  AddSignature(envelope, TestKey("a"), "");
  ASSERT_EQ(envelope.signatures_size(), 16);
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kAsk, keys), IsOkAndHolds(1));
}

TEST(EnvelopeTest, SeventeenSignaturesAreRefused) {
  v1::Envelope envelope = SignedBy({"a"});
  for (int i = 0; i < 16; ++i) *envelope.add_signatures() = envelope.signatures(0);
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kAsk, keys), IsRefused("malformed", "1 to 16"));
}

TEST(EnvelopeTest, SignatureOf63BytesIsRefused) {
  v1::Envelope envelope = SignedBy({"a"});
  envelope.mutable_signatures(0)->mutable_sig()->pop_back();
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kAsk, keys), IsRefused("malformed", "64 bytes"));
}

TEST(EnvelopeTest, PayloadAtItsCapIsRead) {
  const std::string payload(PayloadCap(MessageType::kReceipt), 'x');
  const v1::Envelope envelope = SignPayload(MessageType::kReceipt, payload, TestKey("a"), "");
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kReceipt, keys), IsOkAndHolds(1));
}

TEST(EnvelopeTest, PayloadAboveItsCapIsRefused) {
  const std::string payload(PayloadCap(MessageType::kReceipt) + 1, 'x');
  const v1::Envelope envelope = SignPayload(MessageType::kReceipt, payload, TestKey("a"), "");
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(CountSigners(envelope, MessageType::kReceipt, keys),
              IsRefused("malformed", "too large"));
}

TEST(EnvelopeTest, LongestRoundFitsItsCaps) {
  v1::PartialSum sum;
  sum.set_sum(std::string(8 * 4096, 'x'));
  EXPECT_LT(sum.ByteSizeLong() + 200, PayloadCap(MessageType::kPartialSum));
  v1::Release release;
  for (int i = 0; i < 4096; ++i) release.add_values(INT64_MIN);
  release.set_plan(std::string(4096, 'x'));
  EXPECT_LT(release.ByteSizeLong() + 1000, PayloadCap(MessageType::kRelease));
}

TEST(EnvelopeTest, UnknownFieldIsRefused) {
  v1::Ask ask = SomeAsk();
  ask.GetReflection()->MutableUnknownFields(&ask)->AddVarint(99, 1);
  v1::Ask parsed;
  EXPECT_THAT(ParseStrictly(ask.SerializeAsString(), parsed),
              IsRefused("malformed", "does not know"));
}

TEST(EnvelopeTest, UnknownFieldInAMessageOfAListIsRefused) {
  v1::Commit commit;
  commit.add_dealers()->set_member("ohio");
  v1::CommitEntry& deep = *commit.add_dealers();
  deep.GetReflection()->MutableUnknownFields(&deep)->AddLengthDelimited(7, "x");
  v1::Commit parsed;
  EXPECT_THAT(ParseStrictly(commit.SerializeAsString(), parsed),
              IsRefused("malformed", "does not know"));
}

TEST(EnvelopeTest, UnknownFieldThreeLevelsDeepIsRefused) {
  v1::Manifest manifest;
  v1::Signature& deep = *manifest.mutable_ask()->add_signatures();
  deep.GetReflection()->MutableUnknownFields(&deep)->AddVarint(3, 1);
  v1::Manifest parsed;
  EXPECT_THAT(ParseStrictly(manifest.SerializeAsString(), parsed),
              IsRefused("malformed", "does not know"));
}

TEST(EnvelopeTest, BytesThatDoNotParseAreRefused) {
  v1::Ask parsed;
  EXPECT_THAT(ParseStrictly("\x0a\xff", parsed), IsRefused("malformed", "cannot be read"));
}

TEST(EnvelopeTest, SignedGarbageIsRefusedAfterItsSignature) {
  const v1::Envelope envelope = SignPayload(MessageType::kAsk, "\x0a\xff", TestKey("a"), "");
  const std::vector<std::string> keys = {PublicKey("a")};
  EXPECT_THAT(OpenEnvelope<v1::Ask>(envelope, MessageType::kAsk, keys),
              IsRefused("malformed", "cannot be read"));
  EXPECT_THAT(OpenEnvelope<v1::Ask>(envelope, MessageType::kAsk, {}),
              IsRefused("bad_signature", "0 of 1"));
}

TEST(EnvelopeTest, PeekChecksShapeAndType) {
  EXPECT_OK(PeekPayload<v1::Ask>(SignedBy({"stranger"}), MessageType::kAsk));
  EXPECT_THAT(PeekPayload<v1::Ask>(v1::Envelope(), MessageType::kAsk),
              IsRefused("malformed", "1 to 16"));
}

}  // namespace
}  // namespace perdura::federation
