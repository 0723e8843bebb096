#ifndef PERDURA_REGISTRY_NODE_RECORDS_DATES_H_
#define PERDURA_REGISTRY_NODE_RECORDS_DATES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// A date as written: `2024-03-05`, `2024-03` or `2024`, years 1800 to 9999. Returns InvalidArgument
// for any other form or a day that no calendar has; the message is a hint for people and does not
// hold the text.
absl::StatusOr<DayInterval> ParseDay(absl::string_view text);

// The text that ParseDay reads back.
std::string PrintDay(const DayInterval& day);

// Dates that systems write where they know none: 1800-01-01, 1900-01-01, 1970-01-01, 9999-12-31.
bool IsSentinelDay(const DayInterval& day);

// The latest date that anybody may write at `now`: it is already that day at UTC+14. A clinic's day
// is the local day.
int64_t LatestDay(absl::Time now);

// Whole years from `birth` to `day`, with an imprecise birth placed as DayInterval::Placed() does.
// Negative if `day` is before it.
int64_t WholeYears(const DayInterval& birth, int64_t day);

// The calendar year of `day`.
int64_t YearOf(int64_t day);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_DATES_H_
