#ifndef PERDURA_PRIVACY_DESIGN_PRECISION_H_
#define PERDURA_PRIVACY_DESIGN_PRECISION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "privacy/charge.h"
#include "privacy/design/cohort.h"
#include "privacy/grid.h"
#include "privacy/strategy.h"

// What a planned release will be worth, before it is paid: a function of strategy, charge,
// committee, an imagined cohort and an expected number of patients that the analyst states. Never
// of the true count.
namespace perdura::privacy_design {

// kappa_k for every knot k: the sd of the noise in S(g_k), times n, in units of sigma_1 (the noise
// sd on one count that the budget would buy by itself). kappa^2 = l2_squared g' (R'R)^-1 g with g
// the workload row of knot k at the cohort's cell fractions. Returns InvalidArgument unless the
// strategy is square with (causes + 1) x bins columns, or if it is singular. Worked number:
// `curative`, g15, one cause, on CART: largest 1.541, at 60 months 1.496.
absl::StatusOr<std::vector<double>> Kappa(const privacy::Strategy& strategy,
                                          const privacy::Grid& grid, int causes,
                                          const Cohort& cohort);

// What the noise on an entry margin adds to S at every knot of a delayed-entry table, as Kappa does
// for the exits, in units of the noise on one entry: who enters later is not at risk before, so
// that entries move the numbers at risk. The cohort is there from day 0. Returns InvalidArgument
// unless the strategy is square with one column for each bin, or if it is singular.
absl::StatusOr<std::vector<double>> EntryKappa(const privacy::Strategy& entry,
                                               const privacy::Grid& grid, int causes,
                                               const Cohort& cohort);

// Q noise dealers of which h are surely honest: a release carries phi = Q / h times the guaranteed
// variance.
struct CommitteeNoise {
  int dealers = 0;         // Q, >= h
  int honest_dealers = 0;  // h, >= 1
};

// sigma_1 squared. `adhoc`: phi / (2 rho). `flagship`: phi 2p / (1-p)^2, p = exp(-epsilon / l1).
// Returns InvalidArgument unless dealers >= honest_dealers >= 1 (and l1 >= 1).
absl::StatusOr<double> UnitNoiseVariance(privacy::Charge rho, CommitteeNoise committee);
absl::StatusOr<double> FlagshipUnitNoiseVariance(privacy::Charge epsilon, int l1,
                                                 CommitteeNoise committee);

// Predicted sd of the noise in S at a knot: kappa sigma_1 / n. n > 0.
double NoiseSd(double kappa, double unit_variance, double n);
// Predicted privacy share of Var S at a knot: kappa^2 sigma_1^2 / (kappa^2 sigma_1^2 + n S (1 -
// S)).
double PredictedShare(double kappa, double unit_variance, double n, double survival);
// The n at which privacy is `share` of Var S, share in (0, 1): half is the guidance below which the
// planner warns, 3/4 (a third of that n) the floor below which it refuses.
double GuidanceN(double kappa, double unit_variance, double survival, double share = 0.5);
// The rho that makes the noise sd of S at a knot equal to `sd` > 0: phi kappa^2 / (2 sd^2 n^2).
double NeededRho(double kappa, CommitteeNoise committee, double sd, double n);

// The variance of S at each knot without any noise, times n: Greenwood's S^2 sum lambda / (f (1 -
// lambda)), lambda = D / f, at the cohort's cell fractions, f the actuarial fraction at risk.
// Follow-up that ends early makes it larger than S (1 - S). Errors as for Kappa.
absl::StatusOr<std::vector<double>> SamplingVariance(const privacy::Grid& grid, int causes,
                                                     const Cohort& cohort);

// Of an estimate with `variance` >= 0 (sampling and noise together): the width 2 z se of its plain
// 95 % interval, and the smallest true difference between two independent estimates of that
// variance which a two-sided test at 5 % finds with power 80 %: (1.960 + 0.842) sqrt(2 variance).
// Intervals near 0 and 1 are drawn on another scale (statistics/interval.h) and are then narrower
// on one side. Worked numbers: variance 0.0001 gives 0.0392 and 0.0396.
double IntervalWidth(double variance);
double DetectableDifference(double variance);

struct KnotPrecision {
  int months = 0;
  double survival = 0;  // of the cohort
  double kappa = 0;
  double noise_sd = 0;     // of S
  double sampling_sd = 0;  // of S, without noise
  double share = 0;        // of privacy in Var S
};

// All of the above for every knot of one group of n patients. `kappa`: of every knot. Errors as for
// SamplingVariance; n > 0, unit_variance > 0.
absl::StatusOr<std::vector<KnotPrecision>> PredictPrecision(const std::vector<double>& kappa,
                                                            const privacy::Grid& grid, int causes,
                                                            const Cohort& cohort,
                                                            double unit_variance, double n);

}  // namespace perdura::privacy_design

#endif  // PERDURA_PRIVACY_DESIGN_PRECISION_H_
