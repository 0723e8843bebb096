#include "statistics/simultaneous.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "Eigen/Eigenvalues"

namespace perdura::statistics {

PlainNormal::PlainNormal(absl::string_view seed) {
  // seed_seq and mt19937_64 are fixed by the language standard; std::normal_distribution is not.
  std::vector<uint32_t> words;
  for (const char c : seed) words.push_back(static_cast<uint8_t>(c));
  std::seed_seq sequence(words.begin(), words.end());
  engine_.seed(sequence);
}

double PlainNormal::Uniform() {
  return std::ldexp(static_cast<double>((engine_() >> 11) + 1), -53);
}

double PlainNormal::Draw() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * std::log(Uniform()));
  const double angle = 2 * std::numbers::pi * Uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

double MaxAbsQuantile(const Eigen::MatrixXd& covariance, double level, int draws,
                      absl::string_view seed) {
  const Eigen::VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scale.asDiagonal() * covariance *
                                                              scale.asDiagonal());
  const Eigen::MatrixXd root =
      solver.eigenvectors() * solver.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
  PlainNormal normal(seed);
  Eigen::VectorXd z(covariance.rows());
  std::vector<double> largest;
  for (int i = 0; i < draws; ++i) {
    for (Eigen::Index k = 0; k < z.size(); ++k) z(k) = normal.Draw();
    largest.push_back((root * z).cwiseAbs().maxCoeff());
  }
  std::sort(largest.begin(), largest.end());
  const double rank = std::ceil(level * draws);
  return largest[static_cast<size_t>(std::max(1.0, rank)) - 1];
}

}  // namespace perdura::statistics
