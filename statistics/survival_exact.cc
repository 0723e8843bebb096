#include "statistics/survival_exact.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace perdura::statistics {
namespace {

// R's tolerance when it asks whether a curve equals p.
constexpr double kFlatTolerance = 1.4901161193847656e-08;
constexpr int kMaxExactCauses = 64;

absl::Status Check(std::span<const Observation> observations) {
  if (observations.empty()) return absl::InvalidArgumentError("observations: none given");
  for (const Observation& o : observations) {
    if (!std::isfinite(o.exit)) return absl::InvalidArgumentError("exit: must be finite");
    if (std::isnan(o.entry) || !(o.entry < o.exit)) {
      return absl::InvalidArgumentError("entry: must be before exit");
    }
    if (o.cause < 0) return absl::InvalidArgumentError("cause: must not be negative");
  }
  return absl::OkStatus();
}

// How many of the sorted `times` are at or after `time`.
double CountFrom(const std::vector<double>& times, double time) {
  return static_cast<double>(times.end() - std::lower_bound(times.begin(), times.end(), time));
}

// Greenwood's term d / (n (n - d)); 0 where all at risk have the event, since S and all that
// follows is 0 there.
double GreenwoodTerm(double events, double at_risk) {
  return events < at_risk ? events / (at_risk * (at_risk - events)) : 0;
}

// Index of the last step at or before `time`, or -1.
int LastStep(const std::vector<SurvivalStep>& steps, double time) {
  const auto after =
      std::upper_bound(steps.begin(), steps.end(), time,
                       [](double value, const SurvivalStep& step) { return value < step.time; });
  return static_cast<int>(after - steps.begin()) - 1;
}

// First time at which a curve is at or below p; the midpoint to its next drop if it equals p there.
// Points without a value are left out.
std::optional<double> FirstCrossing(const std::vector<std::pair<double, double>>& curve, double p) {
  const auto below = std::find_if(curve.begin(), curve.end(), [p](const auto& point) {
    return point.second < p + kFlatTolerance;
  });
  if (below == curve.end()) return std::nullopt;
  if (std::abs(below->second - p) >= kFlatTolerance) return below->first;
  const auto next = std::find_if(
      below, curve.end(), [&below](const auto& point) { return point.second < below->second; });
  return next == curve.end() ? below->first : (below->first + next->first) / 2;
}

void FillCurve(std::vector<SurvivalStep>& steps) {
  double survival = 1;
  double sum = 0;
  for (SurvivalStep& step : steps) {
    survival *= 1 - step.events / step.at_risk;
    sum += GreenwoodTerm(step.events, step.at_risk);
    step.survival = survival;
    step.variance = survival * survival * sum;
  }
}

}  // namespace

double PointEstimate::se() const { return std::sqrt(variance); }

absl::StatusOr<KaplanMeier> KaplanMeier::Fit(std::span<const Observation> observations) {
  PERDURA_RETURN_IF_ERROR(Check(observations));
  std::vector<Observation> sorted(observations.begin(), observations.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Observation& a, const Observation& b) { return a.exit < b.exit; });
  std::vector<double> entries, exits;
  for (const Observation& o : sorted) {
    entries.push_back(o.entry);
    exits.push_back(o.exit);
  }
  std::sort(entries.begin(), entries.end());
  std::vector<SurvivalStep> steps;
  for (const Observation& o : sorted) {
    if (steps.empty() || steps.back().time < o.exit) {
      // Under observation before this time: not yet out, and already in.
      const double at_risk = CountFrom(exits, o.exit) - CountFrom(entries, o.exit);
      steps.push_back({.time = o.exit, .at_risk = at_risk});
    }
    (o.cause > 0 ? steps.back().events : steps.back().censored) += 1;
  }
  FillCurve(steps);
  return KaplanMeier(std::move(steps), std::move(entries), std::move(exits));
}

KaplanMeier::KaplanMeier(std::vector<SurvivalStep> steps, std::vector<double> entries,
                         std::vector<double> exits)
    : steps_(std::move(steps)), entries_(std::move(entries)), exits_(std::move(exits)) {}

PointEstimate KaplanMeier::At(double time) const {
  const int last = LastStep(steps_, time);
  if (last < 0) return {.value = 1, .variance = 0};
  const SurvivalStep& step = steps_[static_cast<size_t>(last)];
  return {.value = step.survival, .variance = step.variance};
}

