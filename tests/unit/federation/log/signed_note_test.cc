#include "federation/log/signed_note.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

// "AAAABHNpZw==" is four bytes of key id and "sig".
constexpr char kLine[] = "\xe2\x80\x94 alfred AAAABHNpZw==\n";
constexpr char kOtherLine[] = "\xe2\x80\x94 ohio AAAABHNpZw==\n";

TEST(SignedNoteTest, PartsReadBack) {
  const std::string bytes = absl::StrCat("first\n\nthird\n\n", kLine, kOtherLine);
  ASSERT_OK_AND_ASSIGN(const SignedNote note, ParseNote(bytes));
  EXPECT_EQ(note.text, "first\n\nthird\n");
  ASSERT_EQ(note.signatures.size(), 2U);
  EXPECT_EQ(note.signatures[0].name, "alfred");
  EXPECT_EQ(note.signatures[0].key_id, std::string("\0\0\0\4", 4));
  EXPECT_EQ(note.signatures[0].bytes, "sig");
  EXPECT_EQ(PrintNote(note), bytes);
}

TEST(SignedNoteTest, ParseFailsForBadShapes) {
  const std::string line = kLine;
  const std::string bad_base64 = "\xe2\x80\x94 alfred AAAABHNpZx==\n";
  const std::string only_id = "\xe2\x80\x94 alfred AAAABA==\n";
  for (const std::string& bad : std::vector<std::string>{
           std::string(),
           std::string("text\n"),
           std::string("text\n\n"),
           "text\n" + line,                                // no empty line
           "text\n\n" + line.substr(0, line.size() - 1),   // no last line feed
           "text\n\n" + line + "\n",                       // an empty line at the end
           "text\n\n" + line + "junk\n",                   //
           "text\n\n- alfred AAAABHNpZw==\n",              // hyphen
           "text\n\n\xe2\x80\x94 AAAABHNpZw==\n",          // no name
           "text\n\n\xe2\x80\x94 a+b AAAABHNpZw==\n",      //
           "text\n\n\xe2\x80\x94  alfred AAAABHNpZw==\n",  // two spaces
           "text\n\n" + bad_base64,
           "text\n\n" + only_id,
           "text\n\n" + line + line,  // one key twice
           "te\txt\n\n" + line,
           "te\rxt\n\n" + line,
           "te\xff\n\n" + line,
           "te\xe2\x80\xaext\n\n" + line,  // right-to-left override
           std::string(16 << 10, 'a') + "\n\n" + line,
       }) {
    EXPECT_THAT(ParseNote(bad), IsRefused("malformed", "signed note")) << bad;
  }
}

TEST(SignedNoteTest, TakesAtMost64Signatures) {
  std::string bytes = "text\n\n";
  for (int i = 0; i < 64; ++i) absl::StrAppend(&bytes, "\xe2\x80\x94 k", i, " AAAABHNpZw==\n");
  EXPECT_OK(ParseNote(bytes));
  EXPECT_THAT(ParseNote(bytes + kLine), IsRefused("malformed", "64"));
}

TEST(SignedNoteTest, ASignatureOfTheSameKeyIsReplaced) {
  ASSERT_OK_AND_ASSIGN(SignedNote note, ParseNote(absl::StrCat("text\n\n", kLine, kOtherLine)));
  NoteSignature newer = note.signatures[0];
  newer.bytes = "new";
  PutSignature(note, newer);
  ASSERT_EQ(note.signatures.size(), 2U);
  EXPECT_EQ(note.signatures[0].name, "ohio");
  EXPECT_EQ(note.signatures[1], newer);
}

TEST(SignedNoteTest, FindNeedsNameAndId) {
  const NoteKey key = CosignKeyOf("alfred");
  SignedNote note{.text = "text\n", .signatures = {{"alfred", key.id(), "sig"}}};
  EXPECT_EQ(FindSignature(note, key), &note.signatures[0]);
  EXPECT_EQ(FindSignature(note, CosignKeyOf("ohio")), nullptr);
  note.signatures[0].key_id[0] = static_cast<char>(note.signatures[0].key_id[0] ^ 1);
  EXPECT_EQ(FindSignature(note, key), nullptr);
}

TEST(SignedNoteTest, SignatureLineReadsBack) {
  ASSERT_OK_AND_ASSIGN(const NoteSignature signature, ParseSignatureLine(kLine));
  EXPECT_EQ(PrintSignatureLine(signature), kLine);
  EXPECT_THAT(ParseSignatureLine(""), IsRefused("malformed", ""));
  EXPECT_THAT(ParseSignatureLine(absl::StrCat(kLine, kLine)), IsRefused("malformed", ""));
}

}  // namespace
}  // namespace perdura::federation::log
