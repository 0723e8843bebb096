#include "query/estimate.h"

#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/noise_field.h"
#include "query/count_estimate.h"
#include "query/event_estimate.h"
#include "query/row_noise.h"
#include "query/table_reading.h"

namespace perdura::query {
namespace {

absl::Status NotThisRelease(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch",
                      absl::StrCat("release: ", what));
}

// What does not depend on the table.
absl::Status CheckRelease(const federation::Charter& charter, const v1::Release& release) {
  if (release.charter_hash() != charter.hash()) return NotThisRelease("another charter");
  if (release.quorum() != static_cast<uint32_t>(charter.quorum().q)) {
    return NotThisRelease("number of dealers");
  }
  if (charter.proto().minimum_cohort() > 0) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "no_minimum_cohort",
                      "the charter sets no minimum_cohort, so nothing may be estimated");
}

absl::Status CheckTable(const TableReading& table, const v1::Release& release) {
  if (release.layout_hash() != table.released_layout().hash()) {
    return NotThisRelease("another layout");
  }
  if (release.values_size() != table.released_layout().rows()) {
    return NotThisRelease("another number of values");
  }
  return absl::OkStatus();
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

// How the table of `plan` is read off the release.
absl::StatusOr<TableReading> ReadingOf(const Plan& plan, const Layout& layout,
                                       const federation::Charter& charter,
                                       const v1::Release& release) {
  const auto released = Plan::Parse(release.plan(), charter);
  if (!released.ok()) return NotThisRelease("another plan");
  PERDURA_ASSIGN_OR_RETURN(const double row_variance, RowVarianceOf(*released, charter, release));
  return TableReading::Create(plan, layout, *released, charter, row_variance);
}

// What stands above the groups.
Estimates HeadOf(const Plan& plan, const TableReading& table, const v1::Endpoint& endpoint,
                 const v1::Release& release, const EstimateOptions& options) {
  Estimates estimates;
  estimates.release_id = options.release_id;
  estimates.plan = plan.text();
  estimates.released_plan = release.plan();
  estimates.derivation = table.derivation().text;
  estimates.cohort = CohortText(plan);
  estimates.group_attribute = plan.groups().attribute;
  estimates.endpoint = plan.endpoint();
  estimates.rule_set = endpoint.rule_set();
  estimates.kind = endpoint.kind();
  estimates.cut = plan.cut();
  estimates.horizon_months = HorizonOf(table.layout(), endpoint);
  estimates.level = options.level;
  estimates.row_noise_variance = table.row_variance();
  estimates.unchecked_against_liars = release.unchecked_against_liars();
  return estimates;
}

absl::StatusOr<std::vector<GroupEstimates>> GroupsOf(const TableReading& table,
                                                     const v1::Endpoint& endpoint,
                                                     const v1::Release& release,
                                                     double minimum_cohort,
                                                     const EstimateOptions& options) {
  const std::span<const int64_t> values(release.values().data(),
                                        static_cast<size_t>(release.values_size()));
  if (endpoint.kind() == v1::TABLE_EVENT) {
    return CurvesOf({.table = table,
                     .endpoint = endpoint,
                     .values = values,
                     .options = options,
                     .minimum_cohort = minimum_cohort});
  }
  return CountsOf({.table = table,
                   .endpoint = endpoint,
                   .values = values,
                   .level = options.level,
                   .minimum_cohort = minimum_cohort});
}

}  // namespace

absl::string_view DecoderWord(statistics::Decoder decoder) {
  return decoder == statistics::Decoder::kSmoothedHazards ? "smoothed" : "plain";
}

absl::Status CheckReading(const Plan& plan, const federation::Charter& charter,
                          const EstimateOptions& options) {
  const v1::Endpoint& endpoint = *charter.FindEndpoint(plan.endpoint());
  const bool smoothed = options.decoder != statistics::Decoder::kCumulativePava;
  if (endpoint.kind() != v1::TABLE_EVENT) {
    if (smoothed) {
      return absl::InvalidArgumentError("decoder: smoothing is of curves; this table has none");
    }
    if (options.landmarks.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("landmarks: are months of a curve; this table has none");
  }
  if (smoothed && endpoint.delayed_entry()) {
    return absl::InvalidArgumentError("decoder: smoothing knows no delayed entry");
  }
  const int last = charter.FindGrid(plan.grid())->knots().back();
  for (const double months : options.landmarks) {
    if (months >= 0 && months <= last) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("landmarks: must be months from 0 to ", last, ", where the grid ends"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Estimates> Estimate(const Plan& plan, const Layout& layout,
                                   const federation::Charter& charter, const v1::Release& release,
                                   const EstimateOptions& options) {
  PERDURA_RETURN_IF_ERROR(CheckReading(plan, charter, options));
  PERDURA_RETURN_IF_ERROR(CheckRelease(charter, release));
  PERDURA_ASSIGN_OR_RETURN(const TableReading table, ReadingOf(plan, layout, charter, release));
  PERDURA_RETURN_IF_ERROR(CheckTable(table, release));
  const v1::Endpoint& endpoint = *charter.FindEndpoint(plan.endpoint());
  Estimates estimates = HeadOf(plan, table, endpoint, release, options);
  if (endpoint.kind() == v1::TABLE_EVENT) {
    estimates.decoder = std::string(DecoderWord(options.decoder));
  }
  PERDURA_ASSIGN_OR_RETURN(estimates.charge, ChargeOfPlanText(release.plan()));
  PERDURA_ASSIGN_OR_RETURN(
      estimates.groups, GroupsOf(table, endpoint, release,
                                 static_cast<double>(charter.proto().minimum_cohort()), options));
  return estimates;
}

}  // namespace perdura::query
