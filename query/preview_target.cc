#include "query/preview_target.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/precision.h"
#include "privacy/int128.h"
#include "privacy/laplace_level.h"
#include "privacy/noise.h"
#include "query/layout.h"

namespace perdura::query {
namespace {

// What a ledger's column holds.
constexpr uint64_t kMostUnits = std::numeric_limits<int64_t>::max();

// The same question at other prices.
class Prices final {
 public:
  Prices(const Plan& plan, const federation::Charter& charter, double expected_n)
      : plan_(plan), charter_(charter), expected_n_(expected_n) {}

  absl::StatusOr<Plan> At(uint64_t units) const {
    const PlanCharge charge{.compartment = plan_.charge().compartment, .units = units};
    const std::string old = absl::StrCat(" charge=", PrintPlanCharge(plan_.charge()), " ");
    const std::string wanted = absl::StrCat(" charge=", PrintPlanCharge(charge), " ");
    return Plan::Parse(absl::StrReplaceAll(plan_.text(), {{old, wanted}}), charter_);
  }

  // Infinite where the charge cannot be offered: it is too small, since LargestCharge can.
  double WidthAt(uint64_t units) const {
    const auto plan = At(units);
    if (!plan.ok()) return std::numeric_limits<double>::infinity();
    const auto preview = PreviewPlan(*plan, charter_, {.expected_n = expected_n_});
    return preview.ok() ? preview->interval_width() : std::numeric_limits<double>::infinity();
  }

 private:
  const Plan& plan_;
  const federation::Charter& charter_;
  double expected_n_;
};

// The largest charge at which a dealer still draws kMinDealerVariance (privacy/noise.h): v - 1 =
// ceil(l2_squared 2^39 / (units h)) > kMinDealerVariance - 2.
absl::StatusOr<uint64_t> LargestCharge(const Plan& plan, const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const Layout layout, Layout::Create(plan, charter));
  const privacy::Uint128 numerator = privacy::Uint128{layout.l2_squared()}
                                     << (privacy::kChargeUnitBits - 1);
  const privacy::Uint128 dealers = static_cast<uint64_t>(charter.quorum().h);
  const privacy::Uint128 units = (numerator - 1) / (dealers * (privacy::kMinDealerVariance - 2));
  return static_cast<uint64_t>(std::min<privacy::Uint128>(units, kMostUnits));
}

// The smallest charge that is precise enough, given that `enough` is. The variance of the noise
// never grows with the charge.
uint64_t SmallestUnits(const Prices& prices, uint64_t enough, double width) {
  uint64_t too_small = 0;
  while (enough - too_small > 1) {
    const uint64_t middle = too_small + (enough - too_small) / 2;
    (prices.WidthAt(middle) <= width ? enough : too_small) = middle;
  }
  return enough;
}

// Of the charges that `flagship` offers, ascending.
std::vector<uint64_t> FlagshipCharges(const federation::Charter& charter) {
  std::vector<uint64_t> charges;
  for (const privacy::LaplaceLevel& level : privacy::LaplaceLevel::All()) {
    charges.push_back(level.units(charter.nodes_per_patient()));
  }
  return charges;
}

}  // namespace

absl::StatusOr<TargetCharge> ChargeForWidth(const Plan& plan, const federation::Charter& charter,
                                            double expected_n, double width) {
  if (!(width > 0 && width < 1)) {
    return absl::InvalidArgumentError("target width: must be above 0 and below 1");
  }
  const Prices prices(plan, charter, expected_n);
  const bool flagship = plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP;
  uint64_t largest = FlagshipCharges(charter).back();
  if (!flagship) {
    PERDURA_ASSIGN_OR_RETURN(largest, LargestCharge(plan, charter));
  }
  PERDURA_ASSIGN_OR_RETURN(const Plan dearest, prices.At(largest));
  PERDURA_ASSIGN_OR_RETURN(const Preview best,
                           PreviewPlan(dearest, charter, {.expected_n = expected_n}));
  TargetCharge target;
  target.smallest_width = best.interval_width();
  target.sampling_width = privacy_design::IntervalWidth(best.sampling_sd * best.sampling_sd);
  if (target.smallest_width > width) return target;
  uint64_t units = largest;
  if (flagship) {
    for (const uint64_t level : FlagshipCharges(charter)) {
      if (level < units && prices.WidthAt(level) <= width) units = level;
    }
  } else {
    units = SmallestUnits(prices, largest, width);
  }
  PERDURA_ASSIGN_OR_RETURN(target.plan, prices.At(units));
  return target;
}

}  // namespace perdura::query
