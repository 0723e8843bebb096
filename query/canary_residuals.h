#ifndef PERDURA_QUERY_CANARY_RESIDUALS_H_
#define PERDURA_QUERY_CANARY_RESIDUALS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "perdura/v1/round.pb.h"

namespace perdura::query {

// What is left of a canary release once the generated patients are taken out, one number for each
// row, over the standard deviation that the charge and the dealers of the commit predict:
//   (y - R q) / sqrt(v D),  q the cells of the commit's contributors (query/canary.h),
//   v the variance of one dealer as plan and charter give it, D the number of dealers.
// With honest parties these are independent draws of nearly the standard normal law, for
// statistics/noise_check.h. The release and the commit must have been checked
// (federation/bundle/bundle.h). Returns InvalidArgument `bad_canary` for a release of another kind,
// `layout_mismatch` for a wrong number of rows, and the errors of Plan and RoundTerms.
absl::StatusOr<std::vector<double>> CanaryResiduals(const v1::Release& release,
                                                    const v1::Commit& commit,
                                                    const federation::Charter& charter);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_CANARY_RESIDUALS_H_
