#include "statistics/hazard_smoothing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "Eigen/Cholesky"
#include "Eigen/Core"
#include "base/check.h"

namespace perdura::statistics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kCauseRoughness[] = {0.25, 1, 4, 16};
constexpr double kCensoringRoughness[] = {0.5, 2};
// Prior sd of the level of a hazard's root and of ln n: hardly informative.
constexpr double kLevelSd = 1;
constexpr double kPatientsSd = 1;
// Keeps the prior covariance regular where u does not move.
constexpr double kPriorNugget = 1e-6;
// A root never reaches 0, where the hazard would lose its derivative.
constexpr double kLeastRoot = 0.05;
constexpr double kLeastPatients = 2;
// For the rate of a kind of which the release shows next to nothing: this many exits, or one sd of
// their noise.
constexpr double kLeastExits = 3;
// Poisson variance of an almost empty cell.
constexpr double kLeastMean = 0.05;
constexpr int kNewtonSteps = 20;
constexpr double kLargestStep = 1;
constexpr double kSmallestStep = 1e-3;

// Means of all cells and their derivatives by the parameters: ln n, then the roots in the order of
// the cells.
struct Means {
  VectorXd cells;
  MatrixXd jacobian;
};

// Posterior of the cells under one choice of roughness, with its log evidence.
struct Posterior {
  VectorXd mean;
  MatrixXd covariance;
  double log_evidence = 0;
};

class HazardModel {
 public:
  HazardModel(std::span<const int> knots, int causes, VectorXd released, MatrixXd noise)
      : bins_(static_cast<Index>(knots.size())),
        kinds_(causes + 1),
        released_(std::move(released)),
        noise_(std::move(noise)),
        patients_(std::max(kLeastPatients, released_.sum())) {
    double start = 0;
    widths_.resize(bins_);
    log_times_.resize(bins_);
    for (Index k = 0; k < bins_; ++k) {
      const double end = knots[static_cast<size_t>(k)];
      widths_(k) = end - start;
      log_times_(k) = std::log1p((start + end) / 2);
      start = end;
    }
    EstimateRates();
  }

  Posterior Solve(double cause_roughness, double censoring_roughness) const {
    const MatrixXd prior = PriorCovariance(cause_roughness, censoring_roughness);
    const VectorXd centre = PriorCentre();
    VectorXd parameters = centre;
    for (int step = 0; step < kNewtonSteps; ++step) {
      const VectorXd move = NewtonMove(prior, centre, parameters);
      const double longest = move.cwiseAbs().maxCoeff();
      parameters += move * std::min(1.0, kLargestStep / longest);
      parameters.tail(released_.size()) = parameters.tail(released_.size()).cwiseMax(kLeastRoot);
      if (longest < kSmallestStep) break;
    }
    return PosteriorAt(prior, centre, parameters);
  }

 private:
  // Number of a cell. The last kind is `censored`.
  Index Cell(Index kind, Index bin) const { return kind * bins_ + bin; }

  // Exits of each kind over the whole window of all patients: the centre of a diffuse prior, not an
  // estimate.
  void EstimateRates() {
    const double months = patients_ * widths_.sum();
    rates_.resize(kinds_);
    for (Index kind = 0; kind < kinds_; ++kind) {
      // Most of the last "censored" are those event-free at the horizon.
      const Index counted = kind + 1 == kinds_ ? bins_ - 1 : bins_;
      const Index first = Cell(kind, 0);
      const double exits = released_.segment(first, counted).sum();
      const double noise_sd = std::sqrt(noise_.block(first, first, counted, counted).sum());
      rates_(kind) = std::max({kLeastExits, noise_sd, exits}) / months;
    }
  }

  VectorXd PriorCentre() const {
    VectorXd centre = VectorXd::Ones(released_.size() + 1);
    centre(0) = std::log(patients_);
    return centre;
  }

