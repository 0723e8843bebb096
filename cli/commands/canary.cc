#include "cli/commands/canary.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "cli/commands/answer.h"
#include "cli/commands/asking.h"
#include "cli/session.h"
#include "query/canary_residuals.h"
#include "query/plan_names.h"

namespace perdura::cli {
namespace {

constexpr double kShownPower = 0.95;

// What the rounds left over.
struct CanaryResults {
  std::vector<double> residuals;
  int rows = 0;
  int dealers = 0;
};

absl::StatusOr<std::string> ProductOf(const CanaryOptions& options, const v1::Charter& charter) {
  std::vector<std::string> canaries;
  for (const v1::Product& product : charter.products()) {
    if (product.product_class() == v1::CANARY) canaries.push_back(product.id());
  }
  return query::ResolveName("product of class canary", options.product, canaries);
}

absl::StatusOr<query::Plan> CanaryPlan(const CanaryOptions& options, const Session& session) {
  query::PlanRequest request;
  request.endpoint = options.endpoint;
  request.grid = options.grid;
  request.cut = options.cut;
  request.role = session.profile().role();
  request.compartment = v1::COMPARTMENT_CANARY;
  // Nobody's consent is read: patients are generated.
  request.cross_border = true;
  PERDURA_ASSIGN_OR_RETURN(request.products.emplace_back(),
                           ProductOf(options, session.charter().proto()));
  return query::Plan::Build(request, session.charter());
}

absl::Status AskOnce(Session& session, const query::Plan& plan) {
  PERDURA_ASSIGN_OR_RETURN(const v1::Envelope ask, NewAsk(session, plan, /*repeat_of=*/""));
  return SendAsk(session, ask).status();
}

// Takes the release in. All have the rows of one plan.
absl::Status Collect(Session& session, const std::string& release_id, CanaryResults& results) {
  PERDURA_ASSIGN_OR_RETURN(v1::GetReleaseResponse response,
                           session.client().GetRelease(release_id));
  v1::Answer answer;
  answer.set_bundle(std::move(*response.mutable_bundle()));
  PERDURA_ASSIGN_OR_RETURN(const federation::OpenedBundle opened,
                           OpenAnswer(session, answer, release_id));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<double> residuals,
                           query::CanaryResiduals(opened.release, opened.commit, *opened.charter));
  results.rows = static_cast<int>(residuals.size());
  results.dealers = opened.commit.dealers_size();
  results.residuals.insert(results.residuals.end(), residuals.begin(), residuals.end());
  return absl::OkStatus();
}

absl::StatusOr<CanaryResults> CollectNewest(Session& session, const query::Plan& plan, int most) {
  PERDURA_ASSIGN_OR_RETURN(const v1::ListReleasesResponse stored, session.client().ListReleases());
  CanaryResults results;
  int taken = 0;
  for (const v1::ReleaseSummary& release : stored.releases()) {
    if (release.plan() != plan.text() || taken == most) continue;
    PERDURA_RETURN_IF_ERROR(Collect(session, release.release_id(), results));
    ++taken;
  }
  if (taken >= 2 && static_cast<int>(results.residuals.size()) >= statistics::kFewestResiduals) {
    return results;
  }
  return base::Refuse(
      absl::StatusCode::kFailedPrecondition, "too_few_rounds",
      absl::StrCat(taken,
                   " canary rounds of this plan are there; a test needs two "
                   "of them and ",
                   statistics::kFewestResiduals, " rows together: --ask runs more"));
}

// How many rounds show, at the usual power, noise of `ratio` times its variance.
std::string RoundsToSee(double ratio, int rows, double false_alarm) {
  const auto residuals = statistics::ResidualsToSee(ratio, false_alarm, kShownPower);
  return residuals.ok() ? absl::StrCat((*residuals + rows - 1) / rows) : std::string("very many");
}

}  // namespace

std::string ShowNoiseReport(const statistics::NoiseReport& report, int dealers,
                            double false_alarm) {
  std::string text = absl::StrFormat(
      "canary rounds: %d of %d rows, noise of %d dealers in each; variance %.3f of what it should "
      "be\n",
      report.rounds, report.rows, dealers, report.variance_ratio);
  for (const statistics::NoiseCheck& check : report.checks) {
    absl::StrAppendFormat(&text, "  %-8s  chi-square %.1f of %d degrees, p %.4f  %s\n", check.name,
                          check.statistic, check.degrees, check.p_value,
                          check.passes ? "passes" : "FAILS");
  }
  const double each = 1.0 / dealers;
  absl::StrAppendFormat(
      &text,
      "seen in 19 of 20 tests: a missing dealer from %s rounds on, one at half its standard "
      "deviation from %s, all at half from %s; false alarms: %g\n",
      RoundsToSee(1 - each, report.rows, false_alarm),
      RoundsToSee(1 - 0.75 * each, report.rows, false_alarm),
      RoundsToSee(0.25, report.rows, false_alarm), false_alarm);
  return text;
}

absl::StatusOr<std::string> TestCanaries(const CanaryOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(options.home));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, CanaryPlan(options, *session));
  for (int round = 0; round < options.ask; ++round) {
    PERDURA_RETURN_IF_ERROR(AskOnce(*session, plan));
  }
  PERDURA_ASSIGN_OR_RETURN(const CanaryResults results,
                           CollectNewest(*session, plan, options.newest));
  PERDURA_ASSIGN_OR_RETURN(
      const statistics::NoiseReport report,
      statistics::CheckNoise(results.residuals, results.rows, options.false_alarm));
  std::string text = ShowNoiseReport(report, results.dealers, options.false_alarm);
  if (report.passes()) return absl::StrCat(text, "the noise is what it should be\n");
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "noise_off",
                      absl::StrCat("the noise is not what it should be\n", text));
}

}  // namespace perdura::cli
