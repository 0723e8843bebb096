#ifndef PERDURA_PRIVACY_DESIGN_COHORT_H_
#define PERDURA_PRIVACY_DESIGN_COHORT_H_

#include "absl/status/status.h"

namespace perdura::privacy_design {

// An imagined cohort: what a strategy is designed for and a preview reckons with. Never fitted to
// patients. Survival S(x) = cured + (1 - cured) exp(-hazard x), still followed G(x) = exp(-dropout
// x), x in months.
struct Cohort {
  double cured = 0;    // in [0, 1)
  double hazard = 0;   // per month, of those not cured, >= 0
  double dropout = 0;  // per month, >= 0

  double Survival(double months) const;
  double FollowUp(double months) const;
};

// The two priors of shipped strategies: S(x) = 1/2 + 2^(-x/12)/2, and 0.80^(x/60); dropout 0.005
// for both.
Cohort CurativePrior();
Cohort DurablePrior();

// The two cohorts of the accuracy targets. CART: 40 % cured, the rest exponential with median 6
// months, dropout 0.0085. GENE: constant hazard with S(60) = 0.85, dropout 0.0042.
Cohort CartCohort();
Cohort GeneCohort();

// Returns InvalidArgument naming the field unless cured is in [0, 1), hazard and dropout are in [0,
// 1].
absl::Status CheckCohort(const Cohort& cohort);

// A cohort of constant hazard with survival `survival` in (0, 1) at `months` > 0: for a planner who
// knows one number.
Cohort ConstantHazard(double survival, double months, double dropout);

}  // namespace perdura::privacy_design

#endif  // PERDURA_PRIVACY_DESIGN_COHORT_H_
