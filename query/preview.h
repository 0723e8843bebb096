#ifndef PERDURA_QUERY_PREVIEW_H_
#define PERDURA_QUERY_PREVIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "privacy/design/precision.h"
#include "query/plan.h"

// What an answer will be worth, before it is paid (privacy.md 7, preflight). A target of its own,
// query_preview: floating point and the designer stay out of the release path. Reads plan, charter
// and a number that the analyst states; never a true count. No node's check depends on it.
namespace perdura::query {

// kWarn: privacy would be more than half of Var S at the last knot. kRefuse: more than three
// quarters; a client then asks only if told to accept the noise.
enum class Advice { kFine, kWarn, kRefuse };

struct PreviewOptions {
  // Patients expected in one group. 0: the charter's planned patients of the plan's products,
  // spread evenly over the groups.
  double expected_n = 0;
  // Privacy's wanted part of Var S at the last knot, in (0, 1).
  double wanted_share = 0.5;
};

struct Preview {
  v1::TableKind kind = v1::TABLE_KIND_UNSPECIFIED;
  // One group of expected_n patients with the survival of the strategy's prior (in `flagship` of
  // the first strategy for the same grid and causes, `curative` without one).
  // Empty for tables that are not of events (preview_counts.h).
  std::vector<privacy_design::KnotPrecision> knots;
  double expected_n = 0;
  // Patients of one group at which privacy is half, and three quarters, of Var S at the last knot.
  double guidance_n = 0;
  double floor_n = 0;
  // On each line of the plan, units of 2^-40 of the compartment's currency.
  v1::Compartment compartment = v1::COMPARTMENT_UNSPECIFIED;
  uint64_t price_units = 0;
  // The price at which the last knot has the wanted share, rounded up; 0 if no charge that
  // `flagship` offers is enough.
  uint64_t needed_units = 0;
  Advice advice = Advice::kFine;
  // Of the estimate that is judged: S at the last knot; in other tables a proportion of one half
  // (moments: the mean, in its own unit). Its sd without noise, and that of the noise.
  double sampling_sd = 0;
  double noise_sd = 0;
  // Two or three sentences with these numbers and what to do.
  std::string text;

  // Expected width of its 95 % interval.
  double interval_width() const;
  // The smallest difference between two groups of expected_n patients in one release that is found
  // with power 80 % at the two-sided level 5 % (privacy/design/precision.h).
  double detectable_difference() const;
};

// Returns InvalidArgument for an option out of range or where nobody states a number of patients,
// and the errors of RoundTerms::Create.
absl::StatusOr<Preview> PreviewPlan(const Plan& plan, const federation::Charter& charter,
                                    const PreviewOptions& options);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_H_
