#include "query/estimate.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/noise_field.h"
#include "query/count_estimate.h"
#include "query/row_noise.h"
#include "statistics/binned_survival.h"
#include "statistics/cell_covariance.h"

namespace perdura::query {
namespace {

using statistics::BinnedEstimate;
using statistics::BinnedSurvival;
using statistics::CellCovariance;

// statistics::NoisedInterval leaves the log(-log) scale beyond this error on it.
constexpr double kLargestLogLogError = 0.35;

absl::Status NotThisRelease(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch",
                      absl::StrCat("release: ", what));
}

absl::Status CheckRelease(const Plan& plan, const Layout& layout,
                          const federation::Charter& charter, const v1::Release& release) {
  if (release.charter_hash() != charter.hash()) return NotThisRelease("another charter");
  if (release.plan() != plan.text()) return NotThisRelease("another plan");
  if (release.layout_hash() != layout.hash()) return NotThisRelease("another layout");
  if (release.values_size() != layout.rows()) return NotThisRelease("another number of values");
  if (release.quorum() != static_cast<uint32_t>(charter.quorum().q)) {
    return NotThisRelease("number of dealers");
  }
  if (charter.proto().minimum_cohort() > 0) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "no_minimum_cohort",
                      "the charter sets no minimum_cohort, so nothing may be estimated");
}

// Of one row, from all dealers.
absl::StatusOr<double> RowVarianceOf(const Plan& plan, const federation::Charter& charter,
                                     const v1::Release& release) {
  const auto noise = federation::ReadNoise(release.noise(), charter.quorum().h);
  if (!noise.ok() || noise->law() != LawOf(plan.charge().compartment)) {
    return NotThisRelease("noise law or parameter");
  }
  return RowNoiseVariance(*noise, charter.quorum().q, charter.quorum().h);
}

int HorizonOf(const Layout& layout, const v1::Endpoint& endpoint) {
  if (layout.bins() > 0) return layout.grid().knots().back();
  return static_cast<int>(endpoint.has_category() ? endpoint.category().landmark_months()
                                                  : endpoint.flags().window_months());
}

std::string CohortText(const Plan& plan) {
  if (plan.cohort().empty()) return "all";
  return absl::StrJoin(plan.cohort(), ";", [](std::string* out, const AttributeClause& clause) {
    absl::StrAppend(out, clause.attribute, ":", absl::StrJoin(clause.categories, ","));
  });
}

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
class Estimator final {
 public:
  Estimator(const Layout& layout, const v1::Endpoint& endpoint, const v1::Release& release,
            const EstimateOptions& options, double row_variance)
      : layout_(layout),
        endpoint_(endpoint),
        release_(release),
        options_(options),
        row_variance_(row_variance) {}

