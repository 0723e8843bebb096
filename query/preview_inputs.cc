#include "query/preview_inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "privacy/charge.h"

namespace perdura::query {
namespace {

// The text of a plan with other values of some keys.
std::string WithFields(const Plan& plan, const std::map<std::string, std::string>& values) {
  std::vector<std::string> fields = absl::StrSplit(plan.text(), ' ');
  for (std::string& field : fields) {
    const auto found = values.find(field.substr(0, field.find('=')));
    if (found != values.end()) field = absl::StrCat(found->first, "=", found->second);
  }
  return absl::StrJoin(fields, " ");
}

}  // namespace

absl::StatusOr<double> ExpectedN(const Plan& plan, const federation::Charter& charter,
                                 double stated) {
  if (stated != 0) {
    const uint64_t most = charter.proto().n_max();
    if (stated > 0 && stated <= static_cast<double>(most)) return stated;
    return absl::InvalidArgumentError(
        absl::StrCat("expected_n: must be above 0 and at most the charter's n_max, ", most));
  }
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

absl::StatusOr<Plan> AtPrice(const Plan& plan, const federation::Charter& charter,
                             const PlanCharge& charge) {
  const bool same_law = charge.compartment == plan.charge().compartment;
  if (same_law || plan.grid() == kNoGrid) {
    return MeasuredBy(plan, charter, charge, plan.strategy());
  }
  if (charge.compartment == v1::COMPARTMENT_FLAGSHIP) {
    return MeasuredBy(plan, charter, charge, kIdentityStrategy);
  }
  const v1::Strategy* record = GaussianRecord(plan, charter);
  if (record == nullptr) return absl::NotFoundError("strategy: the charter has none for the table");
  return MeasuredBy(plan, charter, charge, record->id());
}

absl::StatusOr<Plan> MeasuredBy(const Plan& plan, const federation::Charter& charter,
                                const PlanCharge& charge, absl::string_view strategy) {
  return Plan::Parse(
      WithFields(plan, {{"charge", PrintPlanCharge(charge)},
                        {"mechanism", std::string(MechanismText(charge.compartment))},
                        {"strategy", std::string(strategy)}}),
      charter);
}

absl::StatusOr<std::vector<double>> KappaOf(const Layout& layout,
                                            const privacy_design::Cohort& cohort) {
  const TableShape& shape = layout.shape();
  PERDURA_ASSIGN_OR_RETURN(
      std::vector<double> kappa,
      privacy_design::Kappa(*shape.exit, layout.grid(), layout.causes(), cohort));
  if (shape.entry == nullptr) return kappa;
  PERDURA_ASSIGN_OR_RETURN(
      const std::vector<double> entry,
      privacy_design::EntryKappa(*shape.entry, layout.grid(), layout.causes(), cohort));
  // Rows of both margins carry the same noise; the scales of their strategies differ.
  const double scale = std::sqrt(static_cast<double>(shape.exit->l2_squared()) /
                                 static_cast<double>(shape.entry->l2_squared()));
  for (size_t k = 0; k < kappa.size(); ++k) kappa[k] = std::hypot(kappa[k], scale * entry[k]);
  return kappa;
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
