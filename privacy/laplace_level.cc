#include "privacy/laplace_level.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"

namespace perdura::privacy {
namespace {

constexpr uint64_t kUnitsOfAnEighth = uint64_t{1} << (kChargeUnitBits - 3);
// Keeps 16 eighths of the largest sensitivity within 64 bits.
constexpr uint64_t kMaxL1 = uint64_t{1} << 20;

std::string EpsilonText(uint64_t eighths) {
  uint64_t denominator = 8;
  while (denominator > 1 && eighths % 2 == 0) {
    eighths /= 2;
    denominator /= 2;
  }
  return denominator == 1 ? absl::StrCat(eighths) : absl::StrCat(eighths, "/", denominator);
}

}  // namespace

constexpr LaplaceLevel LaplaceLevel::kAll[] = {
    {1, 3790295336, 2354373897654}, {2, 3344923894, 1658823902049}, {4, 2605029348, 1025571812626},
    {6, 2028798896, 702976569194},  {8, 1580030169, 504318655846},  {12, 958336741, 277607399534},
    {16, 581260616, 159883787912},
};

std::span<const LaplaceLevel> LaplaceLevel::All() { return kAll; }

absl::StatusOr<LaplaceLevel> LaplaceLevel::ForCharge(Charge epsilon, uint64_t l1) {
  if (l1 < 1 || l1 > kMaxL1) return absl::InvalidArgumentError("l1: must be from 1 to 2^20");
  for (const LaplaceLevel& level : kAll) {
    if (level.units(l1) == epsilon.units()) return level;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("epsilon: must be one of ",
                   absl::StrJoin(kAll, ", ", [l1](std::string* out, const LaplaceLevel& level) {
                     out->append(EpsilonText(level.eighths() * l1));
                   })));
}

absl::StatusOr<LaplaceLevel> LaplaceLevel::ForParameter(uint64_t numerator, uint64_t denominator) {
  for (const LaplaceLevel& level : kAll) {
    if (level.p_numerator_ == numerator && denominator == kLaplaceDenominator) return level;
  }
  return absl::InvalidArgumentError("parameter: is not P / 2^32 of a level on the list");
}

uint64_t LaplaceLevel::units(uint64_t l1) const {
  PERDURA_CHECK(l1 >= 1 && l1 <= kMaxL1);
  return eighths_ * l1 * kUnitsOfAnEighth;
}

}  // namespace perdura::privacy
