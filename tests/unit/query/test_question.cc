#include "tests/unit/query/test_question.h"

#include <utility>

#include "base/check.h"
#include "federation/envelope.h"
#include "federation/noise_field.h"
#include "privacy/strategy.h"
#include "query/round_terms.h"

namespace perdura::query {
namespace {

Layout LayoutOf(const Plan& plan, const federation::Charter& charter) {
  auto layout = Layout::Create(plan, charter);
  PERDURA_CHECK(layout.ok());
  return *std::move(layout);
}

}  // namespace

std::shared_ptr<const federation::Charter> LoadTestCharter(const test_support::TestOptions& options,
                                                           void (*edit)(v1::Charter&)) {
  v1::Charter proto = test_support::TestFederation::Make(options).charter;
  if (edit != nullptr) edit(proto);
  const auto charter = federation::Charter::Create(proto.SerializeAsString());
  PERDURA_CHECK(charter.ok());
  return *charter;
}

void AddCoarseGrid(v1::Charter& charter) {
  v1::TimeGrid& grid = *charter.add_grids();
  grid.set_id("g4@1");
  for (const uint32_t knot : {6, 12, 36, 60}) grid.add_knots(knot);
  const auto identity = privacy::Strategy::Identity(8, 256);
  PERDURA_CHECK(identity.ok());
  v1::Strategy& record = *charter.add_strategies();
  record.set_id("flat-g4-j1@1");
  record.set_grid("g4@1");
  record.set_causes(1);
  record.set_prior(v1::CURATIVE);
  record.set_scale(256);
  record.set_rows(8);
  record.set_columns(8);
  record.mutable_entries()->Add(identity->entries().begin(), identity->entries().end());
  record.set_l2_squared(identity->l2_squared());
  record.set_l1(identity->l1());
  record.set_sha256(federation::PayloadId(identity->canonical_bytes()));
}

PlanRequest QuestionAbout(const std::string& endpoint) {
  PlanRequest request;
  request.endpoint = endpoint;
  request.cut = "bmt@1";
  request.grid = "g8@1";
  request.role = "researcher";
  return request;
}

Plan PlanOf(const PlanRequest& request, const federation::Charter& charter) {
  auto plan = Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return *std::move(plan);
}

TestRelease::TestRelease(std::shared_ptr<const federation::Charter> charter_in,
                         const PlanRequest& request, const std::vector<int64_t>& cells,
                         uint64_t dealer_variance)
    : charter(std::move(charter_in)),
      plan(PlanOf(request, *charter)),
      layout(LayoutOf(plan, *charter)) {
  release.set_charter_hash(charter->hash());
  release.set_plan(plan.text());
  release.set_layout_hash(layout.hash());
  for (const int64_t value : layout.Measure(cells)) release.add_values(value);
  if (plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP) {
    const auto terms = RoundTerms::Create(plan, *charter);
    PERDURA_CHECK(terms.ok());
    federation::WriteNoise(terms->noise(), *release.mutable_noise());
  } else {
    release.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN);
    release.mutable_noise()->set_numerator(dealer_variance);
    release.mutable_noise()->set_denominator(1);
  }
  release.set_quorum(static_cast<uint32_t>(charter->quorum().q));
}

std::vector<int64_t> GoldenCells(int64_t not_evaluable) {
  return {9,
          14,
          3,
          -2,
          5,
          4,
          1,
          0,  // cause 1
          6,
          -1,
          8,
          2,
          -3,
          7,
          0,
          2,  // cause 2
          2,
          -1,
          4,
          3,
          -2,
          9,
          11,
          140,  // censored
          not_evaluable};
}

}  // namespace perdura::query
