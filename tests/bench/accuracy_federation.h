#ifndef PERDURA_TESTS_BENCH_ACCURACY_FEDERATION_H_
#define PERDURA_TESTS_BENCH_ACCURACY_FEDERATION_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "federation/bundle/bundle.h"
#include "perdura/v1/round.pb.h"
#include "query/layout.h"
#include "query/plan.h"
#include "statistics/binned_survival.h"
#include "tests/bench/accuracy_cohort.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::bench {

// Four hospitals, a (4, 2) committee and an aggregator in one process, whose patients are changed
// from question to question: the noised path as the daemons run it, for figures that need thousands
// of releases. The same seed gives the same figures. A budget without an end, and seeded
// randomness: not private, tests only. What should not happen ends the process.
class AccuracyFederation final {
 public:
  explicit AccuracyFederation(uint64_t seed);
  // The tables of the members refer to `patients_`.
  AccuracyFederation(const AccuracyFederation&) = delete;
  AccuracyFederation& operator=(const AccuracyFederation&) = delete;

  // Grid g15, everybody in one group. `prior`: "curative" or "durable"; a flagship charge has none.
  query::Plan MakePlan(const std::string& endpoint, const std::string& prior,
                       const query::PlanCharge& charge) const;

  // One question to all four hospitals, of which each counts its own of `patients`. A plan that was
  // asked before is drawn again: new noise, new charge.
  v1::ReleaseBundle Ask(const query::Plan& plan, std::span<const Patient> patients);
  // As a stranger with the authority's keys would open it.
  federation::OpenedBundle Open(const v1::ReleaseBundle& bundle) const;
  query::Layout LayoutOf(const query::Plan& plan) const;
  const federation::Charter& charter() const { return *charter_; }

  // From released numbers to curves, intervals with the noise of all dealers; nothing is
  // suppressed, as the figures are about every run.
  statistics::BinnedSurvival Fit(const query::Plan& plan, const v1::Release& release) const;
  // The curve of the pooled patients on the same grid, without federation or noise.
  statistics::BinnedSurvival FitPooled(const query::Plan& plan,
                                       std::span<const Patient> patients) const;

 private:
  std::vector<Patient> patients_;
  // The newest release of each plan, by text.
  std::map<std::string, std::string> released_;
  simulation::SimulatedFederation simulation_;
  std::shared_ptr<const federation::Charter> charter_;
};

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_ACCURACY_FEDERATION_H_
