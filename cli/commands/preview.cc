#include "cli/commands/preview.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/plan_options.h"
#include "cli/session.h"
#include "privacy/design/precision.h"
#include "query/derived_answer.h"
#include "query/preview.h"
#include "query/preview_laws.h"
#include "query/preview_target.h"
#include "query/preview_year.h"

namespace perdura::cli {
namespace {

// A stored release that answers, and how. Its plan may be of an older charter that named more.
std::string ShowStoredAnswer(const v1::PreviewResponse& price, const query::Plan& plan,
                             const federation::Charter& charter) {
  std::string text =
      absl::StrCat("price: 0, release ", base::HexEncode(price.stored_release_id()), " answers");
  const auto released = query::Plan::Parse(price.stored_plan(), charter);
  const auto derivation = released.ok() ? query::Follows(plan, *released, charter) : std::nullopt;
  if (derivation.has_value()) absl::StrAppend(&text, " by: ", derivation->text);
  return absl::StrCat(text, "\n  its plan: ", price.stored_plan(),
                      "\n  what follows is about drawing the table by itself (`ask --again`)\n");
}

std::string ShowPrice(const v1::PreviewResponse& price, const query::Plan& plan,
                      const federation::Charter& charter) {
  if (!price.stored_release_id().empty()) return ShowStoredAnswer(price, plan, charter);
  return absl::StrCat("price: ", ShowUnits(plan.charge().compartment, price.price_units()),
                      " on each line\n");
}

std::string ShowIfPlanned(const query::Plan& plan, const federation::Charter& charter) {
  const v1::PlannedRelease* planned = charter.FindPlanned(plan.text());
  if (planned == nullptr) return "";
  return absl::StrCat("this is the planned table ", planned->id(),
                      ": its charge is kept for it, and it is released once\n");
}

// The estimate that a preview judges.
std::string Judged(const query::Preview& preview) {
  switch (preview.kind) {
    case v1::TABLE_EVENT:
      return absl::StrFormat("S at %d months", preview.knots.back().months);
    case v1::TABLE_MOMENT:
      return "the mean, in its own unit, if values are as far apart as can be";
    default:
      return "a proportion of one half";
  }
}

// What one group will be known by, and what two groups can be told apart by.
std::string ShowWidth(const query::Preview& preview) {
  return absl::StrFormat(
      "  95 %% interval of %s: about %.3f wide (%.3f without the noise)\n"
      "  smallest difference between two such groups found with power 80 %% at level 5 %%: %.3f\n",
      Judged(preview), preview.interval_width(),
      privacy_design::IntervalWidth(preview.sampling_sd * preview.sampling_sd),
      preview.detectable_difference());
}

std::string ShowPrecision(const query::Preview& preview) {
  std::string text =
      absl::StrFormat("expected precision with %.0f patients a group:\n", preview.expected_n);
  for (const auto& knot : preview.knots) {
    absl::StrAppendFormat(
        &text, "  %4d months: sd of the noise on S %.4f, privacy's part of the variance %3.0f %%\n",
        knot.months, knot.noise_sd, 100 * knot.share);
  }
  return absl::StrCat(text, ShowWidth(preview), preview.text, "\n");
}

// The options that ask a plan at its price.
std::string PriceOptions(const query::PlanCharge& charge) {
  return charge.compartment == v1::COMPARTMENT_FLAGSHIP
             ? absl::StrCat("--law flagship --epsilon ", ShowEpsilons({charge.units}))
             : absl::StrFormat("--charge 'units(%u)'", charge.units);
}

// Says what the wanted width costs, and sets `plan` to what it buys.
std::string ShowTarget(const query::TargetCharge& target, double width, query::Plan& plan) {
  if (target.plan.has_value()) {
    plan = *target.plan;
    return absl::StrFormat("an interval no wider than %g costs %s: %s\n", width,
                           ShowUnits(plan.charge().compartment, plan.charge().units),
                           PriceOptions(plan.charge()));
  }
  if (target.sampling_width > width) {
    return absl::StrFormat(
        "no charge gives an interval of %g: so few patients alone make it %.3f wide; the smallest "
        "that noise allows is %.3f\n",
        width, target.sampling_width, target.smallest_width);
  }
  return absl::StrFormat(
      "no charge on offer gives an interval of %g; the smallest is %.3f (%.3f without noise)\n",
      width, target.smallest_width, target.sampling_width);
}

// The question at a price from which a wanted width is sought: `flagship` has no default.
absl::StatusOr<QuestionOptions> Priced(QuestionOptions question, double target_width) {
  if (target_width == 0) return question;
  if (!question.charge.empty() || !question.epsilon.empty()) {
    return absl::InvalidArgumentError("--target-width: gives the price; leave out the other one");
  }
  if (question.law == "flagship") question.epsilon = "1";
  return question;
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
  const federation::Charter& charter = session->charter();
  PERDURA_ASSIGN_OR_RETURN(const QuestionOptions priced, Priced(question, options.target_width));
  PERDURA_ASSIGN_OR_RETURN(query::Plan plan, BuildPlan(priced, *session));
  std::string text;
  if (options.target_width != 0) {
    PERDURA_ASSIGN_OR_RETURN(
        const query::TargetCharge target,
        query::ChargeForWidth(plan, charter, question.expect_n, options.target_width));
    text = ShowTarget(target, options.target_width, plan);
  }
  PERDURA_ASSIGN_OR_RETURN(const v1::PreviewResponse price, PriceOf(*session, plan));
  PERDURA_ASSIGN_OR_RETURN(const query::Preview preview,
                           query::PreviewPlan(plan, charter, {.expected_n = question.expect_n}));
  absl::StrAppend(&text, "plan: ", plan.text(), "\n", ShowPrice(price, plan, charter),
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
