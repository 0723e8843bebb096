#include "crypto/degree_check.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/shamir.h"

namespace perdura::crypto {
namespace {

using StewardSet = uint32_t;  // bit i: list i

// sum over k of r^(k+1) values[k], by Horner.
Field64 LinearForm(std::span<const Field64> values, Field64 r) {
  Field64 form;
  for (size_t k = values.size(); k-- > 0;) form = (form + values[k]) * r;
  return form;
}

// One point for each steward: a coordinate for each sender, and at last the sum of the uniform
// elements' shares, as the check values and the partial sum give it: off where a steward's sum is
// not that of the shares which it vouches for, or where a sender's uniform element is off.
std::vector<PartialSum> PointsOf(std::span<const PublishedChecks> lists, Field64 r) {
  std::vector<PartialSum> points;
  for (const PublishedChecks& list : lists) {
    PartialSum point{list.steward, list.values};
    Field64 masks = -LinearForm(list.sum, r);
    for (const Field64 value : list.values) masks += value;
    point.values.push_back(masks);
    points.push_back(std::move(point));
  }
  return points;
}

std::vector<PartialSum> Without(const std::vector<PartialSum>& points, StewardSet blamed) {
  std::vector<PartialSum> rest;
  for (size_t i = 0; i < points.size(); ++i) {
    if ((blamed >> i & 1) == 0) rest.push_back(points[i]);
  }
  return rest;
}

// Stewards that are blamed, and the senders that must then be guilty too.
struct Explanation {
  StewardSet stewards = 0;
  std::vector<size_t> senders;
  size_t size() const { return static_cast<size_t>(std::popcount(stewards)) + senders.size(); }
};

class Search final {
 public:
  Search(std::vector<PartialSum> points, int t) : points_(std::move(points)), t_(t) {}

  // Blames 0, 1, ... t - 1 stewards, as long as that can be as small as the best so far.
  absl::StatusOr<std::vector<Explanation>> Smallest() {
    for (int blamed = 0; blamed < t_; ++blamed) {
      if (!best_.empty() && static_cast<size_t>(blamed) > best_.front().size()) break;
      const StewardSet end = StewardSet{1} << points_.size();
      for (StewardSet stewards = 0; stewards < end; ++stewards) {
        if (std::popcount(stewards) == blamed) PERDURA_RETURN_IF_ERROR(Consider(stewards));
      }
    }
    return std::move(best_);
  }

 private:
  absl::Status Consider(StewardSet stewards) {
    const size_t masks = points_.front().values.size() - 1;
    PERDURA_ASSIGN_OR_RETURN(std::vector<size_t> off,
                             OffPolynomial(Without(points_, stewards), t_));
    const bool masks_off = !off.empty() && off.back() == masks;
    if (masks_off) off.pop_back();
    // A guilty sender may have broken the masks too; without one, only a steward's sum can have.
    if (masks_off && off.empty()) return absl::OkStatus();
    Keep({stewards, std::move(off)});
    return absl::OkStatus();
  }

  void Keep(Explanation explanation) {
    if (!best_.empty() && explanation.size() > best_.front().size()) return;
    if (!best_.empty() && explanation.size() < best_.front().size()) best_.clear();
    best_.push_back(std::move(explanation));
  }

  const std::vector<PartialSum> points_;
  const int t_;
  std::vector<Explanation> best_;
};

absl::Status CheckLengths(std::span<const PublishedChecks> lists, int t) {
  if (t < 2 || t > 15) return absl::InvalidArgumentError("t must be 2 to 15");
  if (static_cast<int>(lists.size()) <= t) {
    return absl::InvalidArgumentError("at least t + 1 lists are needed");
  }
  for (const PublishedChecks& list : lists) {
    if (list.sum.size() != lists[0].sum.size()) {
      return absl::InvalidArgumentError("partial sums of unequal lengths");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Field64 DegreePoint(absl::string_view commit_id) {
  const Digest digest = Sha256(base::Text({"perdura/v1/degree", base::HexEncode(commit_id)}));
  const auto* bytes = reinterpret_cast<const uint8_t*>(digest.data());
  const Field64 shift = Field64::Reduce(Wide128{1} << 64);
  Field64 point;
  for (size_t at = digest.size(); at > 0; at -= 8) {
    point = point * shift + Field64::Reduce(LoadLittleEndian64(bytes + at - 8));
  }
  return point;
}

Field64 CheckValue(std::span<const Field64> share, Field64 r) {
  return LinearForm(share.first(share.size() - 1), r) + share.back();
}

absl::StatusOr<Suspicion> FindSuspects(std::span<const PublishedChecks> lists, Field64 r, int t) {
  PERDURA_RETURN_IF_ERROR(CheckLengths(lists, t));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<Explanation> smallest,
                           Search(PointsOf(lists, r), t).Smallest());
  std::set<size_t> senders;
  std::set<int> stewards;
  for (const Explanation& explanation : smallest) {
    senders.insert(explanation.senders.begin(), explanation.senders.end());
    for (size_t i = 0; i < lists.size(); ++i) {
      if (explanation.stewards >> i & 1) stewards.insert(lists[i].steward);
    }
  }
  return Suspicion{.senders = {senders.begin(), senders.end()},
                   .stewards = {stewards.begin(), stewards.end()},
                   .certain = smallest.size() == 1};
}

}  // namespace perdura::crypto
