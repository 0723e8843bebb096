#include "federation/log/checkpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/merkle.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

const std::string kRoot(32, 'r');
const std::string kRootText = base::Base64Encode(kRoot);

TEST(LogOriginTest, ReadsBack) {
  ASSERT_OK_AND_ASSIGN(const LogOrigin origin, LogOrigin::Parse("transplant/st-vincent/12"));
  EXPECT_EQ(origin.federation, "transplant");
  EXPECT_EQ(origin.party, "st-vincent");
  EXPECT_EQ(origin.generation, 12U);
  EXPECT_EQ(origin.ToText(), "transplant/st-vincent/12");
}

TEST(LogOriginTest, ParseFailsForAnythingElse) {
  for (const char* bad : {"", "a", "a/b", "a/b/0", "a/b/01", "a/b/-1", "a/b/x", "a/b/1/2", "/b/1",
                          "a//1", "A/b/1", "a/b/1 ", "a/b/18446744073709551616"}) {
    EXPECT_THAT(LogOrigin::Parse(bad), IsRefused("malformed", "origin")) << bad;
  }
}

TEST(CheckpointTest, TextHasThreeLinesAndReadsBack) {
  const Checkpoint checkpoint{.origin = kOrigin, .size = kMaxLogSize, .root = kRoot};
  const std::string text = PrintCheckpoint(checkpoint);
  EXPECT_EQ(text, "transplant/aggregator/1\n9007199254740992\n" + kRootText + "\n");
  ASSERT_OK_AND_ASSIGN(const Checkpoint again, ParseCheckpoint(text));
  EXPECT_EQ(again, checkpoint);
}

TEST(CheckpointTest, ParseFailsForAnythingElse) {
  const std::string origin = std::string(kOrigin) + "\n";
  const std::string root = kRootText + "\n";
  for (const std::string& bad : std::vector<std::string>{
           std::string(),
           origin + "5\n" + kRootText,        // no last line feed
           origin + "5\n" + root + "more\n",  // extension line
           origin + "5\n" + root + "\n",      //
           origin + "0\n" + root,             // an empty log is not signed
           origin + "05\n" + root,            //
           origin + "+5\n" + root,            //
           origin + "18446744073709551616\n" + root,
           origin + "9223372036854775808\n" + root,  // 2^63: no store holds it
           origin + "9007199254740993\n" + root,     // 2^53 + 1
           origin + "5\n" + root.substr(4),          // 29 bytes
           origin + "5\nnot base64\n",
           "a/b\n5\n" + root,
       }) {
    EXPECT_THAT(ParseCheckpoint(bad), IsRefused("malformed", "checkpoint")) << bad;
  }
}

class SignedCheckpointTest : public ::testing::Test {
 protected:
  const Checkpoint checkpoint_{.origin = kOrigin, .size = 5, .root = kRoot};
  const SignedCheckpoint signed_ = SignCheckpoint(checkpoint_, LogSecret(kOrigin));
  const std::string note_ = PrintNote(signed_.note);
};

TEST_F(SignedCheckpointTest, OpensUnderTheLogsKey) {
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint opened, OpenCheckpoint(note_, LogKeyOf(kOrigin)));
  EXPECT_EQ(opened.checkpoint, checkpoint_);
  EXPECT_EQ(PrintNote(opened.note), note_);
}

TEST_F(SignedCheckpointTest, KeepsSignaturesOfOthersUnread) {
  const std::string cosigned = note_ + "\xe2\x80\x94 stranger AAAABHNpZw==\n";
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint opened, OpenCheckpoint(cosigned, LogKeyOf(kOrigin)));
  EXPECT_EQ(opened.note.signatures.size(), 2U);
}

TEST_F(SignedCheckpointTest, OpenFailsForAnotherLogOrAnotherKey) {
  EXPECT_THAT(OpenCheckpoint(note_, LogKeyOf(OriginOf("ohio"))),
              IsRefused("bad_signature", "another log"));
  ASSERT_OK_AND_ASSIGN(
      const NoteKey other_key,
      NoteKey::Create(kOrigin, NoteKeyType::kCheckpoint, LogSecret(OriginOf("ohio")).public_key()));
  EXPECT_THAT(OpenCheckpoint(note_, other_key), IsRefused("bad_signature", "has not signed"));
}

TEST_F(SignedCheckpointTest, OpenFailsAfterAnyChangeOfTheText) {
  const size_t text_bytes = signed_.note.text.size();
  for (size_t i = 0; i < text_bytes; ++i) {
    std::string changed = note_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(OpenCheckpoint(changed, LogKeyOf(kOrigin)).ok()) << "byte " << i;
  }
}

TEST_F(SignedCheckpointTest, OpenFailsIfTheSignatureIsWrong) {
  SignedNote changed = signed_.note;
  changed.signatures[0].bytes[10] = static_cast<char>(changed.signatures[0].bytes[10] ^ 4);
  EXPECT_THAT(OpenCheckpoint(PrintNote(changed), LogKeyOf(kOrigin)),
              IsRefused("bad_signature", "wrong"));
  changed.signatures[0].bytes.pop_back();
  EXPECT_THAT(OpenCheckpoint(PrintNote(changed), LogKeyOf(kOrigin)),
              IsRefused("bad_signature", "wrong"));
}

}  // namespace
}  // namespace perdura::federation::log
