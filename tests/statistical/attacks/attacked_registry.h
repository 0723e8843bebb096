#ifndef PERDURA_TESTS_STATISTICAL_ATTACKS_ATTACKED_REGISTRY_H_
#define PERDURA_TESTS_STATISTICAL_ATTACKS_ATTACKED_REGISTRY_H_

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "query/layout.h"
#include "query/plan.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/test_charter.h"

namespace perdura::attacks {

// Who of seven people is a patient: bit i for person i. Person 0, the target, is the only one with
// the disease `all`; the others have either form of aml and differ in age band.
using World = uint32_t;
inline constexpr int kPeople = 7;
inline constexpr World kTarget = 1;
inline constexpr World kOthers = (World{1} << kPeople) - 1 - kTarget;

// A federation, one hospital of which holds the patients of a world, and an analyst who asks and
// keeps every release. The analyst knows all laws, charges and the code; what is not known is the
// world. Everything the desk, the stewards and the nodes do is the product's. Tests only.
class AttackedRegistry final {
 public:
  AttackedRegistry(World truth, const test_support::TestOptions& options, uint64_t seed);

  // Asks a plan as the researcher. Returns the reason word of a refusal; empty for an answer.
  std::string Ask(query::PlanRequest request);

  // Of all `candidates`, the world under which what was released is likeliest.
  World Likeliest(std::span<const World> candidates) const;

  // Different releases, and different tables among all answers.
  size_t releases() const { return release_ids_.size(); }
  size_t tables() const { return tables_.size(); }
  // Units of one compartment in the ledger of the hospital and in the aggregator's, which must
  // agree.
  uint64_t Charged(v1::Compartment compartment);

 private:
  struct Evidence {
    query::Plan plan;
    query::Layout layout;
    std::vector<int64_t> rows;
    // Proportional to 1 / variance of the noise on a row.
    double weight;
  };
  void Keep(const v1::Answer& answer);

  simulation::SimulatedFederation sim_;
  std::vector<Evidence> evidence_;
  std::set<std::string> release_ids_;
  std::set<std::vector<int64_t>> tables_;
};

}  // namespace perdura::attacks

#endif  // PERDURA_TESTS_STATISTICAL_ATTACKS_ATTACKED_REGISTRY_H_
