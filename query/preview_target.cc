#include "query/preview_target.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "privacy/charge.h"
#include "privacy/design/precision.h"
#include "privacy/int128.h"
#include "privacy/noise.h"
#include "query/layout.h"
#include "query/preview_inputs.h"
#include "query/preview_laws.h"

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
    return AtPrice(plan_, charter_, {plan_.charge().compartment, units});
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

// That of an estimate of which nothing is known.
double WidestInterval(const v1::Endpoint& endpoint) {
  if (endpoint.kind() != v1::TABLE_MOMENT) return 1;
  return static_cast<double>(endpoint.moment().high()) -
         static_cast<double>(endpoint.moment().low());
}

// The first of the ascending charges that is precise enough, given that the last is.
uint64_t SmallestLevel(const Prices& prices, const std::vector<uint64_t>& charges, double width) {
  for (const uint64_t charge : charges) {
    if (prices.WidthAt(charge) <= width) return charge;
  }
  return charges.back();
}

}  // namespace

absl::StatusOr<TargetCharge> ChargeForWidth(const Plan& plan, const federation::Charter& charter,
                                            double expected_n, double width) {
  const double widest = WidestInterval(*charter.FindEndpoint(plan.endpoint()));
  if (!(width > 0 && width < widest)) {
    return absl::InvalidArgumentError(
        absl::StrCat("target width: must be above 0 and below ", widest));
  }
  const Prices prices(plan, charter, expected_n);
  const bool flagship = plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP;
  // The closed list, or every charge up to the largest.
  std::vector<uint64_t> charges;
  if (flagship) {
    PERDURA_ASSIGN_OR_RETURN(charges, FlagshipCharges(plan, charter));
  } else {
    PERDURA_ASSIGN_OR_RETURN(const uint64_t largest, LargestCharge(plan, charter));
    charges.push_back(largest);
  }
  PERDURA_ASSIGN_OR_RETURN(const Plan dearest, prices.At(charges.back()));
  PERDURA_ASSIGN_OR_RETURN(const Preview best,
                           PreviewPlan(dearest, charter, {.expected_n = expected_n}));
  TargetCharge target;
  target.smallest_width = best.interval_width();
  target.sampling_width = privacy_design::IntervalWidth(best.sampling_sd * best.sampling_sd);
  if (target.smallest_width > width) return target;
  const uint64_t units = flagship ? SmallestLevel(prices, charges, width)
                                  : SmallestUnits(prices, charges.back(), width);
  PERDURA_ASSIGN_OR_RETURN(target.plan, prices.At(units));
  return target;
}

}  // namespace perdura::query
