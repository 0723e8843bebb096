#ifndef PERDURA_TESTS_SUPPORT_MEMORY_TREE_H_
#define PERDURA_TESTS_SUPPORT_MEMORY_TREE_H_

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "crypto/merkle.h"
#include "crypto/merkle_proof.h"

namespace perdura::test_support {

// A Merkle tree in memory, which counts how many subtrees it was asked for.
class MemoryTree final : public crypto::SubtreeSource {
 public:
  // Holds entries "0", "1", ... "size - 1".
  explicit MemoryTree(uint64_t size = 0) {
    for (uint64_t i = 0; i < size; ++i) Append(std::to_string(i));
  }

  void Append(absl::string_view entry) {
    for (crypto::Subtree& subtree : frontier_.Append(crypto::LeafHash(entry))) {
      hashes_[{subtree.level, subtree.index}] = std::move(subtree.hash);
    }
  }
  uint64_t size() const { return frontier_.size(); }
  crypto::Digest Root() const { return frontier_.Root(); }
  crypto::Digest RootAt(uint64_t size) { return *crypto::RootAt(size, *this); }
  crypto::MerkleProof ConsistencyFrom(uint64_t old_size) {
    return *crypto::ConsistencyProof(old_size, size(), *this);
  }

  absl::StatusOr<crypto::Digest> SubtreeHash(int level, uint64_t index) override {
    ++requests_;
    const auto found = hashes_.find({level, index});
    if (found == hashes_.end()) return absl::DataLossError("no such subtree");
    return found->second;
  }
  int requests() const { return requests_; }

 private:
  crypto::Frontier frontier_;
  std::map<std::pair<int, uint64_t>, crypto::Digest> hashes_;
  int requests_ = 0;
};

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_MEMORY_TREE_H_
