#include "crypto/merkle_proof.h"

#include <algorithm>
#include <bit>

#include "base/status_macros.h"
#include "crypto/merkle.h"

namespace perdura::crypto {
namespace {

// The root over leaves [low, high), low < high, where `low` is a multiple of the smallest power of
// two >= high - low: its complete subtrees, joined from the right.
absl::StatusOr<Digest> RangeHash(uint64_t low, uint64_t high, SubtreeSource& source) {
  std::vector<Digest> parts;
  while (low < high) {
    const int level = std::countr_zero(std::bit_floor(high - low));
    PERDURA_ASSIGN_OR_RETURN(Digest part, source.SubtreeHash(level, low >> level));
    parts.push_back(std::move(part));
    low += uint64_t{1} << level;
  }
  Digest hash = std::move(parts.back());
  for (size_t i = parts.size() - 1; i > 0; --i) hash = InnerHash(parts[i - 1], hash);
  return hash;
}

// Where the tree over [low, high), high - low > 1, splits: at the largest power of two below its
// size.
uint64_t SplitOf(uint64_t low, uint64_t high) { return low + std::bit_floor(high - low - 1); }

bool AllDigests(const MerkleProof& proof) {
  return std::all_of(proof.begin(), proof.end(),
                     [](const Digest& hash) { return hash.size() == kDigestSize; });
}

// The way from a leaf to the root: `node` is the index of the node on its level, `last` that of the
// level's last one.
struct Climb {
  uint64_t node;
  uint64_t last;

  // True where the next sibling stands at the left: `node` is a right child, or the last node of
  // its level, which has no right sibling.
  bool SiblingIsLeft() const { return node % 2 == 1 || node == last; }
  void Up() {
    node >>= 1;
    last >>= 1;
  }
  // After a left sibling: a last node without sibling moves up unchanged until it is a right child.
  void SkipLevelsWithoutSibling() {
    while (node % 2 == 0 && node != 0) Up();
  }
};

}  // namespace

absl::StatusOr<Digest> RootAt(uint64_t size, SubtreeSource& source) {
  if (size == 0) return EmptyRoot();
  return RangeHash(0, size, source);
}

absl::StatusOr<MerkleProof> InclusionProof(uint64_t index, uint64_t size, SubtreeSource& source) {
  if (index >= size) return absl::InvalidArgumentError("index: must be below the size");
  MerkleProof proof;
  uint64_t low = 0;
  uint64_t high = size;
  while (high - low > 1) {
    const uint64_t split = SplitOf(low, high);
    const bool goes_left = index < split;
    PERDURA_ASSIGN_OR_RETURN(
        Digest sibling, goes_left ? RangeHash(split, high, source) : RangeHash(low, split, source));
    proof.push_back(std::move(sibling));
    (goes_left ? high : low) = split;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

absl::StatusOr<MerkleProof> ConsistencyProof(uint64_t old_size, uint64_t size,
                                             SubtreeSource& source) {
  if (old_size == 0 || old_size > size) {
    return absl::InvalidArgumentError("old size: must be in [1, size]");
  }
  MerkleProof proof;
  uint64_t low = 0;
  uint64_t high = size;
  while (high != old_size) {
    const uint64_t split = SplitOf(low, high);
    const bool goes_left = old_size <= split;
    PERDURA_ASSIGN_OR_RETURN(
        Digest sibling, goes_left ? RangeHash(split, high, source) : RangeHash(low, split, source));
    proof.push_back(std::move(sibling));
    (goes_left ? high : low) = split;
  }
  // The verifier knows the old root, so it needs this hash only where it is not the whole old tree.
  if (low != 0) {
    PERDURA_ASSIGN_OR_RETURN(Digest shared, RangeHash(low, high, source));
    proof.push_back(std::move(shared));
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash, const Digest& root,
                     const MerkleProof& proof) {
  if (index >= size || leaf_hash.size() != kDigestSize || !AllDigests(proof)) return false;
  Climb climb{.node = index, .last = size - 1};
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (climb.last == 0) return false;
    if (climb.SiblingIsLeft()) {
      hash = InnerHash(sibling, hash);
      climb.SkipLevelsWithoutSibling();
    } else {
      hash = InnerHash(hash, sibling);
    }
    climb.Up();
  }
  return climb.last == 0 && hash == root;
}

bool VerifyConsistency(uint64_t old_size, const Digest& old_root, uint64_t size, const Digest& root,
                       const MerkleProof& proof) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (proof.empty() || !AllDigests(proof)) return false;
  // The climb starts at the largest complete subtree that ends where the old tree ends.
  const int start_level = std::countr_zero(old_size);
  Climb climb{.node = (old_size - 1) >> start_level, .last = (size - 1) >> start_level};
  const bool starts_at_old_root = std::has_single_bit(old_size);
  Digest old_hash = starts_at_old_root ? old_root : proof.front();
  Digest hash = old_hash;
  for (size_t i = starts_at_old_root ? 0 : 1; i < proof.size(); ++i) {
    if (climb.last == 0) return false;
    if (climb.SiblingIsLeft()) {
      old_hash = InnerHash(proof[i], old_hash);
      hash = InnerHash(proof[i], hash);
      climb.SkipLevelsWithoutSibling();
    } else {
      hash = InnerHash(hash, proof[i]);
    }
    climb.Up();
  }
  return climb.last == 0 && old_hash == old_root && hash == root;
}

}  // namespace perdura::crypto
