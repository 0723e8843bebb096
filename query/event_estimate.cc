#include "query/event_estimate.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/status_macros.h"
#include "statistics/cell_covariance.h"

namespace perdura::query {
namespace {

using statistics::BinnedEstimate;
using statistics::BinnedSurvival;
using statistics::CellCovariance;

// statistics::NoisedInterval leaves the log(-log) scale beyond this error on it.
constexpr double kLargestLogLogError = 0.35;

// The scale on which statistics::NoisedInterval made the interval of a probability.
std::string IntervalType(double probability, double se, double n) {
  const double floor = 0.5 / n;
  const double x = std::clamp(probability, floor, 1 - floor);
  return se <= kLargestLogLogError * x * std::abs(std::log(x)) ? "loglog" : "plain";
}

Estimated Shown(const BinnedEstimate& estimate, std::string ci_type) {
  Estimated shown;
  shown.ci_type = std::move(ci_type);
  shown.suppressed = estimate.suppressed;
  if (estimate.suppressed) return shown;
  shown.value = estimate.value;
  shown.se_sampling = std::sqrt(estimate.variance_sample);
  shown.se_noise = std::sqrt(estimate.variance_noise);
  shown.noise_share = estimate.noise_share();
  shown.lower = estimate.lower;
  shown.upper = estimate.upper;
  return shown;
}

Estimated ShownProbability(const BinnedEstimate& estimate, double n) {
  return Shown(estimate, IntervalType(estimate.value, estimate.se(), n));
}

std::vector<SurvivalPoint> SurvivalPoints(const BinnedSurvival& fit) {
  std::vector<SurvivalPoint> points;
  double events = 0;
  double censored = 0;
  for (int bin = 0; bin < fit.bins(); ++bin) {
    events += fit.Events(bin);
    censored += fit.Censored(bin);
    points.push_back({.months = fit.knots()[static_cast<size_t>(bin)],
                      .n_risk = fit.AtRisk(bin),
                      .n_event_cum = events,
                      .n_censor_cum = censored,
                      .survival = ShownProbability(fit.Survival(bin), fit.n())});
  }
  return points;
}

CauseCurve CurveOf(const BinnedSurvival& fit, int cause, const std::string& name) {
  CauseCurve curve{.cause = name, .points = {}};
  double events = 0;
  for (int bin = 0; bin < fit.bins(); ++bin) {
    events += fit.Events(cause, bin);
    const BinnedEstimate incidence = fit.Incidence(cause, bin);
    // The interval of F is that of 1 - F, turned over.
    curve.points.push_back({.months = fit.knots()[static_cast<size_t>(bin)],
                            .n_risk = fit.AtRisk(bin),
                            .n_event_cum = events,
                            .incidence = Shown(incidence, IntervalType(1 - incidence.value,
                                                                       incidence.se(), fit.n()))});
  }
  return curve;
}

absl::StatusOr<QuantileEstimate> QuantileOf(const BinnedSurvival& fit, double quantile) {
  PERDURA_ASSIGN_OR_RETURN(const statistics::BinnedQuantile found, fit.Quantile(quantile));
  QuantileEstimate result{.quantile = quantile, .reached = found.value.has_value(), .months = {}};
  result.months.ci_type = "inverted";
  result.months.suppressed = found.suppressed;
  if (found.suppressed) {
    result.reached = false;
    return result;
  }
  result.months.value = found.value;
  result.months.lower = found.lower;
  result.months.upper = found.upper;
  return result;
}

// The fitted tables of a release and what is wanted of them.
class EventEstimator final {
 public:
  explicit EventEstimator(const EventRelease& release) : release_(release) {}

  absl::Status Fit() {
    for (size_t group = 0; group < layout().groups().size(); ++group) {
      PERDURA_ASSIGN_OR_RETURN(std::vector<double> cells,
                               release_.table.Cells(group, release_.values));
      PERDURA_ASSIGN_OR_RETURN(CellCovariance covariance, release_.table.Covariance(group));
      PERDURA_ASSIGN_OR_RETURN(
          BinnedSurvival fit,
          BinnedSurvival::Fit({.knots = layout().grid().knots(),
                               .causes = layout().causes(),
                               .delayed_entry = layout().shape().entry != nullptr,
                               .level = release_.options.level,
                               .minimum_cohort = release_.minimum_cohort,
                               .decoder = release_.options.decoder},
                              std::move(cells), std::move(covariance)));
      fits_.push_back(std::move(fit));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<GroupEstimates>> Groups() const {
    std::vector<GroupEstimates> groups;
    const double tau = release_.options.tau.value_or(LastCommonKnot());
    for (size_t group = 0; group < fits_.size(); ++group) {
      PERDURA_ASSIGN_OR_RETURN(GroupEstimates one, Group(group, tau));
      groups.push_back(std::move(one));
    }
    return groups;
  }

 private:
  const Layout& layout() const { return release_.table.layout(); }

  // The last knot that no group suppresses, else the last one.
  double LastCommonKnot() const {
    for (int bin = layout().bins() - 1; bin >= 0; --bin) {
      if (std::none_of(fits_.begin(), fits_.end(),
                       [bin](const BinnedSurvival& fit) { return fit.Suppressed(bin); })) {
        return layout().grid().knots()[static_cast<size_t>(bin)];
      }
    }
    return layout().grid().knots().back();
  }

  absl::StatusOr<GroupEstimates> Group(size_t group, double tau) const {
    const BinnedSurvival& fit = fits_[group];
    GroupEstimates result;
    result.group = layout().groups()[group];
    result.n = fit.n();
    const auto entry = static_cast<double>(layout().not_evaluable_entry());
    result.not_evaluable = release_.table.NotEvaluable(group, release_.values) / entry;
    result.not_evaluable_sd = std::sqrt(release_.table.RowVariance(group)) / entry;
    result.km = SurvivalPoints(fit);
    for (int cause = 1; cause <= fit.causes(); ++cause) {
      result.cif.push_back(CurveOf(fit, cause, release_.endpoint.causes(cause - 1)));
    }
    result.tau = tau;
    PERDURA_ASSIGN_OR_RETURN(const BinnedEstimate rmst, fit.Rmst(tau));
    result.rmst = Shown(rmst, "plain");
    for (const double quantile : release_.options.quantiles) {
      PERDURA_ASSIGN_OR_RETURN(QuantileEstimate one, QuantileOf(fit, quantile));
      result.quantiles.push_back(std::move(one));
    }
    for (const double months : release_.options.landmarks) {
      PERDURA_ASSIGN_OR_RETURN(const BinnedEstimate survival, fit.SurvivalAt(months));
      result.landmarks.push_back({months, ShownProbability(survival, fit.n())});
    }
    result.median_follow_up = fit.MedianFollowUp();
    return result;
  }

  const EventRelease& release_;
  std::vector<BinnedSurvival> fits_;
};

}  // namespace

absl::StatusOr<std::vector<GroupEstimates>> CurvesOf(const EventRelease& release) {
  EventEstimator estimator(release);
  PERDURA_RETURN_IF_ERROR(estimator.Fit());
  return estimator.Groups();
}

}  // namespace perdura::query