  MatrixXd PriorCovariance(double cause_roughness, double censoring_roughness) const {
    MatrixXd prior = MatrixXd::Zero(released_.size() + 1, released_.size() + 1);
    prior(0, 0) = kPatientsSd * kPatientsSd;
    for (Index kind = 0; kind < kinds_; ++kind) {
      const double s = kind + 1 == kinds_ ? censoring_roughness : cause_roughness;
      for (Index k = 0; k < bins_; ++k) {
        for (Index l = 0; l < bins_; ++l) {
          prior(1 + Cell(kind, k), 1 + Cell(kind, l)) =
              kLevelSd * kLevelSd + s * s * std::min(log_times_(k), log_times_(l));
        }
      }
    }
    prior.diagonal().array() += kPriorNugget;
    return prior;
  }

  Means MeansAt(const VectorXd& parameters) const {
    Means means{.cells = VectorXd::Zero(released_.size()),
                .jacobian = MatrixXd::Zero(released_.size(), parameters.size())};
    double at_risk = std::exp(parameters(0));
    for (Index k = 0; k < bins_; ++k) {
      AddBin(parameters, k, at_risk, means);
      at_risk *= std::exp(-TotalHazard(parameters, k) * widths_(k));
    }
    const Index last = released_.size() - 1;
    means.cells(last) += at_risk;
    means.jacobian.col(0) = means.cells;  // by ln n
    for (Index l = 0; l < bins_; ++l) {
      for (Index kind = 0; kind < kinds_; ++kind) {
        means.jacobian(last, 1 + Cell(kind, l)) -=
            widths_(l) * at_risk * Slope(parameters, kind, l);
      }
    }
    return means;
  }

  // Means N h_j (1 - exp(-H w)) / H of bin k, H the sum of all hazards, and their derivatives.
  void AddBin(const VectorXd& parameters, Index k, double at_risk, Means& means) const {
    const double total = TotalHazard(parameters, k);
    const double staying = std::exp(-total * widths_(k));
    const double exposure = (1 - staying) / total;
    const double exposure_slope = (widths_(k) * staying - exposure) / total;
    for (Index kind = 0; kind < kinds_; ++kind) {
      const Index cell = Cell(kind, k);
      const double hazard = Hazard(parameters, kind, k);
      means.cells(cell) = at_risk * hazard * exposure;
      for (Index other = 0; other < kinds_; ++other) {
        for (Index l = 0; l < k; ++l) {
          means.jacobian(cell, 1 + Cell(other, l)) =
              -widths_(l) * means.cells(cell) * Slope(parameters, other, l);
        }
        const double own = other == kind ? exposure : 0;
        means.jacobian(cell, 1 + Cell(other, k)) =
            at_risk * (own + hazard * exposure_slope) * Slope(parameters, other, k);
      }
    }
  }

  double Hazard(const VectorXd& parameters, Index kind, Index bin) const {
    const double root = parameters(1 + Cell(kind, bin));
    return rates_(kind) * root * root;
  }
  // Derivative of a hazard by its root.
  double Slope(const VectorXd& parameters, Index kind, Index bin) const {
    return 2 * rates_(kind) * parameters(1 + Cell(kind, bin));
  }
  double TotalHazard(const VectorXd& parameters, Index bin) const {
    double total = 0;
    for (Index kind = 0; kind < kinds_; ++kind) total += Hazard(parameters, kind, bin);
    return total;
  }

  // Covariance of the cells around their means, sampling only.
  MatrixXd WithPoisson(MatrixXd covariance, const VectorXd& means) const {
    covariance.diagonal() += means.cwiseMax(kLeastMean);
    return covariance;
  }

  // To the mode of the model made linear at `parameters`.
  VectorXd NewtonMove(const MatrixXd& prior, const VectorXd& centre,
                      const VectorXd& parameters) const {
    const Means means = MeansAt(parameters);
    const MatrixXd cross = prior * means.jacobian.transpose();
    const MatrixXd spread = WithPoisson(means.jacobian * cross + noise_, means.cells);
    const VectorXd surprise = released_ - means.cells - means.jacobian * (centre - parameters);
    return centre + cross * spread.llt().solve(surprise) - parameters;
  }

