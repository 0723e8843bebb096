#include "tests/simulation/explorer/explorer.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace perdura::explorer {
namespace {

constexpr uint64_t kRestartRarity = 8;

Scenario WithoutRollback(Scenario scenario) {
  scenario.rollbacks = 0;
  return scenario;
}

uint64_t SaturatingSum(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max()
                                                      : a + b;
}

}  // namespace

StewardStates::StewardStates(const Scenario& scenario, const Script& script)
    : scenario_(scenario), script_(script) {
  IndexOf(RuleSteward(scenario_, script_));
}

uint32_t StewardStates::IndexOf(RuleSteward steward) {
  const auto [found, added] =
      index_.emplace(steward.Fingerprint(), static_cast<uint32_t>(states_.size()));
  if (added) states_.push_back(std::move(steward));
  return found->second;
}

const StewardStates::Move& StewardStates::Next(uint32_t state, const Step& step, int signers,
                                               size_t moment) {
  const uint64_t key = uint64_t{state} << 32 | static_cast<uint64_t>(step.kind) << 24 |
                       static_cast<uint64_t>(step.what) << 16 |
                       static_cast<uint64_t>(signers) << 8 | moment;
  if (const auto found = moves_.find(key); found != moves_.end()) return found->second;
  RuleSteward steward = states_[state];
  const Effect effect = steward.Take(step, signers, script_.moments[moment]);
  return moves_.emplace(key, Move{IndexOf(std::move(steward)), effect}).first->second;
}

Explorer::Explorer(const Scenario& scenario, Violation wanted)
    : scenario_(scenario),
      wanted_(wanted),
      script_(MakeScript(scenario)),
      first_(scenario_, script_),
      others_(WithoutRollback(scenario_), script_) {
  PERDURA_CHECK(static_cast<size_t>(script_.honest()) <= kMostHonest &&
                script_.drafts.size() <= kMostDrafts);
  steps_ = AllSteps(script_, scenario_, /*crashes=*/false);
}

bool Explorer::Wanted(Violation violation) const {
  return violation != Violation::kNone && (wanted_ == Violation::kNone || violation == wanted_);
}

Violation Explorer::Take(World& world, const Step& step) {
  const auto states_of = [this](size_t steward) -> StewardStates& {
    return steward == 0 ? first_ : others_;
  };
  if (step.kind == Kind::kAdvance) {
    ++world.moment;
    for (size_t i = 0; i < static_cast<size_t>(script_.honest()); ++i) {
      world.stewards[i] = states_of(i).Next(world.stewards[i], step, 0, world.moment).to;
    }
    return Violation::kNone;
  }
  const auto steward = static_cast<size_t>(step.steward);
  const int signers =
      step.kind == Kind::kCertificate ? world.evidence.Signers(step.what, script_.quorum) : 0;
  const StewardStates::Move& move =
      states_of(steward).Next(world.stewards[steward], step, signers, world.moment);
  const bool moved = move.to != world.stewards[steward];
  world.stewards[steward] = move.to;
  if (!moved && move.effect.committed < 0) return Violation::kNone;
  return world.evidence.Add(step, move.effect, script_.quorum);
}

// Stewards 2, 3, ... by state and what they signed and summed.
World Explorer::Sorted(World world) const {
  const auto swap = [&world](size_t a, size_t b) {
    std::swap(world.stewards[a], world.stewards[b]);
    world.evidence.Swap(a, b);
  };
  const auto honest = static_cast<size_t>(script_.honest());
  for (size_t i = 1; i < honest; ++i) {
    for (size_t j = i; j > 1; --j) {
      const auto rank = [&world](size_t steward) {
        return std::pair(world.stewards[steward], world.evidence.Of(steward));
      };
      if (rank(j) < rank(j - 1)) swap(j, j - 1);
    }
  }
  return world;
}

uint64_t Explorer::Visit(const World& world, Findings& findings) {
  const World key = Sorted(world);
  if (const auto known = schedules_from_.find(key); known != schedules_from_.end()) {
    return known->second;
  }
  if (schedules_from_.size() >= most_worlds_) {
    findings.complete = false;
    return 0;
  }
  schedules_from_.emplace(key, 0);
  if (world.evidence.Certificates(script_.quorum) > 0) ++findings.certified;
  uint64_t schedules = 0;
  const auto follow = [&](const Step& step) {
    World next = world;
    ++findings.steps;
    const Violation violation = Take(next, step);
    if (next == world) return;
    findings.trace.push_back(step);
    if (Wanted(violation)) {
      findings.violation = violation;
      return;
    }
    schedules = SaturatingSum(schedules, Visit(next, findings));
    if (findings.violation == Violation::kNone) findings.trace.pop_back();
  };
  for (const Step& step : steps_) {
    follow(step);
    if (findings.violation != Violation::kNone) return 0;
  }
  if (world.moment + size_t{1} < script_.moments.size()) follow({.kind = Kind::kAdvance});
  return schedules_from_[key] = std::max<uint64_t>(schedules, 1);
}

Findings Explorer::Exhaust(size_t most_worlds) {
  Findings findings;
  most_worlds_ = most_worlds;
  schedules_from_.clear();
  findings.schedules = Visit(World(), findings);
  findings.states = schedules_from_.size();
  if (findings.violation != Violation::kNone) Shrink(findings);
  return findings;
}

void Explorer::RunOne(uint64_t seed, Findings& findings) {
  Dice dice(steps_, seed, kRestartRarity);
  World world;
  for (int i = 0; i < kMostSteps && findings.violation == Violation::kNone; ++i) {
    const Step step = dice.Next();
    if (step.kind == Kind::kAdvance && world.moment + size_t{1} == script_.moments.size()) break;
    const Violation violation = Take(world, step);
    ++findings.steps;
    findings.trace.push_back(step);
    if (Wanted(violation)) findings.violation = violation;
  }
  if (world.evidence.Certificates(script_.quorum) > 0) ++findings.certified;
}

Findings Explorer::Sample(uint64_t schedules, uint64_t seed) {
  Findings findings;
  while (findings.schedules < schedules && findings.violation == Violation::kNone) {
    findings.seed = seed + findings.schedules++;
    findings.trace.clear();
    RunOne(findings.seed, findings);
  }
  if (findings.violation == Violation::kNone) {
    findings.trace.clear();
  } else {
    Shrink(findings);
  }
  findings.states = states();
  return findings;
}

Violation Explorer::Replay(const std::vector<Step>& steps) {
  World world;
  for (const Step& step : steps) {
    if (step.kind == Kind::kAdvance && world.moment + size_t{1} == script_.moments.size()) break;
    const Violation violation = Take(world, step);
    if (Wanted(violation)) return violation;
  }
  return Violation::kNone;
}

void Explorer::Shrink(Findings& findings) {
  for (size_t i = findings.trace.size(); i-- > 0;) {
    std::vector<Step> shorter = findings.trace;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    if (Replay(shorter) == findings.violation) findings.trace = std::move(shorter);
  }
}

}  // namespace perdura::explorer
