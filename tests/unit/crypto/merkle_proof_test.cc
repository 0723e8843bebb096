#include "crypto/merkle_proof.h"

#include <gtest/gtest.h>

#include <limits>

#include "crypto/merkle.h"
#include "tests/support/memory_tree.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::MemoryTree;
using test_support::StatusIs;

constexpr uint64_t kSizes = 200;
// Loops over all bits or all wrong indices stop here, so that the test ends within seconds.
constexpr uint64_t kFewSizes = 24;

Digest WithBitFlipped(Digest hash, size_t bit) {
  hash[bit / 8] = static_cast<char>(hash[bit / 8] ^ (1 << bit % 8));
  return hash;
}

Digest LeafOf(uint64_t index) { return LeafHash(std::to_string(index)); }

// The bits of a hash that a test flips: all of them for small trees, one for the others.
std::vector<size_t> BitsToFlip(uint64_t size, uint64_t salt) {
  if (size > kFewSizes) return {(size * 31 + salt * 7) % 256};
  std::vector<size_t> bits(256);
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = i;
  return bits;
}

class MerkleProofTest : public ::testing::Test {
 protected:
  MemoryTree tree_{kSizes};
};

TEST_F(MerkleProofTest, RootAtEverySizeIsThatOfTheTreeThen) {
  MemoryTree growing;
  for (uint64_t size = 0; size <= kSizes; ++size) {
    ASSERT_EQ(tree_.RootAt(size), growing.Root()) << size;
    growing.Append(std::to_string(size));
  }
}

TEST_F(MerkleProofTest, EveryInclusionProofVerifies) {
  int proofs = 0;
  for (uint64_t size = 1; size <= kSizes; ++size) {
    const Digest root = tree_.RootAt(size);
    for (uint64_t index = 0; index < size; ++index, ++proofs) {
      ASSERT_OK_AND_ASSIGN(const MerkleProof proof, InclusionProof(index, size, tree_));
      ASSERT_TRUE(VerifyInclusion(index, size, LeafOf(index), root, proof)) << index << "/" << size;
    }
  }
  EXPECT_EQ(proofs, 20100);
}

TEST_F(MerkleProofTest, EveryConsistencyProofVerifies) {
  int proofs = 0;
  for (uint64_t size = 1; size <= kSizes; ++size) {
    for (uint64_t old_size = 1; old_size <= size; ++old_size, ++proofs) {
      ASSERT_OK_AND_ASSIGN(const MerkleProof proof, ConsistencyProof(old_size, size, tree_));
      ASSERT_TRUE(
          VerifyConsistency(old_size, tree_.RootAt(old_size), size, tree_.RootAt(size), proof))
          << old_size << "/" << size;
    }
  }
  EXPECT_EQ(proofs, 20100);
}

TEST_F(MerkleProofTest, InclusionFailsAfterOneBitIsChanged) {
  for (uint64_t size = 1; size <= kSizes; ++size) {
    const Digest root = tree_.RootAt(size);
    for (uint64_t index = 0; index < size; ++index) {
      const MerkleProof proof = *InclusionProof(index, size, tree_);
      for (const size_t bit : BitsToFlip(size, index)) {
        const Digest leaf = LeafOf(index);
        ASSERT_FALSE(VerifyInclusion(index, size, WithBitFlipped(leaf, bit), root, proof));
        ASSERT_FALSE(VerifyInclusion(index, size, leaf, WithBitFlipped(root, bit), proof));
        for (size_t i = 0; i < proof.size(); ++i) {
          MerkleProof changed = proof;
          changed[i] = WithBitFlipped(proof[i], bit);
          ASSERT_FALSE(VerifyInclusion(index, size, leaf, root, changed)) << index << "/" << size;
        }
      }
    }
  }
}

TEST_F(MerkleProofTest, ConsistencyFailsAfterOneBitIsChanged) {
  for (uint64_t size = 2; size <= kSizes; ++size) {
    const Digest root = tree_.RootAt(size);
    for (uint64_t old_size = 1; old_size < size; ++old_size) {
      const Digest old_root = tree_.RootAt(old_size);
      const MerkleProof proof = *ConsistencyProof(old_size, size, tree_);
      for (const size_t bit : BitsToFlip(size, old_size)) {
        ASSERT_FALSE(VerifyConsistency(old_size, WithBitFlipped(old_root, bit), size, root, proof));
        ASSERT_FALSE(VerifyConsistency(old_size, old_root, size, WithBitFlipped(root, bit), proof));
        for (size_t i = 0; i < proof.size(); ++i) {
          MerkleProof changed = proof;
          changed[i] = WithBitFlipped(proof[i], bit);
          ASSERT_FALSE(VerifyConsistency(old_size, old_root, size, root, changed));
        }
      }
    }
  }
}