  Posterior PosteriorAt(const MatrixXd& prior, const VectorXd& centre,
                        const VectorXd& parameters) const {
    const Means means = MeansAt(parameters);
    const MatrixXd cells_prior =
        WithPoisson(means.jacobian * prior * means.jacobian.transpose(), means.cells);
    const VectorXd expected = means.cells + means.jacobian * (centre - parameters);
    const VectorXd surprise = released_ - expected;
    const Eigen::LLT<MatrixXd> spread(cells_prior + noise_);
    const MatrixXd half = spread.matrixL().solve(cells_prior);
    const VectorXd scaled = spread.matrixL().solve(surprise);
    const double log_root_determinant = MatrixXd(spread.matrixL()).diagonal().array().log().sum();
    return {.mean = expected + half.transpose() * scaled,
            .covariance = cells_prior - half.transpose() * half,
            .log_evidence = -log_root_determinant - scaled.squaredNorm() / 2};
  }

  Index bins_;
  Index kinds_;
  VectorXd released_;
  MatrixXd noise_;
  double patients_;
  VectorXd widths_;
  VectorXd log_times_;
  VectorXd rates_;
};

// The mixture of all answers, weighted by evidence: its mean, and its covariance with the spread
// between answers.
Posterior Mixture(const std::vector<Posterior>& answers) {
  double best = answers.front().log_evidence;
  for (const Posterior& answer : answers) best = std::max(best, answer.log_evidence);
  double total = 0;
  for (const Posterior& answer : answers) total += std::exp(answer.log_evidence - best);
  Posterior mixture{
      .mean = VectorXd::Zero(answers.front().mean.size()),
      .covariance = MatrixXd::Zero(answers.front().mean.size(), answers.front().mean.size())};
  const auto weight = [&](const Posterior& answer) {
    return std::exp(answer.log_evidence - best) / total;
  };
  for (const Posterior& answer : answers) mixture.mean += weight(answer) * answer.mean;
  for (const Posterior& answer : answers) {
    const VectorXd apart = answer.mean - mixture.mean;
    mixture.covariance += weight(answer) * (answer.covariance + apart * apart.transpose());
  }
  // Rounding may leave a variance of nothing just below 0.
  mixture.covariance.diagonal() = mixture.covariance.diagonal().cwiseMax(0).eval();
  return mixture;
}

MatrixXd ToMatrix(const CellCovariance& covariance) {
  MatrixXd matrix(covariance.cells(), covariance.cells());
  for (int r = 0; r < covariance.cells(); ++r) {
    for (int c = 0; c < covariance.cells(); ++c) matrix(r, c) = covariance.at(r, c);
  }
  return matrix;
}

}  // namespace

SmoothedCells SmoothHazards(std::span<const int> knots, int causes, std::span<const double> cells,
                            const CellCovariance& covariance) {
  const HazardModel model(
      knots, causes, Eigen::Map<const VectorXd>(cells.data(), static_cast<Index>(cells.size())),
      ToMatrix(covariance));
  std::vector<Posterior> answers;
  for (const double cause_roughness : kCauseRoughness) {
    for (const double censoring_roughness : kCensoringRoughness) {
      answers.push_back(model.Solve(cause_roughness, censoring_roughness));
    }
  }
  const Posterior mixture = Mixture(answers);
  auto posterior = CellCovariance::FromValues(
      covariance.cells(),
      {mixture.covariance.data(), mixture.covariance.data() + mixture.covariance.size()});
  PERDURA_CHECK(posterior.ok());
  return {.cells = {mixture.mean.data(), mixture.mean.data() + mixture.mean.size()},
          .covariance = *std::move(posterior)};
}

}  // namespace perdura::statistics
