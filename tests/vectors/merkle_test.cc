#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/merkle_proof.h"
#include "tests/support/shared_data.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

std::string Base64Field(const rapidjson::Value& object, const char* key) {
  const auto bytes = base::Base64Decode(TextField(object, key));
  PERDURA_CHECK(bytes.ok());
  return *bytes;
}

crypto::MerkleProof ProofField(const rapidjson::Value& object) {
  crypto::MerkleProof proof;
  if (!object["proof"].IsArray()) return proof;
  for (const auto& hash : object["proof"].GetArray()) {
    const auto bytes = base::Base64Decode(hash.GetString());
    PERDURA_CHECK(bytes.ok());
    proof.push_back(*bytes);
  }
  return proof;
}

struct Tally {
  int good = 0;
  int bad = 0;
  void Count(bool want) { ++(want ? good : bad); }
};

TEST(MerkleVectorTest, RootsOfSizesZeroToEight) {
  const auto file = LoadVectors("merkle_roots.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  const auto roots = (*file)["roots_hex_by_size"].GetArray();
  ASSERT_EQ(roots.Size(), 9U);
  crypto::Frontier frontier;
  for (rapidjson::SizeType i = 0; i < 8; ++i) {
    EXPECT_EQ(base::HexEncode(frontier.Root()), roots[i].GetString());
    const auto entry = base::HexDecode((*file)["entries_hex"][i].GetString());
    ASSERT_TRUE(entry.ok());
    EXPECT_EQ(base::HexEncode(crypto::LeafHash(*entry)), (*file)["leaf_hashes_hex"][i].GetString());
    frontier.Append(crypto::LeafHash(*entry));
  }
  EXPECT_EQ(base::HexEncode(frontier.Root()), roots[8].GetString());
}

TEST(MerkleVectorTest, VerifyInclusionAgreesWithEveryCase) {
  const auto file = LoadVectors("merkle_inclusion.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  Tally tally;
  for (const auto& test : (*file)["tests"].GetArray()) {
    const bool want = !test["wantErr"].GetBool();
    EXPECT_EQ(crypto::VerifyInclusion(test["leafIdx"].GetUint64(), test["treeSize"].GetUint64(),
                                      Base64Field(test, "leafHash"), Base64Field(test, "root"),
                                      ProofField(test)),
              want)
        << TextField(test, "file");
    tally.Count(want);
  }
  EXPECT_EQ(tally.good, 6);
  EXPECT_EQ(tally.bad, 92);
}

TEST(MerkleVectorTest, VerifyConsistencyAgreesWithEveryCase) {
  const auto file = LoadVectors("merkle_consistency.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  Tally tally;
  for (const auto& test : (*file)["tests"].GetArray()) {
    const bool want = !test["wantErr"].GetBool();
    EXPECT_EQ(crypto::VerifyConsistency(test["size1"].GetUint64(), Base64Field(test, "root1"),
                                        test["size2"].GetUint64(), Base64Field(test, "root2"),
                                        ProofField(test)),
              want)
        << TextField(test, "file");
    tally.Count(want);
  }
  EXPECT_EQ(tally.good, 6);
  EXPECT_EQ(tally.bad, 92);
}

}  // namespace
}  // namespace perdura::vectors
