// Can an attempt have two certificates? All interleavings of what a malicious aggregator and f
// corrupt stewards can do to the honest stewards of one attempt, for (s,t) = (2,2), (3,2), (4,2),
// (5,3).
//
//   steward_explorer [--committee s,t] [--schedules N] [--seed N] [--worlds N]
//                    [--handler-schedules N]
//     --committee          this one alone, without the controls
//     --schedules          random ones for each committee and scenario, default 100,000
//     --worlds             bound of the exhaustive part for each, default 500,000; 20,000,000 ends
//                          all of them
//     --handler-schedules  against the whole handler, default 60
//   A failing random schedule is printed step by step; --seed with its seed and --schedules 1 runs
//   it again.
//
// Covered. The adversary owns delivery: any order, repetition or loss of announcements,
// contributions, drafts and certificates at any honest steward, with four or five drafts for the
// attempt (other nodes, other deals of corrupt dealers, other dealers, one dealer too few), before
// and after every deadline; a second manifest for the attempt, opened at the same time or later.
// Corrupt stewards sign everything and deal twice. Every honest steward restarts at any moment and
// any number of times; one of them is rolled back to before its deal, after its deal, or after its
// have list. After every step: no two commits with Q signatures; no honest steward signs two
// commits, publishes two sums, sums without Q signatures, or deals twice.
//   rules     registry-node/steward/steward_round.h, the code that the handler runs, over storage
//             that is a value. Memory outlives restarts, which the daemon's does not: KC8 alone is
//             tested. Exhaustive with merged states, and random. Signatures are sets of signers.
//   handler   StewardHandler with real envelopes, keys and shares, at random; a process also dies
//             while it stores a commit, before or after.
//
// Not covered. One attempt only: KC7 across questions is tests/simulation/federation_test.cc. One
// clock for all honest stewards, which never goes back. The SQLite store: tests/fault. A live
// clone of a steward. More than one steward rolled back.
//   Limits of `witness: none`, shown below: a steward that is rolled back to before its deal knows
// no manifest of the attempt, and KC8 looks at the opening of the manifest that it is shown. So a
// later second manifest of the attempt gets its signature, and where the other honest stewards
// never saw the first one (2,2 has none; 4,2 and 5,3 have enough), a second certificate. No honest
// node is in both: it answers one manifest of an attempt (NC9). With witnesses a second manifest is
// not logged (NC8). For (2,2), rolled back while the other steward is corrupt, KC8 is the only
// protection.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/logging.h"
#include "tests/simulation/explorer/explorer.h"
#include "tests/simulation/explorer/handler_world.h"

