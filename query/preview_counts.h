#ifndef PERDURA_QUERY_PREVIEW_COUNTS_H_
#define PERDURA_QUERY_PREVIEW_COUNTS_H_

#include "absl/status/statusor.h"
#include "query/preview.h"
#include "query/round_terms.h"

namespace perdura::query {

// PreviewPlan for tables that are not of events. What is judged is a proportion of one half in a
// group of expected_n patients (of a moment table: the mean of values with the largest spread of
// their range), whose variance without noise is 1/(4 n), 1/n: kappa of the survival formulas is
// replaced by the noise on one row. There are no knots.
absl::StatusOr<Preview> PreviewCounts(const RoundTerms& terms, const federation::Charter& charter,
                                      const PreviewOptions& options);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_COUNTS_H_
