#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "federation/charter_check.h"
#include "federation/charter_check_fields.h"

namespace perdura::federation {
namespace {

using charter_check::Bad;
using charter_check::CheckName;
using charter_check::CheckUnique;
using charter_check::CheckVersioned;
using charter_check::Has;

constexpr uint64_t kMostUnits = uint64_t{1} << 58;
// With kMostUnits the sum of M caps stays within 2^63.
constexpr uint32_t kMostProducts = 32;
constexpr size_t kMostPlanText = 4096;

bool IsCompartment(v1::Compartment compartment) {
  return compartment == v1::COMPARTMENT_ADHOC || compartment == v1::COMPARTMENT_FLAGSHIP;
}

absl::Status CheckAmounts(const v1::Charter& charter) {
  if (charter.products_per_patient() == 0 || charter.products_per_patient() > kMostProducts) {
    return Bad("bad_budget", absl::StrCat("products_per_patient: in [1, ", kMostProducts, "]"));
  }
  if (charter.n_max() == 0 || charter.n_max() > 1'000'000'000) {
    return Bad("bad_budget", "n_max: in [1, 10^9]");
  }
  if (charter.default_charge().units() == 0 || charter.default_charge().units() > kMostUnits) {
    return Bad("bad_budget", "default_charge: in [1, 2^58] units");
  }
  return absl::OkStatus();
}

absl::Status CheckLines(const v1::Charter& charter) {
  std::set<std::tuple<v1::Compartment, std::string, std::string>> lines;
  for (const v1::Budget& budget : charter.budgets()) {
    if (!IsCompartment(budget.compartment())) {
      return Bad("bad_budget", "budgets.compartment is unset");
    }
    if (!Has(charter.products(), budget.product())) {
      return Bad("bad_budget", "budgets.product is not in the charter");
    }
    PERDURA_RETURN_IF_ERROR(CheckName("budgets.period", budget.period()));
    if (budget.cap().units() > kMostUnits) {
      return Bad("bad_budget", "budgets.cap: at most 2^58 units");
    }
    if (!lines.emplace(budget.compartment(), budget.product(), budget.period()).second) {
      return Bad("bad_budget", "budgets: a line stands twice");
    }
  }
  return absl::OkStatus();
}

// The smallest cap of a line in the compartment, 0 without one.
uint64_t SmallestCap(const v1::Charter& charter, v1::Compartment compartment) {
  std::optional<uint64_t> smallest;
  for (const v1::Budget& budget : charter.budgets()) {
    if (budget.compartment() != compartment) continue;
    smallest = std::min(smallest.value_or(kMostUnits), budget.cap().units());
  }
  return smallest.value_or(0);
}

// A cap inside a compartment holds on every line of it, so the smallest line bounds it.
absl::Status CheckInsideLines(const v1::Charter& charter, absl::string_view field, uint64_t units,
                              v1::Compartment compartment) {
  const uint64_t smallest = SmallestCap(charter, compartment);
  if (units <= smallest) return absl::OkStatus();
  return Bad("bad_budget", absl::StrCat(field, ": above the smallest cap of a budget line, ",
                                        smallest, " units"));
}

absl::Status CheckAnalystCaps(const v1::Charter& charter) {
  for (const v1::Analyst& analyst : charter.analysts()) {
    const std::string field = absl::StrCat("analysts ", analyst.id(), ".caps");
    std::set<v1::Compartment> compartments;
    for (const v1::AnalystCap& cap : analyst.caps()) {
      if (!IsCompartment(cap.compartment())) {
        return Bad("bad_budget", absl::StrCat(field, ": compartment is unset"));
      }
      if (!compartments.insert(cap.compartment()).second) {
        return Bad("bad_budget", absl::StrCat(field, ": one for each compartment"));
      }
      PERDURA_RETURN_IF_ERROR(
          CheckInsideLines(charter, field, cap.cap().units(), cap.compartment()));
    }
  }
  return absl::OkStatus();
}

// What all analysts together may spend for a purpose, on every line of the compartment.
absl::Status CheckPurposeCaps(const v1::Charter& charter) {
  std::set<std::pair<std::string, v1::Compartment>> seen;
  for (const v1::PurposeCap& cap : charter.purpose_caps()) {
    const std::string field = absl::StrCat("purpose_caps ", cap.purpose());
    if (std::find(charter.purposes().begin(), charter.purposes().end(), cap.purpose()) ==
        charter.purposes().end()) {
      return Bad("bad_budget", absl::StrCat(field, ": the purpose is not in the charter"));
    }
    if (!IsCompartment(cap.compartment())) {
      return Bad("bad_budget", absl::StrCat(field, ": compartment is unset"));
    }
    if (!seen.emplace(cap.purpose(), cap.compartment()).second) {
      return Bad("bad_budget", absl::StrCat(field, ": one for each compartment"));
    }
    PERDURA_RETURN_IF_ERROR(CheckInsideLines(charter, field, cap.cap().units(), cap.compartment()));
  }
  return absl::OkStatus();
}

absl::Status CheckLifetimeCaps(const v1::Charter& charter) {
  std::set<std::pair<v1::Compartment, std::string>> seen;
  for (const v1::LifetimeCap& cap : charter.lifetime_caps()) {
    if (!IsCompartment(cap.compartment())) {
      return Bad("bad_budget", "lifetime_caps.compartment is unset");
    }
    if (!Has(charter.products(), cap.product())) {
      return Bad("bad_budget", "lifetime_caps.product is not in the charter");
    }
    if (!seen.emplace(cap.compartment(), cap.product()).second) {
      return Bad("bad_budget", "lifetime_caps: each compartment and product once");
    }
    if (cap.cap().units() == 0 || cap.cap().units() > kMostUnits) {
      return Bad("bad_budget", "lifetime_caps.cap: in [1, 2^58] units");
    }
  }
  return absl::OkStatus();
}

// What a plan says is checked where plans are known (query/planned_releases.h).
absl::Status CheckPlannedIds(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("planned_releases", charter.planned_releases()));
  std::set<std::string> plans;
  for (const v1::PlannedRelease& planned : charter.planned_releases()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("planned_releases.id", planned.id()));
    if (planned.plan().empty() || planned.plan().size() > kMostPlanText) {
      return Bad("malformed", absl::StrCat("planned_releases ", planned.id(), ".plan: 1 to ",
                                           kMostPlanText, " bytes"));
    }
    if (!plans.insert(planned.plan()).second) {
      return Bad("malformed",
                 absl::StrCat("planned_releases ", planned.id(), ".plan: another id has it"));
    }
  }
  return absl::OkStatus();
}