TEST_F(MerkleProofTest, InclusionFailsAtEveryOtherIndex) {
  for (uint64_t size = 1; size <= 64; ++size) {
    const Digest root = tree_.RootAt(size);
    for (uint64_t index = 0; index < size; ++index) {
      const MerkleProof proof = *InclusionProof(index, size, tree_);
      for (uint64_t other = 0; other < 2 * size; ++other) {
        ASSERT_EQ(VerifyInclusion(other, size, LeafOf(index), root, proof), other == index);
      }
    }
  }
}

// The sizes too are part of what a proof says, as far as it shows them: the way from a leaf to the
// root has the same shape in some trees of different size, and there the root differs.
TEST_F(MerkleProofTest, ConsistencyFailsForEveryOtherSizeWithItsRoot) {
  constexpr uint64_t kSize = 37;
  for (uint64_t old_size = 1; old_size < kSize; ++old_size) {
    const MerkleProof proof = *ConsistencyProof(old_size, kSize, tree_);
    for (uint64_t other = 1; other <= 64; ++other) {
      ASSERT_EQ(
          VerifyConsistency(old_size, tree_.RootAt(old_size), other, tree_.RootAt(other), proof),
          other == kSize);
      ASSERT_EQ(VerifyConsistency(other, tree_.RootAt(other), kSize, tree_.RootAt(kSize), proof),
                other == old_size);
    }
  }
}

TEST_F(MerkleProofTest, FailsWithAHashTooFewOrTooMany) {
  for (uint64_t size = 2; size <= 64; ++size) {
    const Digest root = tree_.RootAt(size);
    for (uint64_t index = 0; index < size; ++index) {
      MerkleProof shorter = *InclusionProof(index, size, tree_);
      MerkleProof longer = shorter;
      shorter.pop_back();
      longer.push_back(root);
      ASSERT_FALSE(VerifyInclusion(index, size, LeafOf(index), root, shorter));
      ASSERT_FALSE(VerifyInclusion(index, size, LeafOf(index), root, longer));
      longer.pop_back();
      longer.insert(longer.begin(), LeafOf(index));
      ASSERT_FALSE(VerifyInclusion(index, size, LeafOf(index), root, longer));
    }
  }
}

// Two histories that part at entry 100.
TEST_F(MerkleProofTest, AForkIsConsistentOnlyUpToWhereItParts) {
  MemoryTree fork(100);
  while (fork.size() < 150) fork.Append("another");
  for (uint64_t old_size = 1; old_size < 150; ++old_size) {
    ASSERT_EQ(VerifyConsistency(old_size, tree_.RootAt(old_size), 150, fork.RootAt(150),
                                *ConsistencyProof(old_size, 150, fork)),
              old_size <= 100);
  }
}

TEST_F(MerkleProofTest, WorkGrowsWithTheLogarithm) {
  for (uint64_t index = 0; index < kSizes; ++index) {
    const int before = tree_.requests();
    ASSERT_OK(InclusionProof(index, kSizes, tree_));
    ASSERT_OK(ConsistencyProof(index + 1, kSizes, tree_));
    ASSERT_LE(tree_.requests() - before, 4 * 8);
  }
}

TEST_F(MerkleProofTest, ProofsOutsideTheTreeAreRefused) {
  const auto invalid = StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(InclusionProof(5, 5, tree_), invalid);
  EXPECT_THAT(InclusionProof(0, 0, tree_), invalid);
  EXPECT_THAT(ConsistencyProof(0, 5, tree_), invalid);
  EXPECT_THAT(ConsistencyProof(6, 5, tree_), invalid);
  EXPECT_THAT(InclusionProof(0, kSizes + 1, tree_), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(MerkleProofTest, SizesUpToTheLargestIntegerNeitherHangNorVerify) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  const Digest hash = LeafOf(0);
  for (size_t length = 0; length <= 70; ++length) {
    const MerkleProof proof(length, hash);
    EXPECT_FALSE(VerifyInclusion(kMax - 1, kMax, hash, hash, proof));
    EXPECT_FALSE(VerifyInclusion(kMax, kMax, hash, hash, proof));
    EXPECT_FALSE(VerifyInclusion(0, kMax, hash, hash, proof));
    EXPECT_FALSE(VerifyConsistency(1, hash, kMax, hash, proof));
    EXPECT_FALSE(VerifyConsistency(kMax - 1, hash, kMax, hash, proof));
    EXPECT_FALSE(VerifyConsistency(uint64_t{1} << 63, hash, kMax, hash, proof));
  }
  EXPECT_TRUE(VerifyConsistency(kMax, hash, kMax, hash, {}));
}

TEST_F(MerkleProofTest, OldSizeZeroIsRefused) {
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 5, tree_.RootAt(5), {}));
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 0, EmptyRoot(), {}));
}

}  // namespace
}  // namespace perdura::crypto
