#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_EXPLORER_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_EXPLORER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tests/simulation/explorer/evidence.h"
#include "tests/simulation/explorer/rule_steward.h"
#include "tests/support/seeded_random.h"

namespace perdura::explorer {

// All states of one honest steward, found as they are reached. A steward's decision depends on its
// own state, the message and the time only, so the rules run once for each distinct step and the
// result is looked up ever after. That makes millions of schedules cheap.
class StewardStates final {
 public:
  struct Move {
    uint32_t to = 0;
    Effect effect;
  };

  StewardStates(const Scenario& scenario, const Script& script);

  // State 0 is the start. `moment`: index into the script's moments.
  const Move& Next(uint32_t state, const Step& step, int signers, size_t moment);
  size_t size() const { return states_.size(); }
  // Steps that the rules decided.
  size_t decided() const { return moves_.size(); }

 private:
  uint32_t IndexOf(RuleSteward steward);

  Scenario scenario_;
  const Script& script_;
  std::vector<RuleSteward> states_;
  absl::flat_hash_map<std::string, uint32_t> index_;
  absl::flat_hash_map<uint64_t, Move> moves_;
};

// The honest stewards, the time, and what the adversary has.
struct World {
  uint8_t moment = 0;
  std::array<uint32_t, kMostHonest> stewards{};
  Evidence evidence;

  friend bool operator==(const World&, const World&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const World& world) {
    return H::combine(std::move(h), world.moment, world.stewards, world.evidence);
  }
};

struct Findings {
  uint64_t schedules = 0;
  // Exhaustive: distinct worlds. Random: distinct states of single stewards. Handler: messages that
  // stewards posted.
  uint64_t states = 0;
  uint64_t steps = 0;
  // Exhaustive: worlds with a certificate. Random: schedules that reach one.
  uint64_t certified = 0;
  // False where the exploration stopped at its limit of worlds.
  bool complete = true;
  Violation violation = Violation::kNone;
  // Steps up to the violation, without those that are not needed for it.
  std::vector<Step> trace;
  // Of the schedule with the violation.
  uint64_t seed = 0;
};

// Drives the stewards of a scenario through an adversary's choices and judges every step. Stops at
// the first violation that is `wanted` (kNone: at any).
class Explorer final {
 public:
  explicit Explorer(const Scenario& scenario, Violation wanted = Violation::kNone);
  Explorer(const Explorer&) = delete;
  Explorer& operator=(const Explorer&) = delete;

  // Depth first over every world that can be reached, each once. `schedules`: maximal sequences of
  // steps that change something, counted through the merged worlds (saturating). Stewards that
  // cannot be rolled back are interchangeable, so worlds that differ by their order are one. At
  // most `most_worlds`.
  Findings Exhaust(size_t most_worlds);
  // `schedules` random sequences, number i from seed + i, so that each can be run again alone.
  // Repeated and refused messages count as steps here.
  Findings Sample(uint64_t schedules, uint64_t seed);

  const Script& script() const { return script_; }
  size_t decided() const { return first_.decided() + others_.decided(); }

 private:
  Violation Take(World& world, const Step& step);
  // The same world with stewards 2, 3, ... in a fixed order.
  World Sorted(World world) const;
  bool Wanted(Violation violation) const;
  uint64_t Visit(const World& world, Findings& findings);
  // One random schedule, in full.
  void RunOne(uint64_t seed, Findings& findings);
  Violation Replay(const std::vector<Step>& steps);
  // Leaves steps out as long as the same violation follows.
  void Shrink(Findings& findings);
  size_t states() const { return first_.size() + others_.size(); }

  Scenario scenario_;
  Violation wanted_;
  Script script_;
  // The first steward can be rolled back, the others cannot and behave alike.
  StewardStates first_;
  StewardStates others_;
  std::vector<Step> steps_;
  absl::flat_hash_map<World, uint64_t> schedules_from_;
  size_t most_worlds_ = 0;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_EXPLORER_H_
