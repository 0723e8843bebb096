#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_STEP_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_STEP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/explorer/scenario.h"
#include "tests/support/seeded_random.h"

namespace perdura::explorer {

enum class Kind {
  // The common clock goes to the next moment; everybody ticks.
  kAdvance,
  // The rest concerns one honest steward. `what` is a manifest, batch, draft or rollback point.
  kAnnounce,
  kDeliver,
  kDraft,
  // With the signatures of all honest stewards that the adversary holds, and of all corrupt ones.
  kCertificate,
  kRestart,
  // Back to an earlier state, and a restart.
  kRollback,
  // The process dies while it signs this draft: before or after the commit is stored. Nothing
  // leaves.
  kCrashBeforeStore,
  kCrashAfterStore,
};

struct Step {
  Kind kind = Kind::kAdvance;
  int steward = 0;
  int what = 0;
};

// What a step made an honest steward do that it had not done before. -1: nothing.
struct Effect {
  int dealt = -1;      // manifest
  int committed = -1;  // draft
  int summed = -1;     // draft
};

// All steps but kAdvance, against every honest steward. Crashes inside a step only where `crashes`:
// for the adversary, a signature that does not leave is less than one that does.
std::vector<Step> AllSteps(const Script& script, const Scenario& scenario, bool crashes);

// Draws the steps of one random schedule. The clock moves on in one of 40 steps. Restarts,
// rollbacks and crashes are rarer than messages, or no certificate would ever come about: of those
// drawn, one in `restart_rarity` happens.
class Dice final {
 public:
  // `steps`: of AllSteps(); must outlive it.
  Dice(const std::vector<Step>& steps, uint64_t seed, uint64_t restart_rarity)
      : steps_(steps), random_(seed), restart_rarity_(restart_rarity) {}
  Step Next();

 private:
  const std::vector<Step>& steps_;
  test_support::SeededRandom random_;
  uint64_t restart_rarity_;
};

// Length of a random schedule; it ends earlier where the clock would pass the last moment.
inline constexpr int kMostSteps = 400;

// "draft(steward 2, A four-nodes)".
std::string NameOf(const Step& step, const Script& script);

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_STEP_H_
