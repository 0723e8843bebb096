#include "statistics/binned_survival.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "Eigen/Core"
#include "absl/status/status.h"
#include "base/status_macros.h"
#include "statistics/hazard_smoothing.h"
#include "statistics/isotonic.h"
#include "statistics/log_linear.h"
#include "statistics/simultaneous.h"

namespace perdura::statistics {
namespace {

constexpr int kMaxBinnedCauses = 64;
constexpr int kMaxBinnedKnots = 1024;
constexpr double kLargestHazard = 0.999;  // in denominators 1 - lambda
constexpr double kSuppressionSds = 3;
constexpr int kBandDraws = 10000;

size_t U(int index) { return static_cast<size_t>(index); }

absl::Status CheckOptions(const BinnedOptions& options) {
  if (options.knots.empty() || options.knots.size() > size_t{kMaxBinnedKnots}) {
    return absl::InvalidArgumentError("knots: 1 to 1024 of them expected");
  }
  int previous = 0;
  for (const int knot : options.knots) {
    if (knot <= previous) {
      return absl::InvalidArgumentError("knots: must be positive and strictly ascending");
    }
    previous = knot;
  }
  if (options.causes < 1 || options.causes > kMaxBinnedCauses) {
    return absl::InvalidArgumentError("causes: must be from 1 to 64");
  }
  if (options.delayed_entry && options.decoder == Decoder::kSmoothedHazards) {
    return absl::InvalidArgumentError("decoder: smoothed hazards know no delayed entry");
  }
  if (!(options.minimum_cohort > 0)) {
    return absl::InvalidArgumentError("minimum_cohort: must be set and positive");
  }
  return absl::OkStatus();
}

absl::Status CheckCells(const BinnedOptions& options, const std::vector<double>& cells,
                        const CellCovariance& covariance) {
  const size_t blocks = U(options.causes) + 1 + (options.delayed_entry ? 1 : 0);
  if (cells.size() != blocks * options.knots.size()) {
    return absl::InvalidArgumentError("cells: (causes + 1) x bins, or one more block, expected");
  }
  if (!std::all_of(cells.begin(), cells.end(), [](double q) { return std::isfinite(q); })) {
    return absl::InvalidArgumentError("cells: must be finite");
  }
  if (U(covariance.cells()) != cells.size()) {
    return absl::InvalidArgumentError("covariance: must have as many cells as the table");
  }
  return absl::OkStatus();
}

// Increments of the isotonic, non-negative cumulative counts of `count` cells.
std::vector<double> IsotonicIncrements(const double* cells, int count) {
  std::vector<double> cumulative;
  double sum = 0;
  for (int k = 0; k < count; ++k) cumulative.push_back(sum += cells[k]);
  std::vector<double> increments = IsotonicIncreasing(cumulative);
  double previous = 0;
  for (double& value : increments) {
    const double current = std::max(0.0, value);
    value = current - previous;
    previous = current;
  }
  return increments;
}

void AddScaled(double factor, const std::vector<double>& from, std::vector<double>& to) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

}  // namespace

double BinnedEstimate::se() const { return std::sqrt(variance_sample + variance_noise); }

double BinnedEstimate::noise_share() const {
  const double total = variance_sample + variance_noise;
  return total > 0 ? variance_noise / total : 0;
}

absl::StatusOr<BinnedSurvival> BinnedSurvival::Fit(BinnedOptions options, std::vector<double> cells,
                                                   CellCovariance covariance) {
  PERDURA_RETURN_IF_ERROR(CheckOptions(options));
  PERDURA_RETURN_IF_ERROR(CheckCells(options, cells, covariance));
  PERDURA_ASSIGN_OR_RETURN(const double z, NormalQuantile(options.level));
  if (options.decoder == Decoder::kSmoothedHazards) {
    SmoothedCells smoothed = SmoothHazards(options.knots, options.causes, cells, covariance);
    cells = std::move(smoothed.cells);
    covariance = std::move(smoothed.covariance);
  }
  BinnedSurvival result(std::move(options), std::move(covariance), z);
  result.Decode(cells);
  result.EstimateCurves();
  result.Differentiate();
  return result;
}

BinnedSurvival::BinnedSurvival(BinnedOptions options, CellCovariance covariance, double z)
    : options_(std::move(options)), covariance_(std::move(covariance)), z_(z) {}

void BinnedSurvival::Decode(const std::vector<double>& cells) {
  const int exit_cells = (causes() + 1) * bins();
  double sum = 0;
  for (int i = 0; i < exit_cells; ++i) sum += cells[U(i)];
  n_ = std::max(2.0, sum);
  total_events_.assign(U(bins()), 0);
  for (int cause = 0; cause < causes(); ++cause) {
    events_.push_back(IsotonicIncrements(&cells[ExitCell(cause, 0)], bins()));
    AddScaled(1, events_.back(), total_events_);
  }
  // The last bin's "censored" are those still event-free at the horizon: they never leave the risk
  // set.
  censored_ = IsotonicIncrements(&cells[ExitCell(causes(), 0)], bins() - 1);
  censored_.push_back(0);
  entered_.assign(U(bins()), 0);
  if (options_.delayed_entry) entered_ = IsotonicIncrements(&cells[EntryCell(0)], bins());

  double present = n_;
  for (const double entered : entered_) present -= entered;  // under observation from day 0
  for (int k = 0; k < bins(); ++k) {
    at_risk_.push_back(std::max(1.0, present));
    actuarial_.push_back(std::max(
        {1.0, total_events_[U(k)], at_risk_[U(k)] - censored_[U(k)] / 2 + entered_[U(k)] / 2}));
    present += entered_[U(k)] - total_events_[U(k)] - censored_[U(k)];
  }
}

void BinnedSurvival::EstimateCurves() {
  incidence_.assign(U(causes()), {});
  double survival = 1;
  for (int k = 0; k < bins(); ++k) {
    for (int cause = 0; cause < causes(); ++cause) {
      std::vector<double>& curve = incidence_[U(cause)];
      const double before = curve.empty() ? 0 : curve.back();
      curve.push_back(before + survival * events_[U(cause)][U(k)] / actuarial_[U(k)]);
    }
    survival *= 1 - total_events_[U(k)] / actuarial_[U(k)];
    survival_.push_back(survival);
  }
}

void BinnedSurvival::Differentiate() {
  std::vector<double> log_gradient(U(cells()), 0);
  for (int k = 0; k < bins(); ++k) {
    const double hazard = total_events_[U(k)] / actuarial_[U(k)];
    const double denominator = actuarial_[U(k)] * (1 - std::min(hazard, kLargestHazard));
    AddScaled(hazard / denominator, AtRiskGradient(k, true), log_gradient);
    for (int cause = 0; cause < causes(); ++cause) {
      log_gradient[ExitCell(cause, k)] -= 1 / denominator;
    }
    std::vector<double> gradient(log_gradient.size(), 0);
    AddScaled(survival_[U(k)], log_gradient, gradient);
    survival_gradients_.push_back(std::move(gradient));
  }
}

size_t BinnedSurvival::ExitCell(int kind, int bin) const { return U(kind * bins() + bin); }

size_t BinnedSurvival::EntryCell(int bin) const { return U((causes() + 1) * bins() + bin); }

double BinnedSurvival::StartOfBin(int bin) const {
  return bin == 0 ? 0 : options_.knots[U(bin - 1)];
}

double BinnedSurvival::SurvivalBefore(int bin) const {
  return bin == 0 ? 1 : survival_[U(bin - 1)];
}

std::vector<double> BinnedSurvival::AtRiskGradient(int bin, bool actuarial) const {
  std::vector<double> gradient(U(cells()), 0);
  for (int k = bin; k < bins(); ++k) {
    for (int kind = 0; kind <= causes(); ++kind) gradient[ExitCell(kind, k)] = 1;
    if (options_.delayed_entry) gradient[EntryCell(k)] = -1;
  }
  if (!actuarial) return gradient;
  if (bin + 1 < bins()) gradient[ExitCell(causes(), bin)] -= 0.5;
  if (options_.delayed_entry) gradient[EntryCell(bin)] += 0.5;
  return gradient;
}

std::vector<double> BinnedSurvival::IncidenceGradient(int cause, int bin) const {
  std::vector<double> gradient(U(cells()), 0);
  for (int k = 0; k <= bin; ++k) {
    const double n = actuarial_[U(k)];
    const double hazard = events_[U(cause - 1)][U(k)] / n;
    const double before = SurvivalBefore(k);
    if (k > 0) AddScaled(hazard, survival_gradients_[U(k - 1)], gradient);
    AddScaled(-before * hazard / n, AtRiskGradient(k, true), gradient);
    gradient[ExitCell(cause - 1, k)] += before / n;
  }
  return gradient;
}

double BinnedSurvival::SampleVariance(const std::vector<double>& by_log_survival) const {
  double variance = 0;
  for (int k = 0; k < bins(); ++k) {
    const double hazard = total_events_[U(k)] / actuarial_[U(k)];
    const double factor = by_log_survival[U(k)];
    variance +=
        factor * factor * hazard / (actuarial_[U(k)] * (1 - std::min(hazard, kLargestHazard)));
  }
  return variance;
}

double BinnedSurvival::IncidenceSampleVariance(int cause, int bin) const {
  const std::vector<double>& curve = incidence_[U(cause - 1)];
  double variance = 0;
  for (int k = 0; k <= bin; ++k) {
    const double n = actuarial_[U(k)];
    const double total_hazard = total_events_[U(k)] / n;
    const double later =
        (curve[U(bin)] - curve[U(k)]) / (1 - std::min(total_hazard, kLargestHazard));
    double mean = 0;
    double mean_square = 0;
    for (int i = 0; i < causes(); ++i) {
      const double b = ((i == cause - 1 ? SurvivalBefore(k) : 0) - later) / n;
      const double hazard = events_[U(i)][U(k)] / n;
      mean += hazard * b;
      mean_square += hazard * b * b;
    }
    variance += n * (mean_square - mean * mean);
  }
  return variance;
}

double BinnedSurvival::Floored(double probability, double variance) const {
  const double least = 1 / (2 * n_);
  return std::max({variance, probability * (1 - probability) / n_, least * (1 - least) / n_});
}

double BinnedSurvival::Events(int cause, int bin) const { return events_[U(cause - 1)][U(bin)]; }
double BinnedSurvival::Events(int bin) const { return total_events_[U(bin)]; }
double BinnedSurvival::Censored(int bin) const { return censored_[U(bin)]; }
double BinnedSurvival::Entered(int bin) const { return entered_[U(bin)]; }
double BinnedSurvival::AtRisk(int bin) const { return at_risk_[U(bin)]; }
double BinnedSurvival::AtRiskActuarial(int bin) const { return actuarial_[U(bin)]; }

double BinnedSurvival::AtRiskNoiseSd(int bin) const {
  return std::sqrt(covariance_.Quadratic(AtRiskGradient(bin, false)));
}

bool BinnedSurvival::Suppressed(int bin) const {
  return n_ < options_.minimum_cohort || at_risk_[U(bin)] < kSuppressionSds * AtRiskNoiseSd(bin);
}

BinnedEstimate BinnedSurvival::Survival(int bin) const { return SurvivalBetween(bin, 1); }

BinnedEstimate BinnedSurvival::SurvivalBetween(int bin, double fraction) const {
  // ln S = (1 - fraction) ln S_{k-1} + fraction ln S_k.
  const double floored_end = std::max(survival_[U(bin)], kSmallestSurvival);
  const double floored_start = std::max(SurvivalBefore(bin), kSmallestSurvival);
  const double value = fraction == 1
                           ? survival_[U(bin)]
                           : floored_start * std::pow(floored_end / floored_start, fraction);
  std::vector<double> by_log(U(bins()), 0);
  std::fill_n(by_log.begin(), bin, value);
  by_log[U(bin)] = value * fraction;
  std::vector<double> gradient(U(cells()), 0);
  if (fraction == 1) {
    gradient = survival_gradients_[U(bin)];
  } else {
    AddScaled(value * fraction / floored_end, survival_gradients_[U(bin)], gradient);
    if (bin > 0) {
      AddScaled(value * (1 - fraction) / floored_start, survival_gradients_[U(bin - 1)], gradient);
    }
  }
  BinnedEstimate result{.value = value,
                        .variance_sample = Floored(value, SampleVariance(by_log)),
                        .variance_noise = covariance_.Quadratic(gradient),
                        .suppressed = Suppressed(bin)};
  const Interval interval = NoisedInterval(value, result.se(), z_, 1 / (2 * n_));
  result.lower = interval.lower;
  result.upper = interval.upper;
  return result;
}

absl::StatusOr<BinnedEstimate> BinnedSurvival::SurvivalAt(double months) const {
  if (!(months >= 0 && months <= options_.knots.back())) {
    return absl::InvalidArgumentError("months: must be from 0 to the last knot");
  }
  if (months == 0) return BinnedEstimate{.value = 1, .lower = 1, .upper = 1};
  int bin = 0;
  while (months > options_.knots[U(bin)]) ++bin;
  const double start = StartOfBin(bin);
  return SurvivalBetween(bin, (months - start) / (options_.knots[U(bin)] - start));
}

BinnedEstimate BinnedSurvival::Incidence(int cause, int bin) const {
  const double value = incidence_[U(cause - 1)][U(bin)];
  BinnedEstimate result{.value = value,
                        .variance_sample = Floored(value, IncidenceSampleVariance(cause, bin)),
                        .variance_noise = covariance_.Quadratic(IncidenceGradient(cause, bin)),
                        .suppressed = Suppressed(bin)};
  const Interval interval = NoisedInterval(1 - value, result.se(), z_, 1 / (2 * n_));
  result.lower = 1 - interval.upper;
  result.upper = 1 - interval.lower;
  return result;
}

absl::StatusOr<BinnedEstimate> BinnedSurvival::Rmst(double tau) const {
  if (!(tau > 0 && tau <= options_.knots.back())) {
    return absl::InvalidArgumentError("tau: must be above 0 and at most the last knot");
  }
  BinnedEstimate result;
  std::vector<double> by_survival(U(bins()), 0);  // d RMST / d S_k
  int bin = 0;
  for (; bin < bins() && StartOfBin(bin) < tau; ++bin) {
    const double start = StartOfBin(bin);
    const double width = options_.knots[U(bin)] - start;
    const double fraction = std::min(1.0, (tau - start) / width);
    const double a = std::max(SurvivalBefore(bin), kSmallestSurvival);
    const double b = std::max(survival_[U(bin)], kSmallestSurvival);
    const double end = a * std::pow(b / a, fraction);  // S(tau) if tau is inside the bin
    const LogMean mean = MeanBetween(a, end);
    result.value += fraction * width * mean.value;
    by_survival[U(bin)] += fraction * width * mean.by_b * fraction * end / b;
    if (bin > 0) {
      by_survival[U(bin - 1)] +=
          fraction * width * (mean.by_a + mean.by_b * (1 - fraction) * end / a);
    }
  }
  std::vector<double> by_log(U(bins()), 0);
  std::vector<double> gradient(U(cells()), 0);
  double tail = 0;
  for (int k = bins() - 1; k >= 0; --k) {
    by_log[U(k)] = tail += survival_[U(k)] * by_survival[U(k)];
    AddScaled(by_survival[U(k)], survival_gradients_[U(k)], gradient);
  }
  result.variance_sample = SampleVariance(by_log);
  result.variance_noise = covariance_.Quadratic(gradient);
  result.lower = std::max(0.0, result.value - z_ * result.se());
  result.upper = std::min(tau, result.value + z_ * result.se());
  result.suppressed = Suppressed(bin - 1);
  return result;
}

absl::StatusOr<BinnedQuantile> BinnedSurvival::Quantile(double p, const SurvivalBand* band) const {
  if (!(p > 0 && p < 1)) return absl::InvalidArgumentError("p: must be in (0, 1)");
  std::vector<double> lower, upper;
  for (int k = 0; k < bins(); ++k) {
    const BinnedEstimate pointwise = Survival(k);
    lower.push_back(band != nullptr ? band->at_knots[U(k)].lower : pointwise.lower);
    upper.push_back(band != nullptr ? band->at_knots[U(k)].upper : pointwise.upper);
  }
  BinnedQuantile result{.value = CurveCrossing(options_.knots, survival_, 1 - p),
                        .lower = CurveCrossing(options_.knots, lower, 1 - p),
                        .upper = CurveCrossing(options_.knots, upper, 1 - p)};
  int bin = 0;  // the bin in which the curve crosses, or the last
  while (bin + 1 < bins() && survival_[U(bin)] > 1 - p) ++bin;
  result.suppressed = Suppressed(bin);
  return result;
}

SurvivalBand BinnedSurvival::Band(absl::string_view seed) const {
  std::vector<BinnedEstimate> estimates;
  for (int k = 0; k < bins(); ++k) estimates.push_back(Survival(k));
  Eigen::MatrixXd covariance(bins(), bins());
  double gamma = 0;  // Greenwood's sum up to bin k
  for (int k = 0; k < bins(); ++k) {
    const double hazard = total_events_[U(k)] / actuarial_[U(k)];
    gamma += hazard / (actuarial_[U(k)] * (1 - std::min(hazard, kLargestHazard)));
    for (int l = k; l < bins(); ++l) {
      covariance(k, l) = covariance(l, k) =
          survival_[U(k)] * survival_[U(l)] * gamma +
          covariance_.Bilinear(survival_gradients_[U(k)], survival_gradients_[U(l)]);
    }
    covariance(k, k) = estimates[U(k)].variance_sample + estimates[U(k)].variance_noise;
  }
  SurvivalBand band;
  band.critical = MaxAbsQuantile(covariance, options_.level, kBandDraws, seed);
  for (const BinnedEstimate& s : estimates) {
    band.at_knots.push_back(NoisedInterval(s.value, s.se(), band.critical, 1 / (2 * n_)));
  }
  return band;
}

std::optional<double> BinnedSurvival::MedianFollowUp() const {
  std::vector<double> still_followed;
  double current = 1;
  for (int k = 0; k < bins(); ++k) {
    const double n = std::max({1.0, censored_[U(k)], at_risk_[U(k)] - total_events_[U(k)] / 2});
    current *= 1 - censored_[U(k)] / n;
    still_followed.push_back(current);
  }
  return CurveCrossing(options_.knots, still_followed, 0.5);
}

}  // namespace perdura::statistics
