#ifndef PERDURA_STATISTICS_SURVIVAL_EXACT_H_
#define PERDURA_STATISTICS_SURVIVAL_EXACT_H_

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "statistics/interval.h"

// The exact path: individual times, no noise. For a centre's own patients at its own node, and for
// tests. Not differentially private: a result must not leave the node. Equal to R's survfit, but
// for two things: where S is 0 R has no standard error and we give 0; and with delayed entry R's
// error of a cumulative incidence is the infinitesimal jackknife, ours stays the delta method (a
// difference below 0.001 in the tests).
namespace perdura::statistics {

// One person: under observation after `entry` and up to and including `exit`, in any one unit of
// time.
struct Observation {
  // Minus infinity: observed from the start. Otherwise entry < exit; an event at time t counts
  // whoever entered before t.
  double entry = -std::numeric_limits<double>::infinity();
  double exit = 0;
  int cause = 0;  // 0 censored, 1..J the cause of the event
};

// The curve just after one distinct exit time. On one time events precede censorings.
struct SurvivalStep {
  double time = 0;
  double at_risk = 0;  // just before `time`
  double events = 0;   // at `time`
  double censored = 0;
  double survival = 1;
  double variance = 0;  // Greenwood
};

struct PointEstimate {
  double value = 0;
  double variance = 0;
  double se() const;
};

struct QuantileEstimate {
  std::optional<double> value, lower, upper;  // empty: not reached
};

// Kaplan-Meier with Greenwood's variance. Any cause counts as the event. Immutable.
class KaplanMeier final {
 public:
  // Returns InvalidArgument if there is no observation, a time is not finite, a cause is negative,
  // or entry >= exit.
  static absl::StatusOr<KaplanMeier> Fit(std::span<const Observation> observations);

  // Distinct exit times, ascending.
  const std::vector<SurvivalStep>& steps() const { return steps_; }
  // S(time); the last value is carried on beyond the last exit.
  PointEstimate At(double time) const;
  // Persons under observation just before `time`, and events up to and including it.
  double AtRisk(double time) const;
  double EventsUpTo(double time) const;
  // First time with S <= 1 - p, 0 < p < 1; the midpoint if S = 1 - p on a flat piece (R's rule).
  // Limits: the same rule on the pointwise interval curves. z from NormalQuantile.
  QuantileEstimate Quantile(double p, double z, IntervalType type) const;
  QuantileEstimate Median(double z, IntervalType type) const { return Quantile(0.5, z, type); }
  // Area under S from 0 to tau > 0, and its variance. Beyond the last exit the curve is carried on.
  PointEstimate Rmst(double tau) const;

 private:
  KaplanMeier(std::vector<SurvivalStep> steps, std::vector<double> entries,
              std::vector<double> exits);
  std::vector<SurvivalStep> steps_;
  std::vector<double> entries_, exits_;  // sorted
};

// Cumulative incidence of competing causes (Aalen-Johansen) with the delta-method variance, equal
// to R's multi-state survfit. Immutable.
class AalenJohansen final {
 public:
  // `causes`: J in [1, 64]; causes of the observations in [0, J]. Errors as for KaplanMeier::Fit.
  static absl::StatusOr<AalenJohansen> Fit(std::span<const Observation> observations, int causes);

  int causes() const { return causes_; }
  // F_cause(time), cause in [1, J].
  PointEstimate At(int cause, double time) const;
  double AtRisk(double time) const { return overall_.AtRisk(time); }
  // Event-free survival, 1 - sum of all F.
  const KaplanMeier& overall() const { return overall_; }

 private:
  AalenJohansen(int causes, KaplanMeier overall, std::vector<std::vector<double>> events);
  int causes_;
  KaplanMeier overall_;
  std::vector<std::vector<double>> events_;     // [cause - 1][step]
  std::vector<std::vector<double>> incidence_;  // [cause - 1][step]
};

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_SURVIVAL_EXACT_H_
