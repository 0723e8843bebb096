// Black-box audit of a small federation: tries to break each privacy claim, and shows that it
// could.
//
//   audit [--runs 100] [--seed 1] [--case NAME]     claims, then every planted fault
//   audit --claims yes --runs 5000000               the long run: claims alone, 10^7 releases a
//   case
//
// Claims: for each law and kind of table the worst pair of neighbours goes through the whole
// protocol (signed manifests, dealt noise, shares, sums). A lower bound at 99.9 % of what an
// adversary learns, also one who knows the noise of f stewards, must not exceed the charge; the
// noise must have at least the claimed variance and the exact mass at zero. Nothing but the table
// may depend on data. Then each fault of base/planted_fault.h is planted and must be found, or the
// silence above proves nothing. Passing is evidence, not proof. Test builds only; charters with an
// endless budget, seeded randomness. Ends with 1 if a claim is broken or a fault is not found.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/logging.h"
#include "base/planted_fault.h"
#include "tests/statistical/audit/audit_case.h"
#include "tests/statistical/audit/behaviour.h"
#include "tests/statistical/audit/verdict.h"
#include "tests/support/command_line.h"

namespace perdura::audit {
namespace {

using base::PlantedFault;

struct Options {
  int runs = 100;
  uint64_t seed = 1;
  std::string only;
  bool claims_only = false;
};

Verdict Try(const AuditCase& one, int runs, uint64_t seed, PlantedFault fault, bool known) {
  base::Plant(fault);
  const Samples samples = Draw(one, runs, seed);
  base::Plant(PlantedFault::kNone);
  return Judge(samples, ClaimOf(one), known);
}

void Print(const AuditCase& one, const Claim& claim, const Verdict& verdict, bool known) {
  std::printf("%-18s %-12s ", one.name, known ? "f known" : "outsider");
  if (claim.separation > 0) {
    std::printf("separation %6.2f, at least %6.2f, claimed at most %6.2f  ", verdict.separation,
                verdict.separation_low, known ? claim.separation_known : claim.separation);
  } else {
    std::printf("epsilon at least %6.2f, claimed at most %6.2f                ",
                verdict.epsilon_low, claim.epsilon);
  }
  if (!known) {
    std::printf("variance %.3f of the claimed, zeros %+.1f sd", verdict.variance_ratio,
                verdict.zero_sds);
  }
  std::printf("  %s\n",
              verdict.broken.empty() ? "holds" : absl::StrJoin(verdict.broken, "; ").c_str());
  std::fflush(stdout);
}

bool JudgeCase(const AuditCase& one, const Options& options) {
  const Claim claim = ClaimOf(one);
  const Verdict outsider =
      Try(one, options.runs, options.seed, PlantedFault::kNone, /*known=*/false);
  Print(one, claim, outsider, false);
  // Knowing a dealer's noise is the same as its not being there.
  const Verdict known =
      Try(one, options.runs, options.seed + 500'000, PlantedFault::kDealerLeftOut, /*known=*/true);
  Print(one, claim, known, true);
  return outsider.broken.empty() && known.broken.empty();
}

using Finding = std::vector<std::string>;

bool JudgeBehaviour(const char* what, const Finding& broken) {
  std::printf("%-32s %s\n", what, broken.empty() ? "holds" : absl::StrJoin(broken, "; ").c_str());
  return broken.empty();
}

bool JudgeClaims(const Options& options) {
  bool holds = true;
  for (const AuditCase& one : AllCases()) {
    if (options.only.empty() || options.only == one.name) holds &= JudgeCase(one, options);
  }
  if (!options.only.empty()) return holds;
  holds &= JudgeCase(SmallestGaussian(), options);
  holds &= JudgeBehaviour("only the table depends on data", JudgeNeighbours());
  holds &= JudgeBehaviour("asked again, the same bytes", JudgeRepeats());
  holds &= JudgeBehaviour("burnt questions are paid", JudgeBurntCharge());
  return holds;
}

struct Control {
  const char* name;
  PlantedFault fault;
  std::function<Finding()> judge;
};

const AuditCase& CaseNamed(const char* name) {
  static const auto* const cases = new std::vector<AuditCase>(AllCases());
  for (const AuditCase& one : *cases) {
    if (std::strcmp(one.name, name) == 0) return one;
  }
  std::abort();
}

std::vector<Control> Controls(const Options& options) {
  const auto judged_by = [&options](const AuditCase& one, PlantedFault fault, int times) {
    return [&options, one, fault, times] {
      return Try(one, times * options.runs, options.seed + 900'000, fault, /*known=*/false).broken;
    };
  };
  const AuditCase& gaussian = CaseNamed("event-adhoc");
  const AuditCase& laplace = CaseNamed("event-flagship");
  using F = PlantedFault;
  return {
      {"half the variance", F::kHalvedVariance, judged_by(gaussian, F::kHalvedVariance, 1)},
      {"a dealer left out of the sum", F::kDealerLeftOut,
       judged_by(gaussian, F::kDealerLeftOut, 2)},
      {"Q for h, Gaussian", F::kAllDealersHonest, judged_by(gaussian, F::kAllDealersHonest, 2)},
      {"Q for h, Laplace shares", F::kAllDealersHonest,
       judged_by(laplace, F::kAllDealersHonest, 1)},
      {"zero counted twice", F::kZeroCountedTwice,
       judged_by(SmallestGaussian(), F::kZeroCountedTwice, 4)},
      {"rounded floating Laplace", F::kRoundedFloatLaplace,
       judged_by(laplace, F::kRoundedFloatLaplace, 1)},
      {"sensitivity 1 for a flag table", F::kFlagSensitivityOfOne,
       judged_by(CaseNamed("flags-adhoc"), F::kFlagSensitivityOfOne, 1)},
      {"cells clipped before the noise", F::kClippedCells, JudgeNeighbours},
      {"two cells for a patient", F::kTwoCells, JudgeNeighbours},
      {"grid from the data", F::kGridFromData, JudgeNeighbours},
      {"an empty node is silent", F::kSilentWhenEmpty, JudgeNeighbours},
      {"exact number in a log", F::kExactCountInLog, JudgeNeighbours},
      {"fresh contribution when asked again", F::kFreshUpload, JudgeRepeats},
      {"refund of a burnt question", F::kRefund, JudgeBurntCharge},
  };
}

bool FindFaults(const Options& options) {
  int found = 0;
  const std::vector<Control> controls = Controls(options);
  for (const Control& control : controls) {
    base::Plant(control.fault);
    const Finding broken = control.judge();
    base::Plant(PlantedFault::kNone);
    found += !broken.empty();
    std::printf("planted: %-36s %s\n", control.name,
                broken.empty() ? "NOT FOUND" : broken.front().c_str());
    std::fflush(stdout);
  }
  std::printf("%d of %zu planted faults found\n", found, controls.size());
  return found == static_cast<int>(controls.size());
}

int Run(int argc, char** argv) {
  Options options;
  options.runs = static_cast<int>(test_support::NumberOption(argc, argv, "--runs", 100));
  options.seed = test_support::NumberOption(argc, argv, "--seed", 1);
  options.only = test_support::TextOption(argc, argv, "--case", "");
  options.claims_only =
      std::strcmp(test_support::TextOption(argc, argv, "--claims", ""), "yes") == 0;
  if (options.runs < 100) {
    std::fprintf(stderr, "audit: --runs must be at least 100\n");
    return 2;
  }
  base::SetLogSink([](absl::string_view) {});
  const bool holds = JudgeClaims(options);
  const bool all_found = options.claims_only || !options.only.empty() || FindFaults(options);
  std::printf("%s\n", holds ? "no claim is broken" : "A CLAIM IS BROKEN");
  return holds && all_found ? 0 : 1;
}

}  // namespace
}  // namespace perdura::audit

int main(int argc, char** argv) { return perdura::audit::Run(argc, argv); }
