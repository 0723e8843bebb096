#ifndef PERDURA_TESTS_SIMULATION_ASKED_QUESTIONS_H_
#define PERDURA_TESTS_SIMULATION_ASKED_QUESTIONS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "federation/bundle/bundle.h"
#include "federation/charter.h"
#include "perdura/v1/round.pb.h"
#include "query/plan.h"
#include "tests/simulation/simulated_federation.h"

// What tests of the simulated federation ask, and how they open what comes back.
namespace perdura::simulation {

inline constexpr char kEverybody[] = "overall-survival";

// Text of a plan on g8@1; `units` 0: the default charge. In the compartment `canary`: of a canary
// round.
inline std::string PlanText(const federation::Charter& charter, const std::string& endpoint,
                            uint64_t units = 0, std::vector<query::AttributeClause> cohort = {},
                            v1::Compartment compartment = v1::COMPARTMENT_ADHOC) {
  query::PlanRequest request;
  request.endpoint = endpoint;
  request.grid = "g8@1";
  request.role = "researcher";
  request.compartment = compartment;
  request.charge_units = units;
  request.cohort = std::move(cohort);
  if (compartment == v1::COMPARTMENT_CANARY) request.products = {"canary@1"};
  const auto plan = query::Plan::Build(request, charter);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? plan->text() : "";
}

// Every node holds `count` patients in the first cell.
inline std::map<std::string, CellTable::Function> OneCellEach(int64_t count) {
  std::map<std::string, CellTable::Function> tables;
  for (const char* id : {"ohio", "alfred", "st-vincent", "hahnemann"}) {
    tables[id] = [count](const query::Plan&, const query::Layout& layout) {
      std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
      cells[0] = count;
      return cells;
    };
  }
  return tables;
}

inline v1::ReleaseBundle BundleOf(const v1::Answer& answer) {
  v1::ReleaseBundle bundle;
  EXPECT_TRUE(bundle.ParseFromString(answer.bundle()));
  return bundle;
}

inline v1::Release ReleaseOf(const v1::Answer& answer) {
  v1::Release release;
  EXPECT_TRUE(release.ParseFromString(BundleOf(answer).release().payload()));
  return release;
}

// Who contributed to an answer, by the commit in its bundle, which must open under the federation's
// pin; empty, and a failure of the test, where there is no answer.
inline std::vector<std::string> ContributorsOf(const absl::StatusOr<v1::Answer>& answer,
                                               const test_support::TestFederation& federation) {
  std::vector<std::string> members;
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return members;
  const auto opened = federation::OpenBundle(BundleOf(*answer), federation.pin);
  EXPECT_TRUE(opened.ok()) << opened.status();
  if (!opened.ok()) return members;
  for (const v1::CommitEntry& entry : opened->commit.contributors()) {
    members.push_back(entry.member());
  }
  return members;
}

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_ASKED_QUESTIONS_H_