double KaplanMeier::AtRisk(double time) const {
  return CountFrom(exits_, time) - CountFrom(entries_, time);
}

double KaplanMeier::EventsUpTo(double time) const {
  double events = 0;
  for (const SurvivalStep& step : steps_) {
    if (step.time <= time) events += step.events;
  }
  return events;
}

QuantileEstimate KaplanMeier::Quantile(double p, double z, IntervalType type) const {
  std::vector<std::pair<double, double>> curve, lower, upper;
  for (const SurvivalStep& step : steps_) {
    curve.emplace_back(step.time, step.survival);
    const std::optional<Interval> interval =
        ExactInterval(step.survival, std::sqrt(step.variance), z, type);
    if (!interval.has_value()) continue;
    lower.emplace_back(step.time, interval->lower);
    upper.emplace_back(step.time, interval->upper);
  }
  return {.value = FirstCrossing(curve, 1 - p),
          .lower = FirstCrossing(lower, 1 - p),
          .upper = FirstCrossing(upper, 1 - p)};
}

PointEstimate KaplanMeier::Rmst(double tau) const {
  // Backwards, so that `area` is the area from each step to tau when its variance term needs it.
  double area = 0;
  double variance = 0;
  double end = tau;
  for (int i = LastStep(steps_, tau); i >= 0; --i) {
    const SurvivalStep& step = steps_[static_cast<size_t>(i)];
    if (step.time <= 0) break;
    area += step.survival * (end - step.time);
    variance += area * area * GreenwoodTerm(step.events, step.at_risk);
    end = step.time;
  }
  return {.value = area + At(0).value * end, .variance = variance};
}

absl::StatusOr<AalenJohansen> AalenJohansen::Fit(std::span<const Observation> observations,
                                                 int causes) {
  if (causes < 1 || causes > kMaxExactCauses) {
    return absl::InvalidArgumentError(absl::StrCat("causes: must be from 1 to ", kMaxExactCauses));
  }
  PERDURA_ASSIGN_OR_RETURN(KaplanMeier overall, KaplanMeier::Fit(observations));
  std::vector<std::vector<double>> events(static_cast<size_t>(causes),
                                          std::vector<double>(overall.steps().size(), 0));
  for (const Observation& o : observations) {
    if (o.cause > causes) {
      return absl::InvalidArgumentError("cause: must not exceed the number of causes");
    }
    if (o.cause == 0) continue;
    const size_t step = static_cast<size_t>(LastStep(overall.steps(), o.exit));
    events[static_cast<size_t>(o.cause - 1)][step] += 1;
  }
  return AalenJohansen(causes, std::move(overall), std::move(events));
}

AalenJohansen::AalenJohansen(int causes, KaplanMeier overall,
                             std::vector<std::vector<double>> events)
    : causes_(causes), overall_(std::move(overall)), events_(std::move(events)) {
  for (const std::vector<double>& own : events_) {
    std::vector<double> incidence;
    double sum = 0;
    double before = 1;
    for (size_t u = 0; u < own.size(); ++u) {
      const SurvivalStep& step = overall_.steps()[u];
      sum += before * own[u] / step.at_risk;
      before = step.survival;
      incidence.push_back(sum);
    }
    incidence_.push_back(std::move(incidence));
  }
}

PointEstimate AalenJohansen::At(int cause, double time) const {
  const std::vector<SurvivalStep>& steps = overall_.steps();
  const std::vector<double>& own = events_[static_cast<size_t>(cause - 1)];
  const std::vector<double>& incidence = incidence_[static_cast<size_t>(cause - 1)];
  const int last = LastStep(steps, time);
  if (last < 0) return {};
  const double value = incidence[static_cast<size_t>(last)];
  double variance = 0;
  double before = 1;
  for (size_t u = 0; u <= static_cast<size_t>(last); ++u) {
    const double n = steps[u].at_risk;
    const double later = value - incidence[u];
    variance += later * later * GreenwoodTerm(steps[u].events, n) +
                before * before * own[u] * (n - own[u]) / (n * n * n) -
                2 * later * before * own[u] / (n * n);
    before = steps[u].survival;
  }
  return {.value = value, .variance = variance};
}

}  // namespace perdura::statistics
