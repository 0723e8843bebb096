#include "federation/log/receipt.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.h"
#include "tests/support/memory_tree.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

class ReceiptTest : public ::testing::Test {
 protected:
  ReceiptTest() {
    SignedNote note = SignTree(tree_, 7).note;
    PutSignature(note, Cosign(note.text, "ohio", CosignSecret("ohio"), kNow));
    receipt_ = {.index = 4, .proof = *crypto::InclusionProof(4, 7, tree_), .note = PrintNote(note)};
  }
  absl::StatusOr<VerifiedReceipt> Verify(const Receipt& receipt, absl::string_view entry) {
    return VerifyReceipt(PrintReceipt(receipt), entry, LogKeyOf(kOrigin), stewards_);
  }

  test_support::MemoryTree tree_{7};
  Receipt receipt_;
  const std::vector<NoteKey> stewards_ = {CosignKeyOf("ohio"), CosignKeyOf("alfred")};
};

TEST_F(ReceiptTest, PrintsTheFormatOfTlogProof) {
  const Receipt small{.index = 10, .proof = {std::string(32, 'h')}, .note = "note"};
  EXPECT_EQ(
      PrintReceipt(small),
      "c2sp.org/tlog-proof@v1\nindex 10\naGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg=\n\nnote");
}

TEST_F(ReceiptTest, ReadsBack) {
  for (const uint64_t index : {uint64_t{0}, uint64_t{6}}) {
    receipt_.index = index;
    receipt_.proof = *crypto::InclusionProof(index, 7, tree_);
    const std::string bytes = PrintReceipt(receipt_);
    ASSERT_OK_AND_ASSIGN(const Receipt again, ParseReceipt(bytes));
    EXPECT_EQ(PrintReceipt(again), bytes);
  }
  receipt_.proof.clear();
  EXPECT_OK(ParseReceipt(PrintReceipt(receipt_)));
}

TEST_F(ReceiptTest, ParseFailsForBadShapes) {
  const std::string hash = base::Base64Encode(std::string(32, 'h')) + "\n";
  const std::string head = "c2sp.org/tlog-proof@v1\nindex 4\n";
  std::string too_many = head;
  for (int i = 0; i < 65; ++i) too_many += hash;
  for (const std::string& bad : std::vector<std::string>{
           std::string(), head, head + hash, std::string("c2sp.org/tlog-proof@v1\n\nnote"),
           "c2sp.org/tlog-proof@v2\nindex 4\n\nnote", "c2sp.org/tlog-proof@v1\nindex 04\n\nnote",
           "c2sp.org/tlog-proof@v1\nindex -1\n\nnote", "c2sp.org/tlog-proof@v1\nindex\n\nnote",
           "c2sp.org/tlog-proof@v1\nextra aGk=\nindex 4\n\nnote", head + "aGk=\n\nnote",
           head + "x" + hash + "\nnote", too_many + "\nnote"}) {
    EXPECT_THAT(ParseReceipt(bad), IsRefused("malformed", "receipt")) << bad;
  }
}

TEST_F(ReceiptTest, VerifiesEntryAndCosigners) {
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified, Verify(receipt_, "4"));
  EXPECT_EQ(verified.index, 4U);
  EXPECT_EQ(verified.checkpoint.size, 7U);
  ASSERT_EQ(verified.cosignatures.size(), 1U);
  EXPECT_EQ(verified.cosignatures[0].cosigner, "ohio");
}

TEST_F(ReceiptTest, VerifyFailsForAnotherEntryIndexOrTree) {
  EXPECT_THAT(Verify(receipt_, "5"), IsRefused("bad_proof", "entry"));
  Receipt other = receipt_;
  other.index = 5;
  EXPECT_THAT(Verify(other, "4"), IsRefused("bad_proof", "entry"));
  other = receipt_;
  other.note = PrintNote(SignTree(tree_, 6).note);
  EXPECT_THAT(Verify(other, "4"), IsRefused("bad_proof", "entry"));
  other = receipt_;
  other.proof.pop_back();
  EXPECT_THAT(Verify(other, "4"), IsRefused("bad_proof", "entry"));
}

TEST_F(ReceiptTest, VerifyFailsForAnotherLogAndForWrongCosignatures) {
  EXPECT_THAT(VerifyReceipt(PrintReceipt(receipt_), "4", LogKeyOf(OriginOf("ohio")), stewards_),
              IsRefused("bad_signature", "another log"));
  SignedNote note = SignTree(tree_, 7).note;
  PutSignature(note, Cosign("another text\n", "ohio", CosignSecret("ohio"), kNow));
  receipt_.note = PrintNote(note);
  EXPECT_THAT(Verify(receipt_, "4"), IsRefused("bad_signature", "verify"));
  receipt_.note = "no note";
  EXPECT_THAT(Verify(receipt_, "4"), IsRefused("malformed", "note"));
}

}  // namespace
}  // namespace perdura::federation::log
