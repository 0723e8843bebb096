// EstimatesJson of output_files.h.

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "query/json_writer.h"
#include "query/output_files.h"

namespace perdura::query {
namespace {

void WriteEstimated(JsonWriter& json, absl::string_view key, const Estimated& estimate) {
  json.Key(key);
  json.BeginObject();
  json.Field("value", estimate.value);
  json.Field("se_sampling", estimate.se_sampling);
  json.Field("se_noise", estimate.se_noise);
  json.Field("noise_share", estimate.noise_share);
  json.Field("lower", estimate.lower);
  json.Field("upper", estimate.upper);
  json.Field("ci_type", estimate.ci_type);
  json.Key("suppressed");
  json.Bool(estimate.suppressed);
  json.EndObject();
}

// An array of objects under `key`; `write` writes the fields of one.
template <typename Items, typename Write>
void WriteObjects(JsonWriter& json, absl::string_view key, const Items& items, Write write) {
  json.Key(key);
  json.BeginArray();
  for (const auto& item : items) {
    json.BeginObject();
    write(item);
    json.EndObject();
  }
  json.EndArray();
}

void WriteCurves(JsonWriter& json, const GroupEstimates& group) {
  WriteObjects(json, "km", group.km, [&json](const SurvivalPoint& point) {
    json.Field("time_months", point.months);
    json.Field("n_risk", point.n_risk);
    json.Field("n_event_cum", point.n_event_cum);
    json.Field("n_censor_cum", point.n_censor_cum);
    WriteEstimated(json, "surv", point.survival);
  });
  WriteObjects(json, "cif", group.cif, [&json](const CauseCurve& curve) {
    json.Field("cause", curve.cause);
    WriteObjects(json, "points", curve.points, [&json](const IncidencePoint& point) {
      json.Field("time_months", point.months);
      json.Field("n_risk", point.n_risk);
      json.Field("n_event_cum", point.n_event_cum);
      WriteEstimated(json, "cif", point.incidence);
    });
  });
}

void WriteSummaries(JsonWriter& json, const GroupEstimates& group) {
  json.Field("tau_months", group.tau);
  WriteEstimated(json, "rmst", group.rmst);
  WriteObjects(json, "quantiles", group.quantiles, [&json](const QuantileEstimate& one) {
    json.Field("quantile", one.quantile);
    json.Key("reached");
    json.Bool(one.reached);
    WriteEstimated(json, "months", one.months);
  });
  WriteObjects(json, "landmarks", group.landmarks, [&json](const LandmarkEstimate& one) {
    json.Field("time_months", one.months);
    WriteEstimated(json, "surv", one.survival);
  });
  json.Field("median_follow_up_months", group.median_follow_up);
}

void WriteCounts(JsonWriter& json, const GroupEstimates& group) {
  WriteObjects(json, "counts", group.counts, [&json](const CountEstimate& row) {
    json.Field("name", row.name);
    json.Field("count", row.count);
    json.Field("count_sd", row.count_sd);
    if (row.of_all.has_value()) WriteEstimated(json, "of_all", *row.of_all);
    if (row.of_evaluable.has_value()) WriteEstimated(json, "of_evaluable", *row.of_evaluable);
  });
  if (!group.moment.has_value()) return;
  WriteEstimated(json, "mean", group.moment->mean);
  json.Field("sd", group.moment->sd);
}

void WriteGroup(JsonWriter& json, const GroupEstimates& group) {
  json.BeginObject();
  json.Field("group", group.group);
  json.Field("n", group.n);
  json.Field("not_evaluable", group.not_evaluable);
  json.Field("not_evaluable_sd", group.not_evaluable_sd);
  if (group.counts.empty() && !group.moment.has_value()) {
    WriteCurves(json, group);
    WriteSummaries(json, group);
  } else {
    WriteCounts(json, group);
  }
  json.EndObject();
}

}  // namespace

std::string EstimatesJson(const Estimates& estimates) {
  JsonWriter json;
  json.BeginObject();
  json.Field("release", base::HexEncode(estimates.release_id));
  json.Field("plan", estimates.plan);
  json.Field("released_plan", estimates.released_plan);
  json.Field("derivation", estimates.derivation);
  json.Field("decoder", estimates.decoder);
  json.Field("cohort", estimates.cohort);
  json.Field("group_attribute", estimates.group_attribute);
  json.Field("endpoint", estimates.endpoint);
  json.Field("rule_set", estimates.rule_set);
  json.Field("cut", estimates.cut);
  json.Field("horizon_months", estimates.horizon_months);
  json.Field("level", estimates.level);
  json.Field("compartment", CompartmentText(estimates.charge.compartment));
  json.Key("charge_units");
  json.Integer(estimates.charge.units);
  json.Field("row_noise_variance", estimates.row_noise_variance);
  json.Key("unchecked_against_liars");
  json.Bool(estimates.unchecked_against_liars);
  json.Key("groups");
  json.BeginArray();
  for (const GroupEstimates& group : estimates.groups) WriteGroup(json, group);
  json.EndArray();
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

}  // namespace perdura::query