  absl::Status Fit(double minimum_cohort) {
    for (size_t group = 0; group < layout_.groups().size(); ++group) {
      PERDURA_ASSIGN_OR_RETURN(std::vector<double> cells, CellsOf(group));
      PERDURA_ASSIGN_OR_RETURN(CellCovariance covariance, Covariance());
      PERDURA_ASSIGN_OR_RETURN(
          BinnedSurvival fit,
          BinnedSurvival::Fit({.knots = layout_.grid().knots(),
                               .causes = layout_.causes(),
                               .delayed_entry = layout_.shape().entry != nullptr,
                               .level = options_.level,
                               .minimum_cohort = minimum_cohort},
                              std::move(cells), std::move(covariance)));
      fits_.push_back(std::move(fit));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<GroupEstimates>> Groups() const {
    std::vector<GroupEstimates> groups;
    const double tau = options_.tau.value_or(LastCommonKnot());
    for (size_t group = 0; group < fits_.size(); ++group) {
      PERDURA_ASSIGN_OR_RETURN(GroupEstimates one, Group(group, tau));
      groups.push_back(std::move(one));
    }
    return groups;
  }

 private:
  absl::StatusOr<CellCovariance> CovarianceOf(const privacy::Strategy& strategy) const {
    if (layout_.flat()) return CellCovariance::Diagonal(strategy.columns(), row_variance_);
    return CellCovariance::FromStrategy(strategy.rows(), strategy.columns(), strategy.entries(),
                                        row_variance_);
  }

  absl::StatusOr<CellCovariance> Covariance() const {
    PERDURA_ASSIGN_OR_RETURN(CellCovariance exit, CovarianceOf(*layout_.shape().exit));
    if (layout_.shape().entry == nullptr) return exit;
    PERDURA_ASSIGN_OR_RETURN(const CellCovariance entry, CovarianceOf(*layout_.shape().entry));
    return CellCovariance::Join(exit, entry);
  }

  // Exit cells of a group, then entry cells where there are such.
  absl::StatusOr<std::vector<double>> CellsOf(size_t group) const {
    std::span<const int64_t> rows(
        release_.values().data() + group * static_cast<size_t>(layout_.rows_per_group()),
        static_cast<size_t>(layout_.rows_per_group()));
    PERDURA_ASSIGN_OR_RETURN(std::vector<double> cells, Inverted(*layout_.shape().exit, rows));
    if (layout_.shape().entry == nullptr) return cells;
    rows = rows.subspan(static_cast<size_t>(layout_.shape().exit->rows()));
    PERDURA_ASSIGN_OR_RETURN(const std::vector<double> entries,
                             Inverted(*layout_.shape().entry, rows));
    cells.insert(cells.end(), entries.begin(), entries.end());
    return cells;
  }

  // From the first rows of `rows`.
  static absl::StatusOr<std::vector<double>> Inverted(const privacy::Strategy& strategy,
                                                      std::span<const int64_t> rows) {
    return statistics::InvertStrategy(strategy.rows(), strategy.columns(), strategy.entries(),
                                      rows.first(static_cast<size_t>(strategy.rows())));
  }

  double NotEvaluableEntry() const { return static_cast<double>(layout_.not_evaluable_entry()); }

  // The last row of a group.
  double NotEvaluable(size_t group) const {
    const int row = (static_cast<int>(group) + 1) * layout_.rows_per_group() - 1;
    return static_cast<double>(release_.values(row)) / NotEvaluableEntry();
  }

  // The last knot that no group suppresses, else the last one.
  double LastCommonKnot() const {
    for (int bin = layout_.bins() - 1; bin >= 0; --bin) {
      if (std::none_of(fits_.begin(), fits_.end(),
                       [bin](const BinnedSurvival& fit) { return fit.Suppressed(bin); })) {
        return layout_.grid().knots()[static_cast<size_t>(bin)];
      }
    }
    return layout_.grid().knots().back();
  }

  absl::StatusOr<GroupEstimates> Group(size_t group, double tau) const {
    const BinnedSurvival& fit = fits_[group];
    GroupEstimates result;
    result.group = layout_.groups()[group];
    result.n = fit.n();
    result.not_evaluable = NotEvaluable(group);
    result.not_evaluable_sd = std::sqrt(row_variance_) / NotEvaluableEntry();
    result.km = SurvivalPoints(fit);
    for (int cause = 1; cause <= fit.causes(); ++cause) {
      result.cif.push_back(CurveOf(fit, cause, endpoint_.causes(cause - 1)));
    }
    result.tau = tau;
    PERDURA_ASSIGN_OR_RETURN(const BinnedEstimate rmst, fit.Rmst(tau));
    result.rmst = Shown(rmst, "plain");
    for (const double quantile : options_.quantiles) {
      PERDURA_ASSIGN_OR_RETURN(QuantileEstimate one, QuantileOf(fit, quantile));
      result.quantiles.push_back(std::move(one));
    }
    for (const double months : options_.landmarks) {
      PERDURA_ASSIGN_OR_RETURN(const BinnedEstimate survival, fit.SurvivalAt(months));
      result.landmarks.push_back({months, ShownProbability(survival, fit.n())});
    }
    result.median_follow_up = fit.MedianFollowUp();
    return result;
  }

  const Layout& layout_;
  const v1::Endpoint& endpoint_;
  const v1::Release& release_;
  const EstimateOptions& options_;
  double row_variance_;
  std::vector<BinnedSurvival> fits_;
};

}  // namespace

absl::StatusOr<Estimates> Estimate(const Plan& plan, const Layout& layout,
                                   const federation::Charter& charter, const v1::Release& release,
                                   const EstimateOptions& options) {
  PERDURA_RETURN_IF_ERROR(CheckRelease(plan, layout, charter, release));
  const v1::Endpoint& endpoint = *charter.FindEndpoint(plan.endpoint());
  Estimates estimates;
  estimates.release_id = options.release_id;
  estimates.plan = plan.text();
  estimates.cohort = CohortText(plan);
  estimates.group_attribute = plan.groups().attribute;
  estimates.endpoint = plan.endpoint();
  estimates.rule_set = endpoint.rule_set();
  estimates.kind = endpoint.kind();
  estimates.cut = plan.cut();
  estimates.horizon_months = HorizonOf(layout, endpoint);
  estimates.level = options.level;
  estimates.charge = plan.charge();
  PERDURA_ASSIGN_OR_RETURN(estimates.row_noise_variance, RowVarianceOf(plan, charter, release));
  estimates.unchecked_against_liars = release.unchecked_against_liars();
  if (endpoint.kind() != v1::TABLE_EVENT) {
    PERDURA_ASSIGN_OR_RETURN(
        estimates.groups,
        CountsOf({.layout = layout,
                  .endpoint = endpoint,
                  .release = release,
                  .row_variance = estimates.row_noise_variance,
                  .level = options.level,
                  .minimum_cohort = static_cast<double>(charter.proto().minimum_cohort())}));
    return estimates;
  }
  Estimator estimator(layout, endpoint, release, options, estimates.row_noise_variance);
  PERDURA_RETURN_IF_ERROR(estimator.Fit(charter.proto().minimum_cohort()));
  PERDURA_ASSIGN_OR_RETURN(estimates.groups, estimator.Groups());
  return estimates;
}

}  // namespace perdura::query
