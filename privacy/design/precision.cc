#include "privacy/design/precision.h"

#include <cmath>

#include "Eigen/Core"
#include "Eigen/LU"
#include "absl/status/status.h"
#include "base/status_macros.h"
#include "privacy/design/conversion.h"
#include "privacy/design/strategy_design.h"

namespace perdura::privacy_design {
namespace {

// Normal quantiles of .975 and .80.
constexpr double kTwoSided95 = 1.959963984540054;
constexpr double kPower80 = 0.8416212335729143;

using Eigen::Index;
using Eigen::MatrixXd;

absl::Status CheckImagined(int causes, const Cohort& cohort) {
  if (causes < 1 || causes > kMaxCauses) {
    return absl::InvalidArgumentError("causes: must be from 1 to 8");
  }
  return CheckCohort(cohort);
}

// Workload rows of S at the cohort's cell fractions, one for each knot.
absl::StatusOr<MatrixXd> SurvivalRows(const privacy::Grid& grid, int causes, const Cohort& cohort) {
  PERDURA_RETURN_IF_ERROR(CheckImagined(causes, cohort));
  const Eigen::VectorXd fractions = PriorCells(grid, causes, cohort, 1);
  const MatrixXd workload = Workload(fractions, grid.bins(), causes);
  return MatrixXd(workload.topRows(grid.bins()));
}

// Expected of one patient in a bin: events of all causes, and the actuarial number at risk.
struct RiskInBin {
  double events = 0;
  double actuarial = 0;
};

absl::StatusOr<std::vector<RiskInBin>> RiskByBin(const privacy::Grid& grid, int causes,
                                                 const Cohort& cohort) {
  PERDURA_RETURN_IF_ERROR(CheckImagined(causes, cohort));
  const Index bins = grid.bins();
  const Eigen::VectorXd cells = PriorCells(grid, causes, cohort, 1);
  std::vector<RiskInBin> risks;
  double at_risk = cells.sum();
  for (Index k = 0; k < bins; ++k) {
    RiskInBin risk;
    for (Index cause = 0; cause < causes; ++cause) risk.events += cells(cause * bins + k);
    // Who is censored in the last bin has been followed to its end.
    const double censored = k + 1 < bins ? cells(causes * bins + k) : 0;
    risk.actuarial = at_risk - censored / 2;
    risks.push_back(risk);
    at_risk -= risk.events + censored;
  }
  return risks;
}

// Greenwood's term of one bin.
double HazardVariance(const RiskInBin& risk) {
  return risk.events / (risk.actuarial * (risk.actuarial - risk.events));
}

MatrixXd ToMatrix(const privacy::Strategy& strategy) {
  MatrixXd matrix(strategy.rows(), strategy.columns());
  for (int r = 0; r < strategy.rows(); ++r) {
    for (int c = 0; c < strategy.columns(); ++c) matrix(r, c) = strategy.at(r, c);
  }
  return matrix;
}

// sqrt(l2_squared g' (R'R)^-1 g) for every workload row g.
absl::StatusOr<std::vector<double>> KappaOfRows(const privacy::Strategy& strategy,
                                                const MatrixXd& rows) {
  const Eigen::FullPivLU<MatrixXd> transposed(ToMatrix(strategy).transpose());
  if (!transposed.isInvertible()) return absl::InvalidArgumentError("strategy: is singular");
  // g' (R'R)^-1 g is the squared length of R'^-1 g.
  const MatrixXd solved = transposed.solve(rows.transpose());
  const double delta = std::sqrt(static_cast<double>(strategy.l2_squared()));
  std::vector<double> kappa;
  for (Index k = 0; k < solved.cols(); ++k) kappa.push_back(delta * solved.col(k).norm());
  return kappa;
}

absl::Status CheckCommittee(CommitteeNoise committee) {
  if (committee.honest_dealers < 1) {
    return absl::InvalidArgumentError("honest_dealers: must be at least 1");
  }
  if (committee.dealers < committee.honest_dealers) {
    return absl::InvalidArgumentError("dealers: must be at least honest_dealers");
  }
  return absl::OkStatus();
}

double Phi(CommitteeNoise committee) {
  return static_cast<double>(committee.dealers) / committee.honest_dealers;
}

}  // namespace

absl::StatusOr<std::vector<double>> Kappa(const privacy::Strategy& strategy,
                                          const privacy::Grid& grid, int causes,
                                          const Cohort& cohort) {
  PERDURA_ASSIGN_OR_RETURN(const MatrixXd rows, SurvivalRows(grid, causes, cohort));
  if (strategy.columns() != rows.cols() || strategy.rows() != strategy.columns()) {
    return absl::InvalidArgumentError("strategy: must be square with (causes + 1) x bins columns");
  }
  return KappaOfRows(strategy, rows);
}

absl::StatusOr<std::vector<double>> EntryKappa(const privacy::Strategy& entry,
                                               const privacy::Grid& grid, int causes,
                                               const Cohort& cohort) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<RiskInBin> risks, RiskByBin(grid, causes, cohort));
  const Index bins = grid.bins();
  if (entry.columns() != bins || entry.rows() != bins) {
    return absl::InvalidArgumentError("strategy: must be square with one column for each bin");
  }
  MatrixXd rows(bins, bins);
  Eigen::RowVectorXd log_gradient = Eigen::RowVectorXd::Zero(bins);
  for (Index k = 0; k < bins; ++k) {
    // Who enters in this bin is at risk in half of it, who enters later not at all.
    const double slope = HazardVariance(risks[static_cast<size_t>(k)]);
    log_gradient(k) -= slope / 2;
    log_gradient.tail(bins - k - 1).array() -= slope;
    rows.row(k) = cohort.Survival(grid.knots()[static_cast<size_t>(k)]) * log_gradient;
  }
  return KappaOfRows(entry, rows);
}

