#ifndef PERDURA_QUERY_PREVIEW_YEAR_H_
#define PERDURA_QUERY_PREVIEW_YEAR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/plan.h"

// What a year's budget is worth (privacy.md 7). A preview, part of query_preview.
namespace perdura::query {

// Releases of one table that the charter's caps hold, if S at the last knot shall have at most half
// of its variance from privacy, and at most three quarters (beyond which a client refuses to ask).
struct YearRow {
  // An imagined cohort: "40 % cured" or "85 % event-free at 60 months".
  std::string cohort;
  double patients = 0;
  // `adhoc` with the charter's best strategy for this cohort: a fraction, as any charge is for
  // sale.
  double default_half = 0;
  double default_three_quarters = 0;
  // `flagship`: whole releases, each at the smallest level of the list that is precise enough.
  uint64_t flagship_half = 0;
  uint64_t flagship_three_quarters = 0;
};

struct YearPlan {
  std::string period;
  // Of one line, the smallest of the plan's products; 0: no budget.
  uint64_t adhoc_cap_units = 0;
  uint64_t flagship_cap_units = 0;
  int horizon_months = 0;
  // The two imagined cohorts of the accuracy targets, each with 100, 300, 1000 patients in a group.
  std::vector<YearRow> rows;
};

// For the table of `plan` (grid and causes) in the period of its cut; its cohort, groups and charge
// do not matter. Returns the errors of privacy/design.
absl::StatusOr<YearPlan> PlanYear(const Plan& plan, const federation::Charter& charter);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_YEAR_H_
