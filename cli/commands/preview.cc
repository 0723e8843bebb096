#include "cli/commands/preview.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/plan_options.h"
#include "cli/session.h"
#include "query/preview.h"
#include "query/preview_laws.h"
#include "query/preview_year.h"

namespace perdura::cli {
namespace {

std::string ShowPrice(const v1::PreviewResponse& price, const query::Plan& plan) {
  if (!price.stored_release_id().empty()) {
    return absl::StrCat("price: 0, release ", base::HexEncode(price.stored_release_id()),
                        " answers\n");
  }
  return absl::StrCat("price: ", ShowUnits(plan.charge().compartment, price.price_units()),
                      " on each line\n");
}

std::string ShowIfPlanned(const query::Plan& plan, const federation::Charter& charter) {
  const v1::PlannedRelease* planned = charter.FindPlanned(plan.text());
  if (planned == nullptr) return "";
  return absl::StrCat("this is the planned table ", planned->id(),
                      ": its charge is kept for it, and it is released once\n");
}

std::string ShowPrecision(const query::Preview& preview) {
  std::string text =
      absl::StrFormat("expected precision with %.0f patients a group:\n", preview.expected_n);
  for (const auto& knot : preview.knots) {
    absl::StrAppendFormat(
        &text, "  %4d months: sd of the noise on S %.4f, privacy's part of the variance %3.0f %%\n",
        knot.months, knot.noise_sd, 100 * knot.share);
  }
  return absl::StrCat(text, preview.text, "\n");
}

std::string ShowOffer(v1::Compartment compartment, const std::optional<query::LawOffer>& offer) {
  if (!offer.has_value()) return absl::StrCat("  ", LawWord(compartment), ": none\n");
  return absl::StrFormat("  %s: %s each, sd of the noise on S %.4f, privacy's part %.0f %%\n",
                         LawWord(compartment), ShowUnits(compartment, offer->units),
                         offer->noise_sd, 100 * offer->share);
}

std::string ShowLaws(const query::LawAdvice& advice, int months) {
  return absl::StrCat(
      absl::StrFormat(
          "if the year's caps serve %u release(s) like this one, S at %d months gets:\n",
          advice.releases, months),
      ShowOffer(v1::COMPARTMENT_ADHOC, advice.adhoc),
      ShowOffer(v1::COMPARTMENT_FLAGSHIP, advice.flagship), "recommended: ",
      advice.recommended == v1::COMPARTMENT_FLAGSHIP ? "--law flagship" : "--law default",
      ", since ", advice.reason, "\n");
}

std::string ShowYear(const query::YearPlan& year) {
  std::string text = absl::StrFormat(
      "period %s: releases in which privacy has at most 1/2 (at most 3/4) of the variance of S at "
      "%d months\n  caps: default law %s, flagship law %s\n"
      "  cohort                          patients   default law      flagship law\n",
      year.period, year.horizon_months, ShowUnits(v1::COMPARTMENT_ADHOC, year.adhoc_cap_units),
      ShowUnits(v1::COMPARTMENT_FLAGSHIP, year.flagship_cap_units));
  for (const query::YearRow& row : year.rows) {
    absl::StrAppendFormat(&text, "  %-30s  %8.0f   %5.1f (%5.1f)    %5u (%5u)\n", row.cohort,
                          row.patients, row.default_half, row.default_three_quarters,
                          row.flagship_half, row.flagship_three_quarters);
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> PreviewQuestion(const QuestionOptions& question,
                                            const PreviewOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(question.home));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, BuildPlan(question, *session));
  PERDURA_ASSIGN_OR_RETURN(const v1::PreviewResponse price, PriceOf(*session, plan));
  const federation::Charter& charter = session->charter();
  PERDURA_ASSIGN_OR_RETURN(const query::Preview preview,
                           query::PreviewPlan(plan, charter, {.expected_n = question.expect_n}));
  std::string text =
      absl::StrCat("plan: ", plan.text(), "\n", ShowPrice(price, plan),
                   ShowIfPlanned(plan, charter), ShowLines(price.lines()), ShowPrecision(preview));
  // The laws are compared by their curves.
  if (!preview.knots.empty()) {
    PERDURA_ASSIGN_OR_RETURN(
        const query::LawAdvice laws,
        query::CompareLaws(plan, charter, options.releases_left, question.expect_n));
    absl::StrAppend(&text, ShowLaws(laws, preview.knots.back().months));
  }
  if (options.year_plan && !preview.knots.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const query::YearPlan year, query::PlanYear(plan, charter));
    absl::StrAppend(&text, ShowYear(year));
  }
  if (!price.refusal().empty()) {
    absl::StrAppend(&text, "it would be refused now: ", price.hint(), "\n");
  }
  return text;
}

}  // namespace perdura::cli
