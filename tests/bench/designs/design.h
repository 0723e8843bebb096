#ifndef PERDURA_TESTS_BENCH_DESIGNS_DESIGN_H_
#define PERDURA_TESTS_BENCH_DESIGNS_DESIGN_H_

#include <string>
#include <vector>

#include "Eigen/Core"
#include "privacy/design/cohort.h"
#include "privacy/grid.h"
#include "privacy/noise.h"
#include "privacy/strategy.h"
#include "statistics/binned_survival.h"

// Ways to release a survival curve: which rows of a table are measured, with which noise, and how
// a curve is read off. The product's own two, and the usual ones it is compared with. Cells are
// those of the product: cause 1 over all bins, ..., censored over all bins.
namespace perdura::bench {

// From measured rows to a curve.
enum class Reading {
  // The product's: R^-1 y, isotonic cumulative counts (statistics/binned_survival.h). R is square.
  kTriangular,
  // Cells = `cells_of_rows` y, then as above.
  kLinear,
  // Cells by least squares, each clipped at 0.
  kClipped,
  // Rows are deaths, then persons at risk: at risk decreasing and at least 1, 1 - D/N cut to
  // [.05, 1.5], product, decreasing.
  kDeathsAtRisk,
};

struct Design {
  std::string name;
  privacy::Grid grid;
  int causes = 1;
  privacy::Strategy strategy;  // one group
  privacy::NoiseLaw law = privacy::NoiseLaw::kDiscreteGaussian;
  Reading reading = Reading::kTriangular;
  Eigen::MatrixXd cells_of_rows = {};  // cells x rows; for kLinear and kClipped
  statistics::Decoder decoder = statistics::Decoder::kCumulativePava;
};

// Knots of a grid of the charter template: "g8", "g10", "g15", "g15y"; "monthly" is 1 to 60.
privacy::Grid GridNamed(const std::string& name);

// The product's two mechanisms: the strategy designed for `prior` with Gaussian noise, and R = I
// with discrete Laplace noise.
Design DefaultDesign(const privacy::Grid& grid, int causes, const privacy_design::Cohort& prior);
Design FlagshipDesign(const privacy::Grid& grid, int causes);

// The usual designs, on 60 months for one cause unless the name says otherwise. Names are those of
// the reference table.
std::vector<Design> UsualDesigns();

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_DESIGN_H_
