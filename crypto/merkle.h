#ifndef PERDURA_CRYPTO_MERKLE_H_
#define PERDURA_CRYPTO_MERKLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/hash.h"

namespace perdura::crypto {

// The Merkle tree of an append-only log. Source: RFC 6962, section 2.1.
// A tree over n leaves splits at the largest power of two below n; a subtree is *complete* where it
// has 2^level leaves and starts at a multiple of that.

// SHA-256(0x00 || entry) and SHA-256(0x01 || left || right): no entry passes for an inner node.
Digest LeafHash(absl::string_view entry);
Digest InnerHash(absl::string_view left, absl::string_view right);

// Root of the tree without leaves: SHA-256 of no bytes.
Digest EmptyRoot();

// 2^level leaves; the `index`-th such subtree from the left, so leaves [index << level, (index + 1)
// << level).
struct Subtree {
  int level = 0;
  uint64_t index = 0;
  Digest hash;
};

// All that is needed to append to a tree: the hashes of the complete subtrees that its leaves fall
// into, largest and leftmost first. One for each bit of the size that is set, so 64 at most.
// Thread-compatible value.
class Frontier final {
 public:
  // Of the empty tree.
  Frontier() = default;
  // Reads Bytes() of a tree with `size` leaves. Returns DataLoss unless there is one hash for each
  // set bit of `size`.
  static absl::StatusOr<Frontier> Parse(uint64_t size, absl::string_view bytes);

  uint64_t size() const { return size_; }
  Digest Root() const;
  // The hashes, one after the other.
  std::string Bytes() const;

  // Adds a leaf. Returns the subtrees that it completes, the leaf itself (level 0) first: appending
  // leaf 3 completes leaf 3, leaves [2, 4) and leaves [0, 4).
  std::vector<Subtree> Append(const Digest& leaf_hash);

 private:
  uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

// Hashes side by side, and back. Returns InvalidArgument unless the bytes are a multiple of 32.
std::string JoinDigests(std::span<const Digest> digests);
absl::StatusOr<std::vector<Digest>> SplitDigests(absl::string_view bytes);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_MERKLE_H_
