#ifndef PERDURA_TESTS_UNIT_QUERY_PREVIEW_PREVIEW_CHARTER_H_
#define PERDURA_TESTS_UNIT_QUERY_PREVIEW_PREVIEW_CHARTER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/check.h"
#include "federation/charter.h"
#include "query/plan.h"
#include "tests/support/test_charter.h"

namespace perdura::query {

inline constexpr uint64_t kEpsilonOne = uint64_t{1} << 40;
// Caps for (2, 1e-6) and for pure epsilon 2: equal budgets.
inline constexpr uint64_t kRhoOfTwo = 96'924'905'893;

inline std::shared_ptr<const federation::Charter> LoadPreviewCharter(
    const test_support::TestOptions& options) {
  const auto charter = federation::Charter::Create(
      test_support::TestFederation::Make(options).charter.SerializeAsString());
  PERDURA_CHECK(charter.ok());
  return *charter;
}

// Overall survival of everybody; `units` 0: the default charge.
inline Plan PreviewedPlan(const federation::Charter& charter, v1::Compartment compartment,
                          uint64_t units, const std::string& grid) {
  PlanRequest request;
  request.endpoint = "overall-survival@1";
  request.cut = "bmt@1";
  request.grid = grid;
  request.role = "researcher";
  request.compartment = compartment;
  request.charge_units = units;
  auto plan = Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return *std::move(plan);
}

}  // namespace perdura::query

#endif  // PERDURA_TESTS_UNIT_QUERY_PREVIEW_PREVIEW_CHARTER_H_
