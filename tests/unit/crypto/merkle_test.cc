#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include <array>

#include "base/bytes.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using base::HexEncode;
using test_support::StatusIs;

// The definition of RFC 6962, 2.1, as it is written there: slow, over a list of entries.
Digest DefinedRoot(std::span<const std::string> entries) {
  if (entries.empty()) return Sha256("");
  if (entries.size() == 1) return LeafHash(entries[0]);
  size_t split = 1;
  while (split * 2 < entries.size()) split *= 2;
  return InnerHash(DefinedRoot(entries.first(split)), DefinedRoot(entries.subspan(split)));
}

TEST(MerkleTest, HashesOfEmptyTreeAndEmptyLeaf) {
  EXPECT_EQ(HexEncode(EmptyRoot()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(LeafHash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(Frontier().Root(), EmptyRoot());
}

// The eight entries that the field's tests use; the root was computed by two programs.
TEST(MerkleTest, RootOfEightLeaves) {
  const std::array<const char*, 8> entries = {"",
                                              "00",
                                              "10",
                                              "2021",
                                              "3031",
                                              "40414243",
                                              "5051525354555657",
                                              "606162636465666768696a6b6c6d6e6f"};
  Frontier frontier;
  for (const char* hex : entries) frontier.Append(LeafHash(*base::HexDecode(hex)));
  EXPECT_EQ(HexEncode(frontier.Root()),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTest, FrontierGivesTheDefinedRootOfEverySizeUpTo200) {
  std::vector<std::string> entries;
  Frontier frontier;
  for (int i = 0; i < 200; ++i) {
    entries.push_back(std::to_string(i));
    frontier.Append(LeafHash(entries.back()));
    ASSERT_EQ(frontier.Root(), DefinedRoot(entries)) << entries.size() << " leaves";
    ASSERT_EQ(frontier.size(), entries.size());
  }
}

TEST(MerkleTest, LeafThreeCompletesThreeSubtrees) {
  Frontier frontier;
  for (const char* entry : {"0", "1", "2"}) frontier.Append(LeafHash(entry));
  const std::vector<Subtree> completed = frontier.Append(LeafHash("3"));
  ASSERT_EQ(completed.size(), 3U);
  const Digest right = InnerHash(LeafHash("2"), LeafHash("3"));
  EXPECT_EQ(completed[0].hash, LeafHash("3"));
  EXPECT_EQ(completed[0].index, 3U);
  EXPECT_EQ(completed[1].level, 1);
  EXPECT_EQ(completed[1].index, 1U);
  EXPECT_EQ(completed[1].hash, right);
  EXPECT_EQ(completed[2].level, 2);
  EXPECT_EQ(completed[2].index, 0U);
  EXPECT_EQ(completed[2].hash, InnerHash(InnerHash(LeafHash("0"), LeafHash("1")), right));
}

TEST(MerkleTest, FrontierReadBackGoesOn) {
  Frontier whole;
  Frontier resumed;
  for (int i = 0; i < 70; ++i) {
    const Digest leaf = LeafHash(std::to_string(i));
    whole.Append(leaf);
    ASSERT_OK_AND_ASSIGN(resumed, Frontier::Parse(resumed.size(), resumed.Bytes()));
    resumed.Append(leaf);
    ASSERT_EQ(resumed.Bytes(), whole.Bytes());
  }
  EXPECT_EQ(resumed.Root(), whole.Root());
}

TEST(MerkleTest, ParseFailsUnlessOneHashForEachSetBit) {
  const Digest hash = Sha256("x");
  EXPECT_OK(Frontier::Parse(4, hash));
  EXPECT_THAT(Frontier::Parse(5, hash), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Frontier::Parse(4, hash + hash), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Frontier::Parse(4, hash.substr(1)), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Frontier::Parse(0, hash), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(MerkleTest, DigestsJoinAndSplit) {
  const std::vector<Digest> digests = {Sha256("a"), Sha256("b")};
  const std::string bytes = JoinDigests(digests);
  EXPECT_EQ(bytes.size(), 64U);
  EXPECT_EQ(*SplitDigests(bytes), digests);
  EXPECT_TRUE(SplitDigests("")->empty());
  EXPECT_THAT(SplitDigests(bytes.substr(1)), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Where one part of a tree may stand for another, one root would have two meanings.
TEST(MerkleTest, AnInnerNodeIsNoLeaf) {
  const Digest left = LeafHash("0");
  const Digest right = LeafHash("1");
  EXPECT_NE(LeafHash(left + right), InnerHash(left, right));
}

}  // namespace
}  // namespace perdura::crypto
