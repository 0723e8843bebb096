#ifndef PERDURA_REGISTRY_NODE_RECORDS_MEASURES_H_
#define PERDURA_REGISTRY_NODE_RECORDS_MEASURES_H_

#include <optional>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry-node/records/decimal.h"

// Which values can be measured, and in which units.
namespace perdura::registry_node {

struct MeasureSpec {
  absl::string_view code;  // LOINC, or a local id
  absl::string_view name;
  absl::string_view unit;  // canonical, in UCUM
  // Plausible bounds in the canonical unit, inclusive, unless the charter names others. Assumed.
  Decimal low;
  Decimal high;
};

std::span<const MeasureSpec> Measures();

// nullptr for a code that is not measured here.
const MeasureSpec* FindMeasure(absl::string_view code);

// `value` in `unit` as a value in the canonical unit of the measure; factors are exact. Units are
// UCUM, and spellings that laboratories use (10^9/L, IU/dL). Returns InvalidArgument with a hint
// for a unit that does not convert, OutOfRange where the result has more than 18 digits.
absl::StatusOr<Decimal> ToCanonical(const MeasureSpec& measure, Decimal value,
                                    absl::string_view unit);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_MEASURES_H_
