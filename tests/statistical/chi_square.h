#ifndef PERDURA_TESTS_STATISTICAL_CHI_SQUARE_H_
#define PERDURA_TESTS_STATISTICAL_CHI_SQUARE_H_

#include <cstdint>
#include <functional>
#include <vector>

// Goodness of fit of integer draws to the exact law of the noise. Tests only.
namespace perdura::statistical {

// Cells of adjacent integers: cell i holds edges[i] <= z < edges[i + 1]; the first and the last are
// open to the outside.
struct Cells {
  std::vector<int64_t>
      edges;  // one more than there are inner limits; edges.front() is not used as a limit
  std::vector<double> probabilities;  // of a draw to fall into each cell; they add up to 1
};

// About 200 cells of the discrete Gaussian of `variance`, each with an expectation of at least
// `least` among `draws`. Below variance 10^6 from the exact mass function; above from the normal
// integral over [z - 1/2, z + 1/2), which differs by less than 10^-7 of a cell.
Cells GaussianCells(uint64_t variance, uint64_t draws, double least);

// Cells of the discrete Laplace law Pr[z] proportional to p^|z|, p in (0, 1), each with an
// expectation of at least `least` among `draws`.
Cells LaplaceCells(double p, uint64_t draws, double least);

// The chance that a right sampler fits as badly as these draws or worse.
double FitPValue(const Cells& cells, uint64_t draws, const std::function<int64_t()>& draw);

}  // namespace perdura::statistical

#endif  // PERDURA_TESTS_STATISTICAL_CHI_SQUARE_H_
