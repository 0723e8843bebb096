#include "registry-node/keys/pair_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/files.h"
#include "base/key_text.h"
#include "registry-node/node_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::registry_node {
namespace {

using test_support::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Not;
using ::testing::NotNull;

const std::string kSecretText = base::PrintKey(base::KeyKind::kPairSecret, std::string(32, '\xaa'));

crypto::SecretBytes Bytes32(char c) { return crypto::SecretBytes(std::string(32, c)); }

TEST(PairSecretsTest, FindsTheSecretOfItsPairOnlyInItsDirection) {
  PairSecrets secrets;
  ASSERT_OK(secrets.Add("node-a", "steward-b", Bytes32('x')));
  const crypto::HpkePsk* psk = secrets.Find("node-a", "steward-b");
  ASSERT_THAT(psk, NotNull());
  EXPECT_EQ(psk->id, "perdura/v1/psk\nnode-a\nsteward-b\n");
  EXPECT_EQ(psk->key.view(), std::string(32, 'x'));
  EXPECT_THAT(secrets.Find("steward-b", "node-a"), IsNull());
  EXPECT_THAT(secrets.Find("node-a", "node-a"), IsNull());
}

TEST(PairSecretsTest, SecondSecretOfAPairFails) {
  PairSecrets secrets;
  ASSERT_OK(secrets.Add("a", "b", Bytes32('x')));
  EXPECT_THAT(secrets.Add("a", "b", Bytes32('y')), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST(PairSecretsTest, ShortSecretFails) {
  EXPECT_THAT(PairSecrets().Add("a", "b", crypto::SecretBytes(std::string(31, 'x'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("32 bytes")));
}

TEST(PairSecretsTest, NameWithAnotherLetterFails) {
  EXPECT_THAT(PairSecrets().Add("A", "b", Bytes32('x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ReadPairSecretsTest, ReadsEveryPskFileOfTheFolder) {
  const test_support::TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(folder.File("ohio@alfred.psk"), kSecretText));
  ASSERT_OK(base::WriteFileAtomic(folder.File("notes.txt"), "not a secret\n"));
  const auto secrets = ReadPairSecrets(folder.path());
  ASSERT_OK(secrets);
  ASSERT_THAT(secrets->Find("ohio", "alfred"), NotNull());
  EXPECT_EQ(secrets->Find("ohio", "alfred")->key.view(), std::string(32, '\xaa'));
}

TEST(ReadPairSecretsTest, SigningKeyIsNoSecretOfAPair) {
  const test_support::TempFolder folder;
  ASSERT_OK(
      base::WriteFileAtomic(folder.File("ohio@alfred.psk"),
                            base::PrintKey(base::KeyKind::kSecretKey, std::string(32, '\xaa'))));
  EXPECT_THAT(ReadPairSecrets(folder.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ohio@alfred.psk")));
}

TEST(ReadPairSecretsTest, NoFolderGivesNone) {
  const auto secrets = ReadPairSecrets("");
  ASSERT_OK(secrets);
  EXPECT_THAT(secrets->Find("ohio", "alfred"), IsNull());
}

TEST(ReadPairSecretsTest, AbsentFolderFails) {
  const test_support::TempFolder folder;
  EXPECT_FALSE(ReadPairSecrets(folder.File("absent")).ok());
}

TEST(ReadPairSecretsTest, FileThatOthersMayReadFailsByName) {
  const test_support::TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(folder.File("ohio@alfred.psk"), kSecretText, 0640));
  EXPECT_THAT(ReadPairSecrets(folder.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("ohio@alfred.psk")));
}

TEST(ReadPairSecretsTest, FileNamedOtherwiseFailsWithoutShowingTheSecret) {
  const test_support::TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(folder.File("ohio.psk"), kSecretText));
  EXPECT_THAT(ReadPairSecrets(folder.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("NODE@STEWARD.psk")));
  EXPECT_THAT(ReadPairSecrets(folder.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("aaa"))));
}

}  // namespace
}  // namespace perdura::registry_node
