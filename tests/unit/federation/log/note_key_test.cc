#include "federation/log/note_key.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/federation/log/test_log.h"

namespace perdura::federation::log {
namespace {

using test_support::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
const std::string kPublicKey(32, 'k');

TEST(NoteKeyTest, IdIsTheHashOfNameTypeAndKey) {
  ASSERT_OK_AND_ASSIGN(const NoteKey key,
                       NoteKey::Create("a/b/1", NoteKeyType::kCheckpoint, kPublicKey));
  EXPECT_EQ(key.id(), crypto::Sha256("a/b/1\n\x01" + kPublicKey).substr(0, 4));
  ASSERT_OK_AND_ASSIGN(const NoteKey cosign,
                       NoteKey::Create("a/b/1", NoteKeyType::kCosignature, kPublicKey));
  EXPECT_EQ(cosign.id(), crypto::Sha256("a/b/1\n\x04" + kPublicKey).substr(0, 4));
}

TEST(NoteKeyTest, TextReadsBack) {
  for (const NoteKey& key : {LogKeyOf(kOrigin), CosignKeyOf("alfred")}) {
    ASSERT_OK_AND_ASSIGN(const NoteKey again, NoteKey::Parse(key.ToText()));
    EXPECT_EQ(again.name(), key.name());
    EXPECT_EQ(again.type(), key.type());
    EXPECT_EQ(again.public_key(), key.public_key());
  }
}

TEST(NoteKeyTest, CreateFailsIfTheNameIsNone) {
  for (const char* name : {"", "a b", "a+b", "a\n", "\xc3\xa9"}) {
    EXPECT_THAT(NoteKey::Create(name, NoteKeyType::kCheckpoint, kPublicKey), StatusIs(kInvalid));
  }
  EXPECT_OK(NoteKey::Create(std::string(128, 'a'), NoteKeyType::kCheckpoint, kPublicKey));
  EXPECT_FALSE(NoteKey::Create(std::string(129, 'a'), NoteKeyType::kCheckpoint, kPublicKey).ok());
}

TEST(NoteKeyTest, CreateFailsUnlessTheKeyHas32Bytes) {
  EXPECT_THAT(NoteKey::Create("a", NoteKeyType::kCheckpoint, kPublicKey.substr(1)),
              StatusIs(kInvalid));
}

TEST(NoteKeyTest, ParseFailsForAnyOtherText) {
  const std::string text = LogKeyOf(kOrigin).ToText();
  std::string wrong_id = text;
  char& digit = wrong_id[text.find('+') + 1];
  digit = digit == '0' ? '1' : '0';
  const std::string unknown_type =
      "a+00000000+" + base::Base64Encode(std::string("\x02", 1) + kPublicKey);
  for (const std::string& bad : std::vector<std::string>{
           std::string(), std::string("a"), std::string("a+b"), std::string("a+b+"), wrong_id,
           text + "A", text + "\n", "x" + text, text.substr(0, text.size() - 4), unknown_type}) {
    EXPECT_THAT(NoteKey::Parse(bad), StatusIs(kInvalid)) << bad;
  }
}

}  // namespace
}  // namespace perdura::federation::log
