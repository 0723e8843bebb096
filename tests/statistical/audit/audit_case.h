#ifndef PERDURA_TESTS_STATISTICAL_AUDIT_AUDIT_CASE_H_
#define PERDURA_TESTS_STATISTICAL_AUDIT_AUDIT_CASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "perdura/v1/charter.pb.h"

namespace perdura::audit {

// One table under one law, whose claim is put to the test on the worst pair of neighbours: without
// and with the patient who moves the rows farthest.
struct AuditCase {
  const char* name;
  const char* endpoint;
  v1::Compartment compartment;
  // Units of 2^-40 of rho or epsilon.
  uint64_t units;
};

// Every kind of table under every law that offers it. The rho is so large that neighbours are ten
// standard deviations apart: there a wrong variance shows in a few hundred runs.
std::vector<AuditCase> AllCases();

// The Gaussian at its smallest variance, where the mass at zero is large enough to be judged.
AuditCase SmallestGaussian();

// What was drawn in `runs` releases on each side. Rows of a release are `rows` numbers.
struct Samples {
  // Of the noise on all rows of both sides: released minus exact.
  std::vector<int64_t> noise;
  // Projection of each release on the patient's own column, in units of that column's norm.
  std::vector<double> without;
  std::vector<double> with;
};

// Runs the case through a whole federation of four hospitals and a (4, 2) committee: signed
// manifests, dealt noise, secret shares, sums. Deterministic by `seed`.
Samples Draw(const AuditCase& one, int runs, uint64_t seed);

// What the charter's law claims for the case, computed here from the published formulas and not by
// the code under test.
struct Claim {
  // Of the noise on one released row by the exact law, all Q dealers.
  double variance;
  double p_zero;
  // Most that the two sides may be apart, in sd of the noise (Gaussian), with all noise unknown
  // to the adversary; with the noise of f dealers known. 0 in `flagship`.
  double separation;
  double separation_known;
  // Epsilon of the whole charge; 0 in `adhoc`.
  double epsilon;
};
Claim ClaimOf(const AuditCase& one);

}  // namespace perdura::audit

#endif  // PERDURA_TESTS_STATISTICAL_AUDIT_AUDIT_CASE_H_
