#include "query/output_files.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"

namespace perdura::query {
namespace {

constexpr absl::string_view kFirstColumns =
    "release,cohort,group,endpoint,rule_set,cut,horizon_months";
constexpr absl::string_view kGroupColumns = "not_evaluable,not_evaluable_sd,decoder,derivation";
constexpr absl::string_view kLastColumns =
    "se_sampling,se_noise,noise_share,lower,upper,level,ci_type,suppressed";

// RFC 4180: quoted where a comma, a quote or a line end stands in it.
std::string CsvText(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvNumber(double value) {
  if (!std::isfinite(value)) return "";
  return absl::StrFormat("%.10g", value == 0 ? 0.0 : value);
}
std::string CsvNumber(const std::optional<double>& value) {
  return value.has_value() ? CsvNumber(*value) : "";
}
std::string CsvBool(bool value) { return value ? "true" : "false"; }

// One file, line by line.
class CsvFile final {
 public:
  CsvFile(const Estimates& estimates, absl::string_view own_columns)
      : estimates_(estimates),
        text_(absl::StrCat(kFirstColumns, ",", own_columns, ",", kGroupColumns, ",", kLastColumns,
                           "\n")) {}

  void Line(const GroupEstimates& group, const std::vector<std::string>& own,
            const Estimated& estimate) {
    const std::string group_text = estimates_.group_attribute.empty()
                                       ? ""
                                       : absl::StrCat(estimates_.group_attribute, ":", group.group);
    absl::StrAppend(
        &text_,
        absl::StrJoin(
            {base::HexEncode(estimates_.release_id), CsvText(estimates_.cohort),
             CsvText(group_text), CsvText(estimates_.endpoint), CsvText(estimates_.rule_set),
             CsvText(estimates_.cut), absl::StrCat(estimates_.horizon_months)},
            ","),
        ",", absl::StrJoin(own, ","), ",", CsvNumber(group.not_evaluable), ",",
        CsvNumber(group.not_evaluable_sd), ",", ReadingColumns(estimates_), ",",
        absl::StrJoin(
            {CsvNumber(estimate.se_sampling), CsvNumber(estimate.se_noise),
             CsvNumber(estimate.noise_share), CsvNumber(estimate.lower), CsvNumber(estimate.upper),
             CsvNumber(estimates_.level), CsvText(estimate.ci_type), CsvBool(estimate.suppressed)},
            ","),
        "\n");
  }

  std::string text() && { return std::move(text_); }

 private:
  const Estimates& estimates_;
  std::string text_;
};

}  // namespace

std::string ReadingColumns(const Estimates& estimates) {
  return absl::StrCat(estimates.decoder, ",", estimates.derivation);
}

std::string KmCsv(const Estimates& estimates) {
  CsvFile file(estimates, "time_months,n_risk,n_event_cum,n_censor_cum,surv");
  for (const GroupEstimates& group : estimates.groups) {
    for (const SurvivalPoint& point : group.km) {
      file.Line(group,
                {absl::StrCat(point.months), CsvNumber(point.n_risk), CsvNumber(point.n_event_cum),
                 CsvNumber(point.n_censor_cum), CsvNumber(point.survival.value)},
                point.survival);
    }
    for (const LandmarkEstimate& one : group.landmarks) {
      file.Line(group, {CsvNumber(one.months), "", "", "", CsvNumber(one.survival.value)},
                one.survival);
    }
  }
  return std::move(file).text();
}

std::string CifCsv(const Estimates& estimates) {
  CsvFile file(estimates, "cause,time_months,n_risk,n_event_cum,cif");
  for (const GroupEstimates& group : estimates.groups) {
    for (const CauseCurve& curve : group.cif) {
      for (const IncidencePoint& point : curve.points) {
        file.Line(group,
                  {CsvText(curve.cause), absl::StrCat(point.months), CsvNumber(point.n_risk),
                   CsvNumber(point.n_event_cum), CsvNumber(point.incidence.value)},
                  point.incidence);
      }
    }
  }
  return std::move(file).text();
}

std::string RmstCsv(const Estimates& estimates) {
  CsvFile file(estimates, "tau_months,rmst,contrast");
  for (const GroupEstimates& group : estimates.groups) {
    file.Line(group, {CsvNumber(group.tau), CsvNumber(group.rmst.value), ""}, group.rmst);
  }
  return std::move(file).text();
}

std::string MedianCsv(const Estimates& estimates) {
  CsvFile file(estimates, "quantile,value_months,reached");
  for (const GroupEstimates& group : estimates.groups) {
    for (const QuantileEstimate& one : group.quantiles) {
      file.Line(group, {CsvNumber(one.quantile), CsvNumber(one.months.value), CsvBool(one.reached)},
                one.months);
    }
  }
  return std::move(file).text();
}

std::string ResponseCsv(const Estimates& estimates) {
  CsvFile file(estimates, "slot,category,x,x_sd,n,denominator,proportion");
  for (const GroupEstimates& group : estimates.groups) {
    for (const CountEstimate& row : group.counts) {
      const auto line = [&](const std::optional<Estimated>& of, absl::string_view denominator) {
        if (!of.has_value()) return;
        file.Line(group,
                  {absl::StrCat(estimates.horizon_months, " mo"), row.name, CsvNumber(row.count),
                   CsvNumber(row.count_sd), CsvNumber(group.n), std::string(denominator),
                   CsvNumber(of->value)},
                  *of);
      };
      line(row.of_evaluable, "evaluable");
      line(row.of_all, "all");
    }
  }
  return std::move(file).text();
}

std::string AeCsv(const Estimates& estimates) {
  CsvFile file(estimates, "term,grade_min,x,x_sd,n,person_years,proportion,rate");
  for (const GroupEstimates& group : estimates.groups) {
    for (const CountEstimate& row : group.counts) {
      const Estimated share = row.of_all.value_or(Estimated());
      file.Line(group,
                {row.name, "", CsvNumber(row.count), CsvNumber(row.count_sd), CsvNumber(group.n),
                 "", CsvNumber(share.value), ""},
                share);
    }
  }
  return std::move(file).text();
}

std::string MomentCsv(const Estimates& estimates) {
  CsvFile file(estimates, "n,statistic,value");
  for (const GroupEstimates& group : estimates.groups) {
    if (!group.moment.has_value()) continue;
    const auto line = [&](absl::string_view statistic, const Estimated& one) {
      file.Line(group, {CsvNumber(group.n), std::string(statistic), CsvNumber(one.value)}, one);
    };
    line("mean", group.moment->mean);
    if (group.moment->sd.has_value()) line("sd", *group.moment->sd);
  }
  return std::move(file).text();
}

std::vector<OutputFile> CsvFiles(const Estimates& estimates) {
  switch (estimates.kind) {
    case v1::TABLE_CATEGORY:
      return {{"response.csv", ResponseCsv(estimates)}};
    case v1::TABLE_FLAGS:
      return {{"ae.csv", AeCsv(estimates)}};
    case v1::TABLE_MOMENT:
      return {{"moments.csv", MomentCsv(estimates)}};
    default:
      break;
  }
  return {{"km.csv", KmCsv(estimates)},
          {"cif.csv", CifCsv(estimates)},
          {"rmst.csv", RmstCsv(estimates)},
          {"median.csv", MedianCsv(estimates)}};
}

}  // namespace perdura::query
