#include "query/canary_residuals.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "base/reason.h"
#include "base/status_macros.h"
#include "query/canary.h"
#include "query/round_terms.h"
#include "query/row_noise.h"

namespace perdura::query {
namespace {

std::vector<int64_t> KnownRows(const RoundTerms& terms, const v1::Commit& commit,
                               const federation::Charter& charter) {
  std::vector<int64_t> total(static_cast<size_t>(terms.layout().cells()), 0);
  for (const v1::CommitEntry& contributor : commit.contributors()) {
    const std::vector<int64_t> cells =
        CanaryCells(terms.plan(), terms.layout(), charter, contributor.member());
    std::transform(total.begin(), total.end(), cells.begin(), total.begin(), std::plus<>());
  }
  return terms.layout().Measure(total);
}

}  // namespace

absl::StatusOr<std::vector<double>> CanaryResiduals(const v1::Release& release,
                                                    const v1::Commit& commit,
                                                    const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const Plan plan, Plan::Parse(release.plan(), charter));
  if (!plan.canary()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_canary",
                        "release: is of patients, its exact table is not known");
  }
  PERDURA_ASSIGN_OR_RETURN(const RoundTerms terms, RoundTerms::Create(plan, charter));
  if (release.values_size() != terms.layout().rows() || commit.dealers().empty()) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch",
                        "release: one value for each row, from at least one dealer");
  }
  const double deviation =
      std::sqrt(RowNoiseVariance(terms.noise(), commit.dealers_size(), charter.quorum().h));
  const std::vector<int64_t> known = KnownRows(terms, commit, charter);
  std::vector<double> residuals;
  for (size_t row = 0; row < known.size(); ++row) {
    const int64_t noise = release.values(static_cast<int>(row)) - known[row];
    residuals.push_back(static_cast<double>(noise) / deviation);
  }
  return residuals;
}

}  // namespace perdura::query
