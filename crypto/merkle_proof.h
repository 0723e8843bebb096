#ifndef PERDURA_CRYPTO_MERKLE_PROOF_H_
#define PERDURA_CRYPTO_MERKLE_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace perdura::crypto {

// The hashes of a proof, 32 bytes each, the deepest first. At most 64.
using MerkleProof = std::vector<Digest>;

// Where the hashes of a stored tree come from.
class SubtreeSource {
 public:
  virtual ~SubtreeSource() = default;
  // The hash of the complete subtree over leaves [index << level, (index + 1) << level); level 0 is
  // a leaf hash. Returns an error if it is not there.
  virtual absl::StatusOr<Digest> SubtreeHash(int level, uint64_t index) = 0;
};

// Each of these asks for O(log size) subtrees. `size` must not exceed what is stored. They return
// the errors of the source.

// Root of the first `size` leaves; EmptyRoot() for 0.
absl::StatusOr<Digest> RootAt(uint64_t size, SubtreeSource& source);

// That leaf `index` is in the tree over the first `size` leaves: RFC 6962, 2.1.1. Returns
// InvalidArgument unless index < size.
absl::StatusOr<MerkleProof> InclusionProof(uint64_t index, uint64_t size, SubtreeSource& source);

// That the tree over the first `old_size` leaves is a prefix of the one over `size`: RFC 6962,
// 2.1.2. Empty where the sizes are equal. Returns InvalidArgument unless 1 <= old_size <= size.
absl::StatusOr<MerkleProof> ConsistencyProof(uint64_t old_size, uint64_t size,
                                             SubtreeSource& source);

// True where the proof shows that a leaf with hash `leaf_hash` has number `index` in the tree with
// `size` leaves and this root. False, never an error, for anything else: index >= size, a hash that
// has not 32 bytes, a hash too few or too many. Source: RFC 9162, 2.1.3.2.
[[nodiscard]] bool VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash,
                                   const Digest& root, const MerkleProof& proof);

// True where the proof shows that the tree (old_size, old_root) is a prefix of (size, root). Equal
// sizes need equal roots and an empty proof. False for everything else, `old_size` 0 too: nothing
// needs a proof there, and a caller that starts from nothing does not ask. Source: RFC 9162,
// 2.1.4.2.
[[nodiscard]] bool VerifyConsistency(uint64_t old_size, const Digest& old_root, uint64_t size,
                                     const Digest& root, const MerkleProof& proof);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_MERKLE_PROOF_H_
