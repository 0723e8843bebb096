// Whole federations under random faults and operations, one seed each; every invariant must hold in
// every one (random_run.h).
//
//   simulation_seeds [--seeds 2000] [--from 1]      10^5 and more by command
//   simulation_seeds --seeds 1 --from N --log 1   one seed again, with what the parties log
//
// Ends with 1 on a violation, naming the seed, or if answers, refusals, crashes or absences are
// missing from the whole: then it has shown nothing.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/logging.h"
#include "tests/simulation/random_run.h"
#include "tests/support/command_line.h"

namespace perdura::simulation {
namespace {

void Report(uint64_t seed, const RunResult& result) {
  for (const std::string& violation : result.violations) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
  }
}

int Run(int argc, char** argv) {
  const uint64_t seeds = test_support::NumberOption(argc, argv, "--seeds", 2000);
  const uint64_t from = test_support::NumberOption(argc, argv, "--from", 1);
  if (test_support::NumberOption(argc, argv, "--log", 0) == 0)
    base::SetLogSink([](absl::string_view) {});
  RunResult total;
  for (uint64_t seed = from; seed < from + seeds; ++seed) {
    const RunResult one = RunSeed(seed);
    Report(seed, one);
    total.answered += one.answered;
    total.refused += one.refused;
    total.crashes += one.crashes;
    total.absences += one.absences;
    total.violations.insert(total.violations.end(), one.violations.begin(), one.violations.end());
  }
  std::printf(
      "%llu seeds: %d answered, %d refused or burnt, %d crashes, %d absences, %zu violations\n",
      static_cast<unsigned long long>(seeds), total.answered, total.refused, total.crashes,
      total.absences, total.violations.size());
  const bool all_happened =
      total.answered > 0 && total.refused > 0 && total.crashes > 0 && total.absences > 0;
  return total.violations.empty() && all_happened ? 0 : 1;
}

}  // namespace
}  // namespace perdura::simulation

int main(int argc, char** argv) { return perdura::simulation::Run(argc, argv); }
