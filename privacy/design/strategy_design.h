#ifndef PERDURA_PRIVACY_DESIGN_STRATEGY_DESIGN_H_
#define PERDURA_PRIVACY_DESIGN_STRATEGY_DESIGN_H_

#include "Eigen/Core"
#include "absl/status/statusor.h"
#include "privacy/design/cohort.h"
#include "privacy/grid.h"
#include "privacy/strategy.h"

// The offline designer of measurement strategies. Floating point, linked by the command line and
// tests only: the integers that it prints go into a charter, and from then on they alone are the
// truth. A wrong prior costs accuracy, never privacy.
namespace perdura::privacy_design {

inline constexpr int kMaxCauses = 8;

// Expected counts of one group, cause-major: cause 1 over all bins, ..., cause `causes`, then
// censored over all bins. Scaled so that they add up to `patients`.
Eigen::VectorXd PriorCells(const privacy::Grid& grid, int causes, const Cohort& cohort,
                           double patients);

// Rows of the workload at expected counts `cells` (the order of PriorCells): row k is the gradient
// of S at knot k by the cells (no actuarial terms); for several causes also, per cause and knot,
// the cumulative count over all patients.
Eigen::MatrixXd Workload(const Eigen::VectorXd& cells, int bins, int causes);

// R = round(scale chol(X)^T), upper triangular, with X the optimal Gram matrix for the workload of
// `prior`, found by 500 steps of the fixed point of Denisov et al. 2022 (docs/privacy/strategy.md).
// Columns in the order of PriorCells. `causes` in [1, kMaxCauses], `scale` in [1, 2^12] (shipped:
// 2^8). Returns InvalidArgument naming the bound that is broken.
absl::StatusOr<privacy::Strategy> DesignStrategy(const privacy::Grid& grid, int causes,
                                                 const Cohort& prior, int scale = 256);

// The strategy of the entry margin of a delayed-entry table: workload suffix sums over the bins;
// shipped scale 2^7.
absl::StatusOr<privacy::Strategy> DesignEntryStrategy(const privacy::Grid& grid, int scale = 128);

}  // namespace perdura::privacy_design

#endif  // PERDURA_PRIVACY_DESIGN_STRATEGY_DESIGN_H_
