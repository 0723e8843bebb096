#include <cstdio>
#include <cstdlib>

#include "tests/simulation/explorer/explorer.h"
using namespace perdura::explorer;
int main(int argc, char** argv) {
  uint64_t n = argc > 1 ? strtoull(argv[1], nullptr, 10) : 100000;
  size_t most = argc > 2 ? strtoull(argv[2], nullptr, 10) : 3000000;
  int st[4][2] = {{2, 2}, {3, 2}, {4, 2}, {5, 3}};
  auto run = [&](Scenario sc, Violation w) {
    Explorer e(sc, w);
    Findings f = e.Sample(n, 1);
    printf("%s random: sched %lu states %lu steps %lu cert %lu viol %d\n", Describe(sc).c_str(),
           f.schedules, f.states, f.steps, f.certified, static_cast<int>(f.violation));
    for (auto& s : f.trace) printf("   %s\n", NameOf(s, e.script()).c_str());
    fflush(stdout);
    Explorer x(sc, w);
    f = x.Exhaust(most);
    printf("%s exh: sched %lu states %lu steps %lu cert %lu complete %d viol %d decided %zu\n",
           Describe(sc).c_str(), f.schedules, f.states, f.steps, f.certified, f.complete,
           static_cast<int>(f.violation), x.decided());
    for (auto& s : f.trace) printf("   %s\n", NameOf(s, x.script()).c_str());
    fflush(stdout);
  };
  for (auto& c : st) run({.stewards = c[0], .threshold = c[1]}, Violation::kNone);
  for (auto& c : st)
    run({.stewards = c[0],
         .threshold = c[1],
         .second_manifest = SecondManifest::kParallel,
         .oldest = kAfterDeal},
        Violation::kNone);
  for (auto& c : st)
    run({.stewards = c[0],
         .threshold = c[1],
         .second_manifest = SecondManifest::kLater,
         .oldest = kAfterDeal},
        Violation::kNone);
  for (auto& c : st)
    run({.stewards = c[0], .threshold = c[1], .second_manifest = SecondManifest::kLater},
        Violation::kTwoCertificates);
  run({.stewards = 3, .control = Control::kQuorumOfTwo}, Violation::kNone);
  run({.stewards = 4, .control = Control::kNoRestartRule}, Violation::kTwoCertificates);
  run({.stewards = 4, .control = Control::kForgetsCommits}, Violation::kTwoCertificates);
  run({.stewards = 4, .control = Control::kSlotsWithinSkew}, Violation::kTwoCertificates);
  run({.stewards = 4, .control = Control::kUncountedSignatures}, Violation::kNone);
}
