#ifndef PERDURA_QUERY_ESTIMATE_H_
#define PERDURA_QUERY_ESTIMATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "perdura/v1/round.pb.h"
#include "query/layout.h"
#include "query/plan.h"
#include "statistics/binned_survival.h"

// From a release to what people read: pure functions of released numbers and public parameters,
// hence free of charge. Formulas: statistics/binned_survival.h and docs/privacy.
namespace perdura::query {

struct EstimateOptions {
  // Of all intervals, in (0, 1).
  double level = 0.95;
  // Horizon of the mean time, months in (0, last knot]. Unset: the last knot that no group
  // suppresses.
  std::optional<double> tau = std::nullopt;
  // Months in [0, last knot] at which survival is wanted besides the knots: an interpolation.
  std::vector<double> landmarks = {};
  // Quantiles of the time to the event, in (0, 1).
  std::vector<double> quantiles = {0.5};
  // How the cells of an event table become counts. Chosen by the reader, not by the numbers: the
  // default assumes nothing about hazards (docs/ACCURACY.md says what smoothing gains and where it
  // loses).
  statistics::Decoder decoder = statistics::Decoder::kCumulativePava;
  // Id of the release (SHA-256 of its payload), for the first column of the files.
  std::string release_id = {};
};

// One number with both parts of its uncertainty. What is suppressed has no value, no standard
// errors and no limits: it cannot be shown by mistake.
struct Estimated {
  std::optional<double> value = std::nullopt;
  std::optional<double> se_sampling = std::nullopt;
  std::optional<double> se_noise = std::nullopt;
  std::optional<double> noise_share = std::nullopt;
  std::optional<double> lower = std::nullopt;
  std::optional<double> upper = std::nullopt;
  // "loglog", "plain", "wilson", "inverted" (limits where those of S cross), or "root" (of those of
  // a variance).
  std::string ci_type = {};
  // Fewer at risk than three sd of the noise on them, a cohort below the charter's minimum, or a
  // spread below three sd of its noise.
  bool suppressed = false;
};

// The end of one bin. Counts are noised: decimals, from isotonic cumulative counts.
struct SurvivalPoint {
  int months = 0;
  // At risk at the start of the bin that ends here.
  double n_risk = 0;
  // All causes, up to here; those censored in the last bin are the event-free, and not counted.
  double n_event_cum = 0;
  double n_censor_cum = 0;
  Estimated survival;
};

struct IncidencePoint {
  int months = 0;
  double n_risk = 0;
  double n_event_cum = 0;
  Estimated incidence;
};

struct CauseCurve {
  std::string cause;
  std::vector<IncidencePoint> points;
};

struct LandmarkEstimate {
  double months = 0;
  Estimated survival;
};

// Months until a fraction `quantile` has had the event. `reached` is false where the curve does not
// fall so far by the last knot: the value is then empty.
struct QuantileEstimate {
  double quantile = 0;
  bool reached = false;
  Estimated months;
};

// One row of a category or flag table.
struct CountEstimate {
  std::string name;
  // Noised: a decimal, may be negative.
  double count = 0;
  double count_sd = 0;
  // Of everybody in the table; flag tables need the row `all` for it.
  std::optional<Estimated> of_all;
  // Category tables: of those whose status is known, without missing and not yet due.
  std::optional<Estimated> of_evaluable;
};

// Of a moment table: the mean of the clamped values in their own unit, and their standard
// deviation if the table has squares.
struct MomentEstimate {
  Estimated mean;
  std::optional<Estimated> sd = std::nullopt;
};

struct GroupEstimates {
  // Category id; empty if there is one group.
  std::string group;
  // Noised patients that can be evaluated, which a flag table without the row `all` does not say;
  // and those that cannot, with the sd of its noise.
  std::optional<double> n;
  double not_evaluable = 0;
  double not_evaluable_sd = 0;
  std::vector<SurvivalPoint> km;
  // One curve for each cause of the endpoint, in its order.
  std::vector<CauseCurve> cif;
  double tau = 0;
  Estimated rmst;
  std::vector<QuantileEstimate> quantiles;
  std::vector<LandmarkEstimate> landmarks;
  // Median follow-up by reverse Kaplan-Meier, months; empty: at least the last knot.
  std::optional<double> median_follow_up;
  // Instead of all curves: the rows of a category or flag table, in its order; a moment table.
  std::vector<CountEstimate> counts;
  std::optional<MomentEstimate> moment;
};

struct Estimates {
  std::string release_id;
  // What was asked, what was released, and how the one follows from the other: kDirect or the words
  // of query/derived_answer.h.
  std::string plan;
  std::string released_plan;
  std::string derivation;
  // "plain" or "smoothed"; empty for tables that are not of events.
  std::string decoder;
  // As in the plan: "all" or "disease:aml-high,aml-low".
  std::string cohort;
  // Attribute id; empty if there is one group.
  std::string group_attribute;
  std::string endpoint;
  std::string rule_set;
  v1::TableKind kind = v1::TABLE_KIND_UNSPECIFIED;
  std::string cut;
  // The last knot, landmark or window; 0 for moments.
  int horizon_months = 0;
  double level = 0;
  // What the release cost: rho in `adhoc`, epsilon in `flagship`.
  PlanCharge charge;
  // Of one row, from all dealers of the commit.
  double row_noise_variance = 0;
  // Up to f lying stewards could have shifted the result.
  bool unchecked_against_liars = false;
  // Member ids: whose patients are in the numbers, and of whom the charter says that they could be.
  // A release does not say it; set by who opened its bundle.
  std::vector<std::string> contributors;
  std::vector<std::string> missing;
  std::vector<GroupEstimates> groups;
};

// Word of a decoder in commands and files.
absl::string_view DecoderWord(statistics::Decoder decoder);

// Whether the table of `plan` can be read with these landmarks and this decoder, which a client
// asks before it pays: both are of curves, landmarks lie within the grid, smoothing knows no
// delayed entry. Returns InvalidArgument naming the option. `plan`: of this charter.
absl::Status CheckReading(const Plan& plan, const federation::Charter& charter,
                          const EstimateOptions& options);

// The estimates that `plan` asks for, from a release of it or of a plan that it follows from
// (derived_answer.h). Intervals contain the noise of all Q dealers (row_noise.h), of every released
// cell that is summed. `layout`: of `plan`. Returns InvalidArgument `layout_mismatch` where the
// plan does not follow from the release, or the release is not one of its plan and the charter;
// FailedPrecondition `no_minimum_cohort` where the charter sets none; the errors of CheckReading,
// and InvalidArgument naming another option out of range. Whether the release is genuine is
// federation::OpenBundle's.
absl::StatusOr<Estimates> Estimate(const Plan& plan, const Layout& layout,
                                   const federation::Charter& charter, const v1::Release& release,
                                   const EstimateOptions& options);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_ESTIMATE_H_
