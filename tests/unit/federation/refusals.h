#ifndef PERDURA_TESTS_UNIT_FEDERATION_REFUSALS_H_
#define PERDURA_TESTS_UNIT_FEDERATION_REFUSALS_H_

#include <gmock/gmock.h>

#include <string>

#include "base/reason.h"
#include "tests/support/status_matchers.h"

namespace perdura::federation {

// A Status or StatusOr refused with this reason word and a text that holds `part`.
MATCHER_P2(IsRefused, reason, part,
           std::string(negation ? "is not" : "is") + " refused as " + std::string(reason) +
               ", naming " + std::string(part)) {
  const absl::Status& status = test_support::GetStatus(arg);
  *result_listener << status.ToString();
  return !status.ok() && base::ReasonOf(status) == reason &&
         std::string(status.message()).find(part) != std::string::npos;
}

}  // namespace perdura::federation

#endif  // PERDURA_TESTS_UNIT_FEDERATION_REFUSALS_H_
