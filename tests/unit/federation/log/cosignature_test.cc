#include "federation/log/cosignature.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/memory_tree.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

class CosignatureTest : public ::testing::Test {
 protected:
  void CosignAs(const std::string& name, absl::Time at = kNow) {
    PutSignature(note_, Cosign(note_.text, name, CosignSecret(name), at));
  }

  test_support::MemoryTree tree_{5};
  SignedNote note_ = SignTree(tree_, 5).note;
  const std::vector<NoteKey> stewards_ = {CosignKeyOf("ohio"), CosignKeyOf("alfred"),
                                          CosignKeyOf("st-vincent")};
};

TEST_F(CosignatureTest, MessageIsHeaderTimeAndText) {
  EXPECT_EQ(CosignedMessage("a\nb\n", 1679315147), "cosignature/v1\ntime 1679315147\na\nb\n");
}

TEST_F(CosignatureTest, HoldsTimeBigEndianAndSignature) {
  const NoteSignature made = Cosign(note_.text, "ohio", CosignSecret("ohio"), kNow);
  ASSERT_EQ(made.bytes.size(), 72U);
  EXPECT_EQ(made.bytes.substr(0, 8), std::string("\0\0\0\0\x6a\x44\x58\x80", 8));
  EXPECT_TRUE(crypto::Verify(CosignSecret("ohio").public_key(),
                             CosignedMessage(note_.text, 1782864000), made.bytes.substr(8)));
}

TEST_F(CosignatureTest, VerifiedAreCountedWithTheirTimes) {
  CosignAs("alfred", kNow + absl::Seconds(1));
  CosignAs("ohio");
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifiedCosignatures(note_, stewards_));
  ASSERT_EQ(verified.size(), 2U);
  EXPECT_EQ(verified[0].cosigner, "ohio");
  EXPECT_EQ(verified[0].at, kNow);
  EXPECT_EQ(verified[1].cosigner, "alfred");
  EXPECT_EQ(verified[1].at, kNow + absl::Seconds(1));
}

TEST_F(CosignatureTest, StrangersAndTheLogItselfDoNotCount) {
  CosignAs("stranger");
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifiedCosignatures(note_, stewards_));
  EXPECT_TRUE(verified.empty());
  // The log's key as a cosigner: its signature has another type.
  const std::vector<NoteKey> log_key = {LogKeyOf(kOrigin)};
  EXPECT_TRUE(VerifiedCosignatures(note_, log_key)->empty());
}

TEST_F(CosignatureTest, OneKeyUnderTwoNamesCountsOnce) {
  ASSERT_OK_AND_ASSIGN(const NoteKey alias, NoteKey::Create("alias", NoteKeyType::kCosignature,
                                                            CosignSecret("ohio").public_key()));
  CosignAs("ohio");
  PutSignature(note_, Cosign(note_.text, "alias", CosignSecret("ohio"), kNow));
  const std::vector<NoteKey> keys = {CosignKeyOf("ohio"), alias};
  EXPECT_EQ(VerifiedCosignatures(note_, keys)->size(), 1U);
}

TEST_F(CosignatureTest, AWrongOneOfAKnownKeySpoilsTheNote) {
  CosignAs("ohio");
  for (const size_t byte : {size_t{0}, size_t{7}, size_t{8}, size_t{71}}) {
    SignedNote changed = note_;
    std::string& bytes = changed.signatures[1].bytes;
    bytes[byte] = static_cast<char>(bytes[byte] ^ 1);
    EXPECT_THAT(VerifiedCosignatures(changed, stewards_), IsRefused("bad_signature", "verify"));
  }
  note_.signatures[1].bytes.pop_back();
  EXPECT_THAT(VerifiedCosignatures(note_, stewards_), IsRefused("bad_signature", "64"));
}

TEST_F(CosignatureTest, OneOfAnotherTextDoesNotVerify) {
  const NoteSignature other =
      Cosign(SignTree(tree_, 4).note.text, "ohio", CosignSecret("ohio"), kNow);
  EXPECT_THAT(VerifyCosignature(note_.text, other, CosignKeyOf("ohio")),
              IsRefused("bad_signature", "verify"));
  EXPECT_THAT(VerifyCosignature(note_.text, other, CosignKeyOf("alfred")),
              IsRefused("bad_signature", "another key"));
}

TEST_F(CosignatureTest, ATimeBeyond63BitsDoesNotVerify) {
  constexpr uint64_t kLate = uint64_t{1} << 63;
  NoteSignature made = Cosign(note_.text, "ohio", CosignSecret("ohio"), kNow);
  made.bytes = std::string("\x80\0\0\0\0\0\0\0", 8) +
               CosignSecret("ohio").Sign(CosignedMessage(note_.text, kLate));
  EXPECT_THAT(VerifyCosignature(note_.text, made, CosignKeyOf("ohio")),
              IsRefused("bad_signature", "verify"));
}

}  // namespace
}  // namespace perdura::federation::log
