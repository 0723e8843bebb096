#ifndef PERDURA_QUERY_PREVIEW_TARGET_H_
#define PERDURA_QUERY_PREVIEW_TARGET_H_

#include <optional>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/plan.h"
#include "query/preview.h"

// The way back of a preview: from a wanted precision to its price. Part of query_preview.
namespace perdura::query {

struct TargetCharge {
  // The plan at the smallest charge whose expected interval is no wider than wanted: any number of
  // units in `adhoc`, a level of the closed list in `flagship`. Unset: no charge is enough.
  std::optional<Plan> plan;
  // Width at the largest charge that can be offered, and without any noise: what the number of
  // patients alone allows.
  double smallest_width = 0;
  double sampling_width = 0;
};

// The smallest charge at which PreviewPlan expects interval_width() <= `width` for `plan`, whose
// own charge does not matter. `expected_n`: as PreviewOptions. Whether a budget holds it is the
// caller's. Returns InvalidArgument unless width is in (0, 1) (of a mean: between 0 and the width
// of its range), and the errors of PreviewPlan.
absl::StatusOr<TargetCharge> ChargeForWidth(const Plan& plan, const federation::Charter& charter,
                                            double expected_n, double width);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_TARGET_H_
