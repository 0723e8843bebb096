// What analysts can do with answers: attacks of D1, D2 and D3 of the design on a whole federation.
//
//   analyst_attacks [--worlds 30] [--repeats 1000] [--seed 1]
//   analyst_attacks --worlds 1000 --repeats 10000        the long run
//
//   differencing    Q, and Q without one person, whose presence is guessed; ten times as many
//                   worlds, 1,000 at most
//   averaging       the same question again and again: one table, one charge
//   cloning         300 rewritten plans: groups, cohorts, grids, charges; stops at the cap
//   reconstruction  cohorts in random combination until the cap; guesses everybody
//
// Before each world a coin is tossed for each person who is guessed about. The attacker knows
// everybody else, all laws and the code, and picks the likeliest world. No attacker may be right
// more often than differential privacy allows at the charge of the cap, plus 2 % at 1,000 guesses
// and as many standard deviations at fewer:
// e^eps / (1 + e^eps) for pure eps, Phi(sqrt(rho / 2)) for Gaussian noise of rho. Two controls run
// cloning and reconstruction under a cap that is lifted, and must be right more often than that, or
// the attackers would be too weak to prove anything. Ends with 1 if anything is otherwise.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/logging.h"
#include "tests/statistical/attacks/attacked_registry.h"
#include "tests/support/command_line.h"
#include "tests/support/seeded_random.h"