namespace perdura::explorer {
namespace {

struct Settings {
  uint64_t schedules = 100'000;
  uint64_t handler_schedules = 60;
  uint64_t worlds = 500'000;
  uint64_t seed = 1;
  bool controls = true;
  std::vector<std::pair<int, int>> committees = {{2, 2}, {3, 2}, {4, 2}, {5, 3}};
};

// Random schedules until a control must be found; the hardest takes some 13,000.
constexpr uint64_t kControlSchedules = 200'000;
// The limit of (4,2) takes some 130,000.
constexpr uint64_t kLimitSchedules = 1'000'000;

struct Totals {
  uint64_t schedules = 0;
  int failures = 0;
};

unsigned long long Long(uint64_t number) { return number; }

void PrintTrace(const Findings& findings, const Script& script) {
  std::printf("    %s, seed %llu\n", kViolationNames[static_cast<size_t>(findings.violation)],
              Long(findings.seed));
  for (const Step& step : findings.trace) std::printf("      %s\n", NameOf(step, script).c_str());
}

void Print(const Scenario& scenario, const char* how, const Findings& findings,
           const char* states) {
  std::printf(
      "%s: %s: %llu schedules, %llu %s, %llu steps, certificates in %llu%s: %d violations\n",
      Describe(scenario).c_str(), how, Long(findings.schedules), Long(findings.states), states,
      Long(findings.steps), Long(findings.certified),
      findings.complete ? "" : " (stopped at the bound)",
      findings.violation == Violation::kNone ? 0 : 1);
  std::fflush(stdout);
}

// Nothing may be found, and certificates must have come about, or it shows nothing.
void JudgeSafe(const Findings& findings, const Script& script, Totals& totals) {
  if (findings.violation != Violation::kNone) {
    PrintTrace(findings, script);
    ++totals.failures;
  } else if (findings.certified == 0) {
    std::printf("    FAILED: no schedule reached a certificate\n");
    ++totals.failures;
  }
}

void RunSafe(const Scenario& scenario, const Settings& settings, Totals& totals) {
  Explorer explorer(scenario);
  const Findings all = explorer.Exhaust(settings.worlds);
  Print(scenario, "exhaustive", all, "distinct worlds");
  JudgeSafe(all, explorer.script(), totals);
  const Findings random = explorer.Sample(settings.schedules, settings.seed);
  Print(scenario, "random", random, "steward states");
  totals.schedules += random.schedules;
  // One schedule alone, run again by its seed, need not reach a certificate.
  if (settings.schedules > 1 || random.violation != Violation::kNone) {
    JudgeSafe(random, explorer.script(), totals);
  }
}

void RunHandler(const Scenario& scenario, const Settings& settings, Totals& totals) {
  HandlerWorld world(scenario, settings.seed, /*broken_store=*/false);
  const Findings findings = world.Sample(settings.handler_schedules, settings.seed);
  Print(scenario, "handler", findings, "messages posted");
  totals.schedules += findings.schedules;
  if (settings.handler_schedules > 1 || findings.violation != Violation::kNone) {
    JudgeSafe(findings, world.script(), totals);
  }
}

void JudgeFound(const Findings& findings, const Script& script, Violation wanted, Totals& totals) {
  if (findings.violation == wanted) {
    std::printf("  found in schedule %llu\n", Long(findings.schedules));
    PrintTrace(findings, script);
    return;
  }
  std::printf("  FAILED: %s was not found\n", kViolationNames[static_cast<size_t>(wanted)]);
  ++totals.failures;
}

void RunFound(const Scenario& scenario, Violation wanted, uint64_t schedules, uint64_t seed,
              Totals& totals) {
  std::printf("%s:\n", Describe(scenario).c_str());
  Explorer explorer(scenario, wanted);
  JudgeFound(explorer.Sample(schedules, seed), explorer.script(), wanted, totals);
}

void RunControls(const Settings& settings, Totals& totals) {
  const auto control = [&](int stewards, Control broken, Violation wanted) {
    RunFound({.stewards = stewards, .control = broken}, wanted, kControlSchedules, settings.seed,
             totals);
  };
  control(3, Control::kQuorumOfTwo, Violation::kTwoCertificates);
  control(2, Control::kNoRestartRule, Violation::kTwoCertificates);
  control(3, Control::kNoRestartRule, Violation::kTwoSignatures);
  control(4, Control::kNoRestartRule, Violation::kTwoCertificates);
  control(4, Control::kForgetsCommits, Violation::kTwoCertificates);
  control(4, Control::kSlotsWithinSkew, Violation::kTwoCertificates);
  control(4, Control::kUncountedSignatures, Violation::kSumWithoutCertificate);
  std::printf("(4,2), CONTROL store that loses commits, handler:\n");
  HandlerWorld world({}, settings.seed, /*broken_store=*/true);
  JudgeFound(world.Sample(settings.handler_schedules, settings.seed), world.script(),
             Violation::kTwoSignatures, totals);
}

// What the header says of `witness: none`: these must be found as well, or it is wrong.
void RunLimits(const Settings& settings, Totals& totals) {
  for (const int stewards : {2, 4}) {
    RunFound({.stewards = stewards, .second_manifest = SecondManifest::kLater},
             Violation::kTwoCertificates, kLimitSchedules, settings.seed, totals);
  }
}

int Run(const Settings& settings) {
  Totals totals;
  for (const auto& [stewards, threshold] : settings.committees) {
    Scenario scenario{.stewards = stewards, .threshold = threshold};
    RunSafe(scenario, settings, totals);
    scenario.oldest = kAfterDeal;
    for (const auto second : {SecondManifest::kParallel, SecondManifest::kLater}) {
      scenario.second_manifest = second;
      RunSafe(scenario, settings, totals);
    }
    RunHandler({.stewards = stewards, .threshold = threshold}, settings, totals);
  }
  std::printf("%llu schedules one by one: %d failures\n", Long(totals.schedules), totals.failures);
  if (settings.controls) {
    std::printf("\nWhat must be found\n");
    RunControls(settings, totals);
    RunLimits(settings, totals);
  }
  std::printf("%s\n", totals.failures == 0 ? "PASSED" : "FAILED");
  return totals.failures == 0 ? 0 : 1;
}

bool ReadSetting(const char* name, const char* value, Settings& settings) {
  const uint64_t number = std::strtoull(value, nullptr, 10);
  if (std::strcmp(name, "--committee") == 0) {
    int stewards = 0;
    int threshold = 0;
    if (std::sscanf(value, "%d,%d", &stewards, &threshold) != 2) return false;
    const auto quorum = crypto::Quorum::Create(stewards, threshold);
    settings.committees = {{stewards, threshold}};
    settings.controls = false;
    return quorum.ok() && static_cast<size_t>(quorum->s - quorum->f) <= kMostHonest;
  }
  if (std::strcmp(name, "--schedules") == 0)
    settings.schedules = number;
  else if (std::strcmp(name, "--seed") == 0)
    settings.seed = number;
  else if (std::strcmp(name, "--worlds") == 0)
    settings.worlds = number;
  else if (std::strcmp(name, "--handler-schedules") == 0)
    settings.handler_schedules = number;
  else
    return false;
  return true;
}

int Main(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 < argc && ReadSetting(argv[i], argv[i + 1], settings)) continue;
    std::fprintf(stderr,
                 "steward_explorer [--committee s,t] [--schedules N] [--seed N] [--worlds N] "
                 "[--handler-schedules N]; at most %zu honest stewards\n",
                 kMostHonest);
    return 2;
  }
  // Thousands of refusals are what this is about.
  base::SetLogSink([](absl::string_view) {});
  return Run(settings);
}

}  // namespace
}  // namespace perdura::explorer

int main(int argc, char** argv) { return perdura::explorer::Main(argc, argv); }
