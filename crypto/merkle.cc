#include "crypto/merkle.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace perdura::crypto {
namespace {

constexpr absl::string_view kLeafPrefix("\x00", 1);
constexpr absl::string_view kInnerPrefix("\x01", 1);

}  // namespace

Digest LeafHash(absl::string_view entry) { return Sha256(absl::StrCat(kLeafPrefix, entry)); }

Digest InnerHash(absl::string_view left, absl::string_view right) {
  return Sha256(absl::StrCat(kInnerPrefix, left, right));
}

Digest EmptyRoot() { return Sha256(""); }

absl::StatusOr<Frontier> Frontier::Parse(uint64_t size, absl::string_view bytes) {
  Frontier frontier;
  frontier.size_ = size;
  if (bytes.size() != static_cast<size_t>(std::popcount(size)) * kDigestSize) {
    return absl::DataLossError("frontier: not one hash for each set bit of the size");
  }
  PERDURA_ASSIGN_OR_RETURN(frontier.hashes_, SplitDigests(bytes));
  return frontier;
}

Digest Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Digest root = hashes_.back();
  for (size_t i = hashes_.size() - 1; i > 0; --i) root = InnerHash(hashes_[i - 1], root);
  return root;
}

std::string Frontier::Bytes() const { return JoinDigests(hashes_); }

std::vector<Subtree> Frontier::Append(const Digest& leaf_hash) {
  std::vector<Subtree> completed = {{.level = 0, .index = size_, .hash = leaf_hash}};
  // Each trailing set bit of the old size is a complete subtree that the new one joins.
  for (uint64_t rest = size_; rest % 2 == 1; rest /= 2) {
    const Subtree& right = completed.back();
    completed.push_back({.level = right.level + 1,
                         .index = right.index / 2,
                         .hash = InnerHash(hashes_.back(), right.hash)});
    hashes_.pop_back();
  }
  hashes_.push_back(completed.back().hash);
  ++size_;
  return completed;
}

std::string JoinDigests(std::span<const Digest> digests) {
  std::string bytes;
  bytes.reserve(digests.size() * kDigestSize);
  for (const Digest& digest : digests) bytes += digest;
  return bytes;
}

absl::StatusOr<std::vector<Digest>> SplitDigests(absl::string_view bytes) {
  if (bytes.size() % kDigestSize != 0) {
    return absl::InvalidArgumentError("hashes: not a multiple of 32 bytes");
  }
  std::vector<Digest> digests;
  for (size_t at = 0; at < bytes.size(); at += kDigestSize) {
    digests.emplace_back(bytes.substr(at, kDigestSize));
  }
  return digests;
}

}  // namespace perdura::crypto
