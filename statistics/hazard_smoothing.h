#ifndef PERDURA_STATISTICS_HAZARD_SMOOTHING_H_
#define PERDURA_STATISTICS_HAZARD_SMOOTHING_H_

#include <span>
#include <vector>

#include "statistics/cell_covariance.h"

// What a release tells about the exact cells of a group if the hazards behind them are taken to
// change gradually. Where noise is as large as a cell's count, neighbouring bins tell more about a
// bin than its own number does. Post-processing of released numbers and public parameters: free.
//
// Model, kinds j = causes and `censored`, bins k of width w_k:
// - hazard of kind j in bin k: r_j a_jk^2, r_j the kind's rate over the whole table
// - a_jk is 1 plus a normal level of sd 1 plus a random walk over u_k = ln(1 + middle of bin k in
//   months) of sd s_j for one unit of u. The square root of a count's mean is the scale on which
//   its sampling error is the same everywhere.
// - cells are Poisson with the means that such hazards give to n patients, n unknown
// - released cells are normal around the cells with the known covariance of the noise
//
// s is chosen by the release itself: the answers for s in {1/4, 1, 4, 16} (causes) times {1/2, 2}
// (censored) are averaged, weighted by how well each predicts the released cells, so that a curve
// with a cliff is hardly smoothed. Each answer is the posterior of the model made linear at its
// mode; the roughnesses are weighted by the same approximation of the evidence (Laplace; Bayesian
// model averaging). Deterministic. What it gains and where it is worse: docs/ACCURACY.md.
namespace perdura::statistics {

struct SmoothedCells {
  // Posterior means in the order of the released cells: real numbers, may be negative.
  std::vector<double> cells;
  // Posterior covariance of the exact cells. It covers what smoothing may have taken away as far
  // as the model holds; the noise in `cells` alone varies less.
  CellCovariance covariance;
};

// `knots`: months, strictly ascending, > 0, K of them. `cells`: (causes + 1) K exit cells, finite,
// no entry cells; `covariance` has as many. What the caller does not keep ends the process.
SmoothedCells SmoothHazards(std::span<const int> knots, int causes, std::span<const double> cells,
                            const CellCovariance& covariance);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_HAZARD_SMOOTHING_H_
