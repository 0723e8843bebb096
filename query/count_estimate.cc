#include "query/count_estimate.h"

#include <algorithm>
#include <cmath>

#include "base/status_macros.h"
#include "query/moment_estimate.h"
#include "statistics/interval.h"

namespace perdura::query {
namespace {

// The last two categories of status@1: nobody's status is known there.
constexpr size_t kUnknownCategories = 2;

// Rows of one group as counts of patients.
class GroupCounts final {
 public:
  GroupCounts(const CountRelease& release, size_t group)
      : variance_(release.table.RowVariance(group)),
        rows_(release.table.Rows(group, release.values)) {
    const auto entry = static_cast<double>(release.table.layout().not_evaluable_entry());
    variance_ /= entry * entry;
    for (double& row : rows_) row /= entry;
  }

  size_t size() const { return rows_.size() - 1; }
  double NotEvaluable() const { return rows_.back(); }
  double sd() const { return std::sqrt(variance_); }
  Noised Row(size_t row) const { return {rows_[row], variance_}; }
  Noised Sum(size_t rows) const {
    Noised sum;
    for (size_t row = 0; row < rows; ++row) {
      sum = {sum.value + rows_[row], sum.variance + variance_};
    }
    return sum;
  }

 private:
  double variance_;
  std::vector<double> rows_;
};

class CountEstimator final {
 public:
  CountEstimator(const CountRelease& release, double z) : release_(release), z_(z) {}

  GroupEstimates Group(size_t group) const {
    const GroupCounts counts(release_, group);
    GroupEstimates result;
    result.group = release_.table.layout().groups()[group];
    result.not_evaluable = counts.NotEvaluable();
    result.not_evaluable_sd = counts.sd();
    switch (release_.table.layout().shape().kind) {
      case v1::TABLE_CATEGORY:
        Categories(counts, result);
        break;
      case v1::TABLE_FLAGS:
        Flags(counts, result);
        break;
      default:
        Moments(counts, result);
    }
    return result;
  }

 private:
  bool Suppressed(const Noised& n) const {
    return n.value < release_.minimum_cohort || n.value < kLeastSds * std::sqrt(n.variance);
  }

  void Categories(const GroupCounts& counts, GroupEstimates& result) const {
    const Noised all = counts.Sum(counts.size());
    const Noised evaluable = counts.Sum(counts.size() - kUnknownCategories);
    result.n = all.value;
    for (size_t row = 0; row < counts.size(); ++row) {
      CountEstimate one = Named(counts, row);
      one.of_all = ProportionOfSum(counts.Row(row), all);
      if (row < counts.size() - kUnknownCategories) {
        one.of_evaluable = ProportionOfSum(counts.Row(row), evaluable);
      }
      result.counts.push_back(std::move(one));
    }
  }

  void Flags(const GroupCounts& counts, GroupEstimates& result) const {
    const bool has_all = release_.endpoint.flags().all();
    if (has_all) result.n = counts.Row(0).value;
    for (size_t row = has_all ? 1 : 0; row < counts.size(); ++row) {
      CountEstimate one = Named(counts, row);
      if (has_all) one.of_all = ProportionOfRow(counts.Row(row), counts.Row(0));
      result.counts.push_back(std::move(one));
    }
  }

  CountEstimate Named(const GroupCounts& counts, size_t row) const {
    return {.name = release_.table.layout().shape().names[row],
            .count = counts.Row(row).value,
            .count_sd = counts.sd(),
            .of_all = {},
            .of_evaluable = {}};
  }

  // `whole` is a sum of rows of which `part` is one.
  Estimated ProportionOfSum(const Noised& part, const Noised& whole) const {
    const double p = Clipped(part, whole);
    const double noise =
        ((1 - p) * (1 - p) * part.variance + p * p * (whole.variance - part.variance));
    return Proportion(p, noise, whole);
  }

  // `whole` is a row of its own.
  Estimated ProportionOfRow(const Noised& part, const Noised& whole) const {
    const double p = Clipped(part, whole);
    return Proportion(p, part.variance + p * p * whole.variance, whole);
  }

  static double Clipped(const Noised& part, const Noised& whole) {
    return std::clamp(part.value / std::max(1.0, whole.value), 0.0, 1.0);
  }

  // `noise`: variance of the numerator's part of p n.
  Estimated Proportion(double p, double noise, const Noised& whole) const {
    Estimated shown;
    shown.ci_type = "wilson";
    shown.suppressed = Suppressed(whole);
    if (shown.suppressed) return shown;
    const double n = whole.value;
    // Near 0 and 1 the variance of one half of a patient is the least.
    const double least = 0.5 / n * (1 - 0.5 / n);
    const double sampling = std::max(p * (1 - p), least) / n;
    const double variance = sampling + noise / (n * n);
    shown.value = p;
    shown.se_sampling = std::sqrt(sampling);
    shown.se_noise = std::sqrt(noise) / n;
    shown.noise_share = noise / (n * n) / variance;
    const double effective = std::max(p * (1 - p), least) / variance;
    const double z2 = z_ * z_;
    const double centre = (p + z2 / (2 * effective)) / (1 + z2 / effective);
    const double half = z_ / (1 + z2 / effective) *
                        std::sqrt(p * (1 - p) / effective + z2 / (4 * effective * effective));
    shown.lower = std::max(0.0, centre - half);
    shown.upper = std::min(1.0, centre + half);
    return shown;
  }

  // Rows n, sum of x, and maybe sum of x squared.
  void Moments(const GroupCounts& counts, GroupEstimates& result) const {
    const v1::MomentTable& table = release_.endpoint.moment();
    MomentRows rows{.n = counts.Row(0), .sum = counts.Row(1), .squares = {}};
    if (table.second_moment()) rows.squares = counts.Row(2);
    result.n = rows.n.value;
    result.moment = MomentsOf(table, rows, Suppressed(rows.n), z_);
  }

  const CountRelease& release_;
  const double z_;
};

}  // namespace

absl::StatusOr<std::vector<GroupEstimates>> CountsOf(const CountRelease& release) {
  PERDURA_ASSIGN_OR_RETURN(const double z, statistics::NormalQuantile(release.level));
  const CountEstimator estimator(release, z);
  std::vector<GroupEstimates> groups;
  for (size_t group = 0; group < release.table.layout().groups().size(); ++group) {
    groups.push_back(estimator.Group(group));
  }
  return groups;
}

}  // namespace perdura::query