namespace perdura::attacks {
namespace {

using query::PlanRequest;
using test_support::SeededRandom;
using test_support::TestOptions;

constexpr uint64_t kUnit = uint64_t{1} << 40;
constexpr uint64_t kEpsilonOfOne = kUnit;
// The cap of rho one half pays for two questions.
constexpr uint64_t kRhoCap = kUnit / 2;
constexpr uint64_t kRhoOfAQuestion = kUnit / 4;
constexpr uint64_t kLiftedCap = uint64_t{1} << 58;
constexpr int kScript = 300;
// Enough under a lifted cap.
constexpr int kScriptOfControl = 60;
constexpr int kWorldsOfControl = 15;
constexpr double kAllowance = 0.02;
constexpr double kGuessesOfAllowance = 1000;
constexpr int kMostPairs = 1000;

struct Options {
  int worlds = 30;
  int repeats = 1000;
  uint64_t seed = 1;
};

struct Tally {
  int right = 0;
  int guesses = 0;
  bool within_cap = true;
  double accuracy() const { return static_cast<double>(right) / guesses; }
};

double BoundOfEpsilon(double epsilon) { return 1 / (1 + std::exp(-epsilon)); }
double BoundOfRho(double rho) { return std::erfc(-std::sqrt(rho / 2) / std::sqrt(2)) / 2; }

bool IsOutOfBudget(const std::string& reason) {
  return reason == "budget_exhausted" || reason == "analyst_cap" || reason == "purpose_cap";
}

bool Report(const char* name, const Tally& tally, double bound, bool must_exceed) {
  const double limit =
      bound + kAllowance * std::sqrt(std::max(1.0, kGuessesOfAllowance / tally.guesses));
  const bool exceeds = tally.accuracy() > limit;
  std::printf(
      "%-32s right %5d of %5d, %.3f; limit %.3f%s  %s\n", name, tally.right, tally.guesses,
      tally.accuracy(), limit, tally.within_cap ? "" : "; CAP PASSED",
      exceeds ? (must_exceed ? "caught" : "EXCEEDED") : (must_exceed ? "TOO WEAK" : "holds"));
  std::fflush(stdout);
  return exceeds == must_exceed && tally.within_cap;
}

bool Difference(const Options& options) {
  SeededRandom coins(options.seed);
  Tally tally;
  for (int i = 0; i < std::min(10 * options.worlds, kMostPairs); ++i) {
    const World truth = kOthers | (coins.Below(2) == 1 ? kTarget : 0);
    AttackedRegistry registry(truth, {.flagship_cap_units = 2 * kEpsilonOfOne}, coins.Next());
    PlanRequest everybody;
    everybody.grid = "g8@1";
    everybody.compartment = v1::COMPARTMENT_FLAGSHIP;
    everybody.charge_units = kEpsilonOfOne;
    PlanRequest without = everybody;
    without.cohort = {{"disease", {"aml-low", "aml-high"}}};
    const bool answered = registry.Ask(everybody).empty() && registry.Ask(without).empty();
    // Two answers, two charges, whatever they have in common.
    tally.within_cap &= answered && registry.releases() == 2 &&
                        registry.Charged(v1::COMPARTMENT_FLAGSHIP) == 2 * kEpsilonOfOne;
    tally.right += registry.Likeliest(std::vector<World>{kOthers, kOthers | kTarget}) == truth;
    ++tally.guesses;
  }
  return Report("differencing, eps = 1", tally, BoundOfEpsilon(1), /*must_exceed=*/false);
}

bool Average(const Options& options) {
  AttackedRegistry registry(kOthers, {.cap_units = kRhoCap}, options.seed);
  PlanRequest request;
  request.grid = "g8@1";
  request.charge_units = kRhoOfAQuestion;
  int answered = 0;
  for (int i = 0; i < options.repeats; ++i) answered += registry.Ask(request).empty();
  const uint64_t charged = registry.Charged(v1::COMPARTMENT_ADHOC);
  std::printf("averaging: %d repeats, %d answers, %zu table(s), %.2f charges\n", options.repeats,
              answered, registry.tables(),
              static_cast<double>(charged) / static_cast<double>(kRhoOfAQuestion));
  return answered == options.repeats && registry.tables() == 1 && charged == kRhoOfAQuestion;
}

// Rewritten plans, each of which counts the target. In another order, written differently, over
// others too, on another grid, at another price.
std::vector<PlanRequest> CloningScript(int length) {
  const std::vector<std::vector<query::AttributeClause>> cohorts = {
      {},
      {{"disease", {"all", "aml-low", "aml-high"}}},
      {{"disease", {"aml-high", "all", "aml-low"}}},
      {{"disease", {"all"}}},
      {{"age-band", {"under-20"}}},
      {{"age-band", {"under-20"}}, {"disease", {"all"}}},
      {{"disease", {"all"}}, {"age-band", {"20-39", "under-20"}}},
      {{"disease", {"aml-low", "all"}}}};
  std::vector<PlanRequest> script;
  for (int i = 0; i < length; ++i) {
    PlanRequest request;
    request.cohort = cohorts[static_cast<size_t>(i) % cohorts.size()];
    request.grid = i % 3 == 0 ? "g15@1" : "g8@1";
    if (i % 5 == 0) request.group_by = "disease";
    if (i % 5 == 1) request.group_by = "age-band";
    // Never the same price, so that no release answers a later plan.
    request.charge_units = kRhoOfAQuestion - static_cast<uint64_t>(length - i);
    script.push_back(std::move(request));
  }
  return script;
}

// Cohorts of random categories.
std::vector<PlanRequest> ReconstructionScript(int length, SeededRandom& dice) {
  const auto some = [&dice](std::vector<std::string> categories) {
    std::vector<std::string> chosen;
    while (chosen.empty()) {
      for (const std::string& category : categories) {
        if (dice.Below(2) == 1) chosen.push_back(category);
      }
    }
    return chosen;
  };
  std::vector<PlanRequest> script;
  for (int i = 0; i < length; ++i) {
    PlanRequest request;
    request.grid = "g8@1";
    request.cohort = {{"disease", some({"all", "aml-low", "aml-high"})},
                      {"age-band", some({"under-20", "20-39", "40-plus"})}};
    request.charge_units = kRhoOfAQuestion - static_cast<uint64_t>(length - i);
    script.push_back(std::move(request));
  }
  return script;
}

// Asks all of it. Past the cap every plan must be refused for want of budget, and charge nothing.
bool Play(AttackedRegistry& registry, const std::vector<PlanRequest>& script, uint64_t cap) {
  bool right = true;
  for (const PlanRequest& request : script) {
    const std::string reason = registry.Ask(request);
    right &= reason.empty() || (cap != kLiftedCap && IsOutOfBudget(reason));
  }
  return right && registry.Charged(v1::COMPARTMENT_ADHOC) <= cap && registry.releases() > 0;
}

Tally Clone(int worlds, int length, uint64_t cap, uint64_t seed) {
  SeededRandom coins(seed);
  Tally tally;
  for (int i = 0; i < worlds; ++i) {
    const World truth = kOthers | (coins.Below(2) == 1 ? kTarget : 0);
    AttackedRegistry registry(truth, {.cap_units = cap}, coins.Next());
    tally.within_cap &= Play(registry, CloningScript(length), cap);
    tally.right += registry.Likeliest(std::vector<World>{kOthers, kOthers | kTarget}) == truth;
    ++tally.guesses;
  }
  return tally;
}

Tally Reconstruct(int worlds, int length, uint64_t cap, uint64_t seed) {
  SeededRandom coins(seed);
  std::vector<World> all(World{1} << kPeople);
  std::iota(all.begin(), all.end(), 0);
  Tally tally;
  for (int i = 0; i < worlds; ++i) {
    const auto truth = static_cast<World>(coins.Below(all.size()));
    AttackedRegistry registry(truth, {.cap_units = cap}, coins.Next());
    tally.within_cap &= Play(registry, ReconstructionScript(length, coins), cap);
    tally.right += kPeople - std::popcount(registry.Likeliest(all) ^ truth);
    tally.guesses += kPeople;
  }
  return tally;
}

int Run(int argc, char** argv) {
  const Options options = {
      static_cast<int>(test_support::NumberOption(argc, argv, "--worlds", 30)),
      static_cast<int>(test_support::NumberOption(argc, argv, "--repeats", 1000)),
      test_support::NumberOption(argc, argv, "--seed", 1)};
  if (options.worlds < 20 || options.repeats < 2) {
    std::fprintf(stderr, "analyst_attacks: --worlds must be at least 20, --repeats 2\n");
    return 2;
  }
  base::SetLogSink([](absl::string_view) {});
  const double bound = BoundOfRho(0.5);
  bool right = Average(options);
  right &= Difference(options);
  right &= Report("cloning, rho = 1/2", Clone(options.worlds, kScript, kRhoCap, options.seed),
                  bound, false);
  right &= Report("reconstruction, rho = 1/2",
                  Reconstruct(options.worlds, kScript, kRhoCap, options.seed), bound, false);
  right &= Report("control: cloning, no cap",
                  Clone(kWorldsOfControl, kScriptOfControl, kLiftedCap, options.seed), bound, true);
  right &= Report("control: reconstruction, no cap",
                  Reconstruct(kWorldsOfControl, kScriptOfControl, kLiftedCap, options.seed), bound,
                  true);
  return right ? 0 : 1;
}

}  // namespace
}  // namespace perdura::attacks

int main(int argc, char** argv) { return perdura::attacks::Run(argc, argv); }
