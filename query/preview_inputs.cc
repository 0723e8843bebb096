#include "query/preview_inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "privacy/charge.h"

namespace perdura::query {

absl::StatusOr<double> ExpectedN(const Plan& plan, const federation::Charter& charter,
                                 double stated) {
  if (stated > 0 && std::isfinite(stated)) return stated;
  if (stated != 0) return absl::InvalidArgumentError("expected_n: must be above 0");
  double planned = 0;
  for (const std::string& product : plan.products()) {
    planned += charter.FindProduct(product)->planned_patients();
  }
  if (planned == 0) {
    return absl::InvalidArgumentError(
        "expected_n: the charter plans no number of patients for these products; state one");
  }
  const size_t groups = std::max<size_t>(1, plan.groups().categories.size());
  return planned / static_cast<double>(groups);
}

const v1::Strategy* GaussianRecord(const Plan& plan, const federation::Charter& charter) {
  if (plan.strategy() != kIdentityStrategy) return charter.FindStrategyRecord(plan.strategy());
  const int causes = charter.FindEndpoint(plan.endpoint())->causes_size();
  return charter.StrategyFor(plan.grid(), static_cast<uint32_t>(causes));
}

privacy_design::Cohort PriorFor(const Plan& plan, const federation::Charter& charter) {
  const v1::Strategy* record = GaussianRecord(plan, charter);
  return record != nullptr && record->prior() == v1::DURABLE ? privacy_design::DurablePrior()
                                                             : privacy_design::CurativePrior();
}

privacy_design::CommitteeNoise CommitteeOf(const federation::Charter& charter) {
  return {.dealers = charter.quorum().q, .honest_dealers = charter.quorum().h};
}

uint64_t SmallestCapUnits(const Plan& plan, const federation::Charter& charter,
                          v1::Compartment compartment) {
  const std::string& period = charter.FindCut(plan.cut())->period();
  uint64_t smallest = std::numeric_limits<uint64_t>::max();
  for (const std::string& product : plan.products()) {
    smallest = std::min(smallest, charter.CapUnits(compartment, product, period));
  }
  return smallest;
}

std::string AmountText(v1::Compartment compartment, uint64_t units) {
  return absl::StrFormat("%s %.4g", compartment == v1::COMPARTMENT_FLAGSHIP ? "epsilon" : "rho",
                         std::ldexp(static_cast<double>(units), -privacy::kChargeUnitBits));
}

}  // namespace perdura::query
