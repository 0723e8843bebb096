#ifndef PERDURA_QUERY_COUNT_ESTIMATE_H_
#define PERDURA_QUERY_COUNT_ESTIMATE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "perdura/v1/charter.pb.h"
#include "query/estimate.h"
#include "query/table_reading.h"

namespace perdura::query {

// A release of a category, flag or moment table, checked, and how to read it.
struct CountRelease {
  const TableReading& table;
  const v1::Endpoint& endpoint;
  // Its rows.
  std::span<const int64_t> values;
  double level = 0.95;
  double minimum_cohort = 0;
};

// Counts, proportions and means of each group, free like every estimate.
//
// Proportion p = x / n, Wilson's interval with the effective number p (1 - p) / Var,
// Var = p (1 - p) / n + noise: ((1 - p)^2 v_x + p^2 v_rest) / n^2 where n is a sum of rows, (v_x +
// p^2 v_n) / n^2 where n is the row `all`. Means: moment_estimate.h. Suppressed where n < 3 sd of
// its noise or below the minimum cohort. (evidence.md 2.) Returns InvalidArgument for a level
// outside (0, 1).
absl::StatusOr<std::vector<GroupEstimates>> CountsOf(const CountRelease& release);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_COUNT_ESTIMATE_H_
