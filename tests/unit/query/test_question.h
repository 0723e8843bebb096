#ifndef PERDURA_TESTS_UNIT_QUERY_TEST_QUESTION_H_
#define PERDURA_TESTS_UNIT_QUERY_TEST_QUESTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "federation/charter.h"
#include "perdura/v1/round.pb.h"
#include "query/layout.h"
#include "query/plan.h"
#include "tests/support/test_charter.h"

namespace perdura::query {

// A charter of the test federation after an edit; ends the test run if that makes it invalid.
std::shared_ptr<const federation::Charter> LoadTestCharter(
    const test_support::TestOptions& options = {}, void (*edit)(v1::Charter&) = nullptr);

// Adds the grid g4@1 (6, 12, 36, 60 months: a part of g8@1 and of g15@1) and for one cause the
// strategy flat-g4-j1@1, 256 times the identity.
void AddCoarseGrid(v1::Charter& charter);

// A question about an endpoint on g8@1 in the cut bmt@1, as researcher.
PlanRequest QuestionAbout(const std::string& endpoint);

// The plan of a request that must be valid.
Plan PlanOf(const PlanRequest& request, const federation::Charter& charter);

// Plan, layout and the release that exact `cells` give without any noise, though the release says
// that each dealer drew `dealer_variance`, or what a flagship plan demands. Not differentially
// private. Tests only.
struct TestRelease {
  TestRelease(std::shared_ptr<const federation::Charter> charter, const PlanRequest& request,
              const std::vector<int64_t>& cells, uint64_t dealer_variance = 9);

  std::shared_ptr<const federation::Charter> charter;
  Plan plan;
  Layout layout;
  v1::Release release;
};

// The cells of dp_golden.csv, decode_input, and one group's not_evaluable after them: g8, causes 1
// and 2, censored.
std::vector<int64_t> GoldenCells(int64_t not_evaluable = 0);

}  // namespace perdura::query

#endif  // PERDURA_TESTS_UNIT_QUERY_TEST_QUESTION_H_
