#ifndef PERDURA_QUERY_EVENT_ESTIMATE_H_
#define PERDURA_QUERY_EVENT_ESTIMATE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "perdura/v1/charter.pb.h"
#include "query/estimate.h"
#include "query/table_reading.h"

namespace perdura::query {

// A release of an event table, checked, and how to read it.
struct EventRelease {
  const TableReading& table;
  const v1::Endpoint& endpoint;
  // Its rows.
  std::span<const int64_t> values;
  const EstimateOptions& options;
  double minimum_cohort = 0;
};

// The curves of each group, by statistics/binned_survival.h. Returns InvalidArgument naming an
// option out of range; smoothing knows no delayed entry.
absl::StatusOr<std::vector<GroupEstimates>> CurvesOf(const EventRelease& release);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_EVENT_ESTIMATE_H_