// Canary rounds charge nothing, so nothing is budgeted for them. What all nodes generate must fit
// the overflow rule.
absl::Status CheckCanaries(const v1::Charter& charter) {
  const auto nodes = std::count_if(
      charter.members().begin(), charter.members().end(), [](const v1::Member& member) {
        const auto& roles = member.roles();
        return std::find(roles.begin(), roles.end(), v1::MEMBER_ROLE_NODE) != roles.end();
      });
  for (const v1::Product& product : charter.products()) {
    if (product.product_class() != v1::CANARY) continue;
    const auto names_it = [&product](const auto& line) { return line.product() == product.id(); };
    if (std::any_of(charter.budgets().begin(), charter.budgets().end(), names_it) ||
        std::any_of(charter.lifetime_caps().begin(), charter.lifetime_caps().end(), names_it)) {
      return Bad("bad_budget",
                 absl::StrCat("products ", product.id(), ": a canary product has no budget"));
    }
    if (product.planned_patients() == 0 ||
        product.planned_patients() >
            charter.n_max() / static_cast<uint64_t>(std::max<int64_t>(1, nodes))) {
      return Bad("bad_budget", absl::StrCat("products ", product.id(),
                                            ".planned_patients of a canary product: at least 1, "
                                            "and over all nodes at most n_max"));
    }
  }
  return absl::OkStatus();
}

// Compartments add up separately: units of rho and of epsilon are different currencies.
using CompartmentPeriod = std::pair<v1::Compartment, std::string>;

// What one patient may lose at most in each period: the sum of the M largest caps.
std::map<CompartmentPeriod, uint64_t> GuaranteePerPeriod(const v1::Charter& charter) {
  std::map<CompartmentPeriod, std::vector<uint64_t>> caps;
  for (const v1::Budget& budget : charter.budgets()) {
    caps[{budget.compartment(), budget.period()}].push_back(budget.cap().units());
  }
  std::map<CompartmentPeriod, uint64_t> sums;
  for (auto& [place, units] : caps) {
    std::sort(units.rbegin(), units.rend());
    const size_t most = std::min<size_t>(units.size(), charter.products_per_patient());
    for (size_t i = 0; i < most; ++i) sums[place] += units[i];
  }
  return sums;
}

absl::Status CheckGuarantees(const v1::Charter& charter) {
  std::map<CompartmentPeriod, uint64_t> stated;
  for (const v1::PatientGuarantee& one : charter.patient_guarantees()) {
    if (!IsCompartment(one.compartment()) ||
        !stated.emplace(CompartmentPeriod(one.compartment(), one.period()), one.amount().units())
             .second) {
      return Bad("bad_budget", "patient_guarantees: each compartment and period once");
    }
  }
  for (const auto& [place, sum] : GuaranteePerPeriod(charter)) {
    const auto found = stated.find(place);
    if (found == stated.end() || found->second < sum) {
      return Bad("bad_budget",
                 absl::StrCat("patient_guarantees: ", v1::Compartment_Name(place.first),
                              ", period ", place.second, " must state at least ", sum,
                              " units, the sum of the M largest product caps"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBudgets(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckAmounts(charter));
  PERDURA_RETURN_IF_ERROR(CheckLines(charter));
  PERDURA_RETURN_IF_ERROR(CheckAnalystCaps(charter));
  PERDURA_RETURN_IF_ERROR(CheckPurposeCaps(charter));
  PERDURA_RETURN_IF_ERROR(CheckLifetimeCaps(charter));
  PERDURA_RETURN_IF_ERROR(CheckPlannedIds(charter));
  PERDURA_RETURN_IF_ERROR(CheckCanaries(charter));
  return CheckGuarantees(charter);
}

}  // namespace perdura::federation
