#ifndef PERDURA_QUERY_PREVIEW_INPUTS_H_
#define PERDURA_QUERY_PREVIEW_INPUTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "privacy/design/cohort.h"
#include "privacy/design/precision.h"
#include "query/layout.h"
#include "query/plan.h"
#include "query/plan_charge.h"

// Internal to query_preview: what previews read off plan and charter.
namespace perdura::query {

// Patients in one group: `stated` if above 0, else the charter's planned patients of the plan's
// products, spread evenly over the groups. Returns InvalidArgument for another number, for more
// than the charter's n_max, or where nobody states one.
absl::StatusOr<double> ExpectedN(const Plan& plan, const federation::Charter& charter,
                                 double stated);

// The charter's record for the plan's table in `adhoc`: the strategy that the plan names, else the
// first for its grid and causes; nullptr if there is none.
const v1::Strategy* GaussianRecord(const Plan& plan, const federation::Charter& charter);

// The same question at another price. Under the other law an event table is measured by
// GaussianRecord, or flat. Returns NotFound where the charter has no strategy for it, and the
// errors of Plan::Parse.
absl::StatusOr<Plan> AtPrice(const Plan& plan, const federation::Charter& charter,
                             const PlanCharge& charge);
// The same measured by `strategy`.
absl::StatusOr<Plan> MeasuredBy(const Plan& plan, const federation::Charter& charter,
                                const PlanCharge& charge, absl::string_view strategy);

// kappa of S at every knot of an event table (privacy/design/precision.h), in units of the noise on
// one row by the exit strategy's scale; the noise of an entry margin is in it. Errors of
// privacy_design::Kappa.
absl::StatusOr<std::vector<double>> KappaOf(const Layout& layout,
                                            const privacy_design::Cohort& cohort);

// The cohort that a preview imagines: the prior of GaussianRecord, `curative` without one.
privacy_design::Cohort PriorFor(const Plan& plan, const federation::Charter& charter);

privacy_design::CommitteeNoise CommitteeOf(const federation::Charter& charter);

// The smallest cap that the plan's products have in the period of its cut; 0 if one has none.
uint64_t SmallestCapUnits(const Plan& plan, const federation::Charter& charter,
                          v1::Compartment compartment);

// "rho 0.08815" or "epsilon 1".
std::string AmountText(v1::Compartment compartment, uint64_t units);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_INPUTS_H_