absl::StatusOr<double> UnitNoiseVariance(privacy::Charge rho, CommitteeNoise committee) {
  PERDURA_RETURN_IF_ERROR(CheckCommittee(committee));
  return Phi(committee) / (2 * ValueOf(rho));
}

absl::StatusOr<double> FlagshipUnitNoiseVariance(privacy::Charge epsilon, int l1,
                                                 CommitteeNoise committee) {
  PERDURA_RETURN_IF_ERROR(CheckCommittee(committee));
  if (l1 < 1) return absl::InvalidArgumentError("l1: must be at least 1");
  const double level = ValueOf(epsilon) / l1;
  const double p = std::exp(-level);
  const double q = -std::expm1(-level);  // 1 - p without cancellation
  return Phi(committee) * 2 * p / (q * q);
}

double NoiseSd(double kappa, double unit_variance, double n) {
  return kappa * std::sqrt(unit_variance) / n;
}

double PredictedShare(double kappa, double unit_variance, double n, double survival) {
  const double noise = kappa * kappa * unit_variance;
  return noise / (noise + n * survival * (1 - survival));
}

double GuidanceN(double kappa, double unit_variance, double survival, double share) {
  const double noise = kappa * kappa * unit_variance;
  return noise * (1 - share) / (share * survival * (1 - survival));
}

double NeededRho(double kappa, CommitteeNoise committee, double sd, double n) {
  return Phi(committee) * kappa * kappa / (2 * sd * sd * n * n);
}

absl::StatusOr<std::vector<double>> SamplingVariance(const privacy::Grid& grid, int causes,
                                                     const Cohort& cohort) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<RiskInBin> risks, RiskByBin(grid, causes, cohort));
  std::vector<double> variances;
  double sum = 0;
  for (size_t k = 0; k < risks.size(); ++k) {
    sum += HazardVariance(risks[k]);
    const double survival = cohort.Survival(grid.knots()[k]);
    variances.push_back(survival * survival * sum);
  }
  return variances;
}

double IntervalWidth(double variance) { return 2 * kTwoSided95 * std::sqrt(variance); }

double DetectableDifference(double variance) {
  return (kTwoSided95 + kPower80) * std::sqrt(2 * variance);
}

absl::StatusOr<std::vector<KnotPrecision>> PredictPrecision(const std::vector<double>& kappa,
                                                            const privacy::Grid& grid, int causes,
                                                            const Cohort& cohort,
                                                            double unit_variance, double n) {
  if (!(n > 0)) return absl::InvalidArgumentError("n: must be positive");
  if (!(unit_variance > 0)) return absl::InvalidArgumentError("unit_variance: must be positive");
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> sampling,
                           SamplingVariance(grid, causes, cohort));
  std::vector<KnotPrecision> result;
  for (size_t k = 0; k < kappa.size(); ++k) {
    const double survival = cohort.Survival(grid.knots()[k]);
    result.push_back({.months = grid.knots()[k],
                      .survival = survival,
                      .kappa = kappa[k],
                      .noise_sd = NoiseSd(kappa[k], unit_variance, n),
                      .sampling_sd = std::sqrt(sampling[k] / n),
                      .share = PredictedShare(kappa[k], unit_variance, n, survival)});
  }
  return result;
}

}  // namespace perdura::privacy_design
