#ifndef PERDURA_TESTS_STATISTICAL_AUDIT_VERDICT_H_
#define PERDURA_TESTS_STATISTICAL_AUDIT_VERDICT_H_

#include <string>
#include <vector>

#include "tests/statistical/audit/audit_case.h"

namespace perdura::audit {

// Lower bounds at 99.9 % of what samples show, beside the claim. A bound above its claim is a
// broken promise; one below proves nothing but that this many runs found none.
struct Verdict {
  // Fitted separation in sd of the noise (Gaussian law).
  double separation = 0;
  double separation_low = 0;
  // Clopper-Pearson bound of ln(P(D' in event) / P(D in event)), the event chosen on the first half
  // of the runs.
  double epsilon_low = 0;
  // Sample over claimed variance of the noise, and the upper end of its interval.
  double variance_ratio = 0;
  double variance_ratio_high = 0;
  // Distance of the share of zeros from the exact mass, in sd; 0 where too few are expected.
  double zero_sds = 0;
  // What is broken, in words; empty if nothing.
  std::vector<std::string> broken;
};

// `known`: the adversary knows the noise of f dealers (their noise was left out of the samples), so
// the claim for that applies and the variance is not judged.
Verdict Judge(const Samples& samples, const Claim& claim, bool known);

}  // namespace perdura::audit

#endif  // PERDURA_TESTS_STATISTICAL_AUDIT_VERDICT_H_
