#include "federation/log/signed_note.h"

#include <gtest/gtest.h>

#include "crypto/sign.h"
#include "federation/log/note_key.h"
#include "tests/support/shared_data.h"
#include "tests/support/status_matchers.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

using federation::log::NoteKey;
using federation::log::SignedNote;

TEST(SignedNoteVectorTest, VerifierKeyAndNoteOfTheSpecification) {
  const auto file = LoadVectors("signed_note.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  ASSERT_OK_AND_ASSIGN(const NoteKey key, NoteKey::Parse(TextField(*file, "vkey")));
  EXPECT_EQ(key.name(), "example.com/foo");
  EXPECT_EQ(key.ToText(), TextField(*file, "vkey"));
  const std::string bytes = TextField(*file, "note");
  ASSERT_OK_AND_ASSIGN(const SignedNote note, federation::log::ParseNote(bytes));
  EXPECT_EQ(federation::log::PrintNote(note), bytes);
  EXPECT_EQ(note.text, "This is an example message.\n");
  const auto* const signature = federation::log::FindSignature(note, key);
  ASSERT_NE(signature, nullptr);
  EXPECT_TRUE(crypto::Verify(key.public_key(), note.text, signature->bytes));
  EXPECT_FALSE(
      crypto::Verify(key.public_key(), note.text.substr(0, note.text.size() - 1), signature->bytes))
      << "the last line feed is signed too";
}

}  // namespace
}  // namespace perdura::vectors
