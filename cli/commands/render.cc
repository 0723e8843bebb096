#include "cli/commands/render.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace perdura::cli {
namespace {

constexpr int kCurveWidth = 64;
constexpr int kCurveHeight = 11;

std::string Percent(const std::optional<double>& share) {
  return share.has_value() ? absl::StrFormat("%3.0f %%", 100 * *share) : "    -";
}

// Value with its interval and privacy part, or why there is none.
std::string Interval(const query::Estimated& one, const char* unit) {
  if (one.suppressed) return "suppressed (too few patients for the noise)";
  if (!one.value.has_value()) return "not reached";
  std::string text = absl::StrFormat("%7.3f%s", *one.value, unit);
  if (one.lower.has_value() || one.upper.has_value()) {
    absl::StrAppend(&text, "  [", one.lower.has_value() ? absl::StrFormat("%.3f", *one.lower) : "-",
                    ", ", one.upper.has_value() ? absl::StrFormat("%.3f", *one.upper) : "-", "]");
  }
  return text;
}

void AppendSurvival(const query::GroupEstimates& group, std::string& out) {
  absl::StrAppend(&out, "  months  at risk   events       S   95 % interval      privacy's part\n");
  for (const query::SurvivalPoint& point : group.km) {
    const query::Estimated& s = point.survival;
    if (s.suppressed || !s.value.has_value()) {
      absl::StrAppendFormat(&out, "  %6d  %7.1f  %7.1f   suppressed\n", point.months, point.n_risk,
                            point.n_event_cum);
      continue;
    }
    absl::StrAppendFormat(&out, "  %6d  %7.1f  %7.1f   %.3f   [%.3f, %.3f]     %s\n", point.months,
                          point.n_risk, point.n_event_cum, *s.value, s.lower.value_or(0),
                          s.upper.value_or(1), Percent(s.noise_share));
  }
}

void AppendIncidence(const query::GroupEstimates& group, std::string& out) {
  if (group.cif.size() < 2) return;
  for (const query::CauseCurve& curve : group.cif) {
    absl::StrAppend(&out, "  cumulative incidence: ", curve.cause, "\n");
    for (const query::IncidencePoint& point : curve.points) {
      absl::StrAppendFormat(&out, "  %6d  %s     %s\n", point.months, Interval(point.incidence, ""),
                            Percent(point.incidence.noise_share));
    }
  }
}

void AppendSummaries(const query::GroupEstimates& group, std::string& out) {
  absl::StrAppendFormat(&out, "  mean time to %.0f months:  %s months, privacy's part %s\n",
                        group.tau, Interval(group.rmst, ""), Percent(group.rmst.noise_share));
  for (const query::QuantileEstimate& quantile : group.quantiles) {
    absl::StrAppendFormat(
        &out, "  %s: %s\n",
        quantile.quantile == 0.5 ? "median" : absl::StrFormat("quantile %g", quantile.quantile),
        Interval(quantile.months, " months"));
  }
  for (const query::LandmarkEstimate& landmark : group.landmarks) {
    absl::StrAppendFormat(&out, "  S(%g months):  %s\n", landmark.months,
                          Interval(landmark.survival, ""));
  }
  if (group.median_follow_up.has_value()) {
    absl::StrAppendFormat(&out, "  median follow-up: %.1f months\n", *group.median_follow_up);
  }
}

void AppendCounts(const query::GroupEstimates& group, std::string& out) {
  for (const query::CountEstimate& row : group.counts) {
    absl::StrAppendFormat(&out, "  %-24s %8.1f +- %.1f", row.name, row.count, row.count_sd);
    if (row.of_all.has_value()) absl::StrAppend(&out, "  of all ", Interval(*row.of_all, ""));
    if (row.of_evaluable.has_value()) {
      absl::StrAppend(&out, "  of evaluable ", Interval(*row.of_evaluable, ""));
    }
    absl::StrAppend(&out, "\n");
  }
  if (!group.moment.has_value()) return;
  absl::StrAppend(&out, "  mean ", Interval(group.moment->mean, ""));
  if (group.moment->sd.has_value()) {
    absl::StrAppend(&out, "  sd ", Interval(*group.moment->sd, ""));
  }
  absl::StrAppend(&out, "\n");
}

}  // namespace

std::string RenderTables(const query::Estimates& estimates) {
  std::string out;
  for (const query::GroupEstimates& group : estimates.groups) {
    absl::StrAppend(
        &out, estimates.endpoint, ", cohort ", estimates.cohort,
        group.group.empty() ? "" : absl::StrCat(", ", estimates.group_attribute, " ", group.group),
        group.n.has_value() ? absl::StrFormat(": about %.0f patients\n", *group.n) : "\n");
    if (estimates.kind == v1::TABLE_EVENT) {
      AppendSurvival(group, out);
      AppendIncidence(group, out);
      AppendSummaries(group, out);
    } else {
      AppendCounts(group, out);
    }
    absl::StrAppendFormat(&out, "  not evaluable: %.1f +- %.1f patients more\n",
                          group.not_evaluable, group.not_evaluable_sd);
    absl::StrAppend(&out, "\n");
  }
  return out;
}

std::string RenderCurve(const query::Estimates& estimates) {
  if (estimates.groups.empty() || estimates.groups[0].km.empty()) return "";
  const std::vector<query::SurvivalPoint>& km = estimates.groups[0].km;
  std::vector<std::string> rows(kCurveHeight, std::string(kCurveWidth + 1, ' '));
  const auto row_of = [](double s) {
    return static_cast<size_t>(std::lround((1 - std::clamp(s, 0.0, 1.0)) * (kCurveHeight - 1)));
  };
  for (int column = 0; column <= kCurveWidth; ++column) {
    const double month = static_cast<double>(column) * estimates.horizon_months / kCurveWidth;
    const auto point =
        std::find_if(km.begin(), km.end(), [&](const auto& one) { return one.months >= month; });
    if (point == km.end() || !point->survival.value.has_value()) continue;
    const query::Estimated& s = point->survival;
    const auto at = static_cast<size_t>(column);
    for (size_t row = row_of(s.upper.value_or(*s.value)); row <= row_of(s.lower.value_or(*s.value));
         ++row) {
      rows[row][at] = ':';
    }
    rows[row_of(*s.value)][at] = '#';
  }
  std::string out;
  for (int row = 0; row < kCurveHeight; ++row) {
    absl::StrAppendFormat(&out, "  %4.1f |%s\n", 1.0 - row / (kCurveHeight - 1.0),
                          rows[static_cast<size_t>(row)]);
  }
  absl::StrAppendFormat(
      &out, "       +%s\n        0%*d months   # S at the end of each bin   : 95 %% interval\n",
      std::string(kCurveWidth, '-'), kCurveWidth - 1, estimates.horizon_months);
  return out;
}

}  // namespace perdura::cli
