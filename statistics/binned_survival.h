#ifndef PERDURA_STATISTICS_BINNED_SURVIVAL_H_
#define PERDURA_STATISTICS_BINNED_SURVIVAL_H_

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "statistics/cell_covariance.h"
#include "statistics/interval.h"

// The noised path: from the decoded cells of one group of a release to survival estimates. Pure
// functions of released numbers and public parameters, so free of charge; every interval contains
// the privacy noise. Bins k are 0-based, causes j 1-based.
//
// - kSmoothedHazards only: cells and Cov are first those of hazard_smoothing.h
// - cumulative counts of each cause, the censored (but for the last bin), the entries: isotonic,
//   then cut at 0; d_jk, c_k, w_k their increments, D_k = sum_j d_jk
// - n = max(2, sum of the exit cells)
// - N_k = max(1, n - out before bin k - not yet in)
// - n_k = max(1, D_k, N_k - c_k/2 + w_k/2)
// - S_k = prod (1 - D_i/n_i), log-linear between knots
// - F_jk = sum S_{i-1} d_ji/n_i
// - V_noise = g' Cov g, g the gradient by the cells
// - V_sample: Greenwood, and its like for F and RMST; for S and F not below x(1-x)/n nor u(1-u)/n,
//   u = 1/(2n)
//
// Clipping single cells at 0 instead would add bias in every empty cell. Decoding:
// docs/privacy/strategy.md.
namespace perdura::statistics {

// From released cells to counts.
enum class Decoder {
  // Isotonic cumulative counts, nothing else is assumed.
  kCumulativePava,
  // The same after hazards were taken to change gradually (hazard_smoothing.h): smaller errors in
  // small cohorts, with some more bias. Not with delayed entry. `variance_noise` is then what the
  // release leaves unknown about the exact table.
  kSmoothedHazards,
};

struct BinnedOptions {
  std::vector<int> knots;      // months, strictly ascending, > 0
  int causes = 1;              // J, in [1, 64]
  bool delayed_entry = false;  // cells then end with one entry cell for each bin
  double level = 0.95;         // of intervals, in (0, 1)
  double minimum_cohort =
      0;  // estimates are suppressed when n is below it; must be > 0 (unset is refused)
  Decoder decoder = Decoder::kCumulativePava;
};

// One number with its two variances. `suppressed`: do not show value or limits (too few at risk or
// too small a cohort); they are then still finite, for tests.
struct BinnedEstimate {
  double value = 0;
  double variance_sample = 0;
  double variance_noise = 0;
  double lower = 0;
  double upper = 0;
  bool suppressed = false;

  double se() const;
  // Privacy's part of the variance, in [0, 1]; 0 if there is no variance at all.
  double noise_share() const;
};

// A quantile in months. Empty: not reached by the last knot.
struct BinnedQuantile {
  std::optional<double> value, lower, upper;
  bool suppressed = false;
};

// A simultaneous band: with probability `level` it holds S at all knots at once.
struct SurvivalBand {
  double critical = 0;  // replaces z
  std::vector<Interval> at_knots;
};

// Immutable, safe to share.
class BinnedSurvival final {
 public:
  // `cells`: (J + 1) K exit cells, cause 1 over all bins, ..., cause J, censored; then K entry
  // cells with delayed entry. Real numbers, may be negative. `covariance` has as many cells.
  // Returns InvalidArgument naming the field that is wrong.
  static absl::StatusOr<BinnedSurvival> Fit(BinnedOptions options, std::vector<double> cells,
                                            CellCovariance covariance);

  int bins() const { return static_cast<int>(options_.knots.size()); }
  int causes() const { return options_.causes; }
  const std::vector<int>& knots() const { return options_.knots; }

  // The table after isotonic cumulative counts: real numbers, no clipped cells.
  double n() const { return n_; }
  double Events(int cause, int bin) const;  // d_jk
  double Events(int bin) const;             // D_k
  double Censored(int bin) const;           // c_k; 0 in the last bin
  double Entered(int bin) const;            // w_k; 0 without delayed entry
  double AtRisk(int bin) const;             // N_k, at the start of the bin
  double AtRiskActuarial(int bin) const;    // n_k
  double AtRiskNoiseSd(int bin) const;      // sd of the noise in N_k
  // True if N_k < 3 sd of its noise or n is below the minimum cohort: what holds at the end of this
  // bin is not shown.
  bool Suppressed(int bin) const;

  // S and F_cause at the end of `bin` = at knot bin, with interval and floored sampling variance.
  BinnedEstimate Survival(int bin) const;
  BinnedEstimate Incidence(int cause, int bin) const;
  // S at any month in [0, last knot]: log-linear between knots, an interpolation. InvalidArgument
  // outside.
  absl::StatusOr<BinnedEstimate> SurvivalAt(double months) const;
  // Mean time up to `tau` months, in (0, last knot]; InvalidArgument outside. Interval plain, cut
  // at 0 and tau.
  absl::StatusOr<BinnedEstimate> Rmst(double tau) const;
  // First month with S <= 1 - p, limits where the interval of S crosses (pointwise, or `band` if
  // given). InvalidArgument unless 0 < p < 1.
  absl::StatusOr<BinnedQuantile> Quantile(double p, const SurvivalBand* band = nullptr) const;
  // The band over all knots, by 10,000 draws of a plain generator seeded with `seed` (the release's
  // id), so that everybody gets the same one.
  SurvivalBand Band(absl::string_view seed) const;
  // Median follow-up by reverse Kaplan-Meier; empty: at least the last knot.
  std::optional<double> MedianFollowUp() const;

 private:
  BinnedSurvival(BinnedOptions options, CellCovariance covariance, double z);
  void Decode(const std::vector<double>& cells);
  void EstimateCurves();
  void Differentiate();

  // Number of cells, index of an exit cell (kind J is `censored`) and of an entry cell.
  int cells() const { return covariance_.cells(); }
  size_t ExitCell(int kind, int bin) const;
  size_t EntryCell(int bin) const;
  double StartOfBin(int bin) const;
  double SurvivalBefore(int bin) const;
  // A_k: derivative of n_k by the cells. N_k without the actuarial halves if `actuarial` is false.
  std::vector<double> AtRiskGradient(int bin, bool actuarial) const;
  std::vector<double> IncidenceGradient(int cause, int bin) const;
  // Sampling variance of a function of the curve from its derivatives by ln(1 - lambda_k).
  double SampleVariance(const std::vector<double>& by_log_survival) const;
  double IncidenceSampleVariance(int cause, int bin) const;
  double Floored(double probability, double variance) const;
  BinnedEstimate SurvivalBetween(int bin, double fraction) const;

  BinnedOptions options_;
  CellCovariance covariance_;
  double z_;
  double n_ = 0;
  std::vector<std::vector<double>> events_;  // [cause - 1][bin]
  std::vector<double> total_events_, censored_, entered_, at_risk_, actuarial_, survival_;
  std::vector<std::vector<double>> incidence_;           // [cause - 1][bin]
  std::vector<std::vector<double>> survival_gradients_;  // [bin][cell]
};

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_BINNED_SURVIVAL_H_
