#include "cli/commands/budget.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/session.h"

namespace perdura::cli {
namespace {

// Both laws together, for one product.
struct Odometer {
  double spent = 0;
  double caps = 0;
  std::string lifetime_caps;
};

std::string ShowAttempts(const google::protobuf::RepeatedPtrField<v1::AttemptSummary>& attempts) {
  std::string text = "attempts, newest first; all count:\n";
  for (const v1::AttemptSummary& attempt : attempts) {
    absl::StrAppend(&text, "  ", attempt.state(),
                    attempt.reason().empty() ? "" : absl::StrCat(" (", attempt.reason(), ")"), "  ",
                    ShowUnitsOfPlan(attempt.plan(), attempt.units()),
                    attempt.purpose().empty() ? "" : absl::StrCat("  for ", attempt.purpose()),
                    "\n    ", attempt.plan(), "\n");
  }
  return text;
}

std::string StateOf(const v1::PlannedState& planned) {
  if (!planned.release_id().empty()) {
    return absl::StrCat("released as ", base::HexEncode(planned.release_id()));
  }
  return planned.charged() ? "charged for, not released; nothing is set aside any more"
                           : "not released yet";
}

}  // namespace

std::string ShowOdometer(const google::protobuf::RepeatedPtrField<v1::LifetimeState>& lifetimes) {
  std::map<std::string, Odometer> products;
  for (const v1::LifetimeState& lifetime : lifetimes) {
    Odometer& odometer = products[lifetime.product()];
    odometer.spent += EpsilonOf(lifetime.compartment(), lifetime.spent_units());
    odometer.caps += EpsilonOf(lifetime.compartment(), lifetime.caps_units());
    if (lifetime.has_lifetime_cap_units()) {
      absl::StrAppend(&odometer.lifetime_caps, "; lifetime cap, ", LawWord(lifetime.compartment()),
                      ": ", ShowUnits(lifetime.compartment(), lifetime.lifetime_cap_units()));
    }
  }
  if (products.empty()) return "";
  std::string text =
      "lifetime odometer, all periods and both laws together, epsilon at delta 1e-6:\n";
  for (const auto& [product, odometer] : products) {
    absl::StrAppend(&text, "  ", product,
                    absl::StrFormat(": spent %.2f; by the caps of all periods at most %.2f",
                                    odometer.spent, odometer.caps),
                    odometer.lifetime_caps, "\n");
  }
  return text;
}

std::string ShowPlanned(const google::protobuf::RepeatedPtrField<v1::PlannedState>& planned) {
  if (planned.empty()) return "";
  std::string text = "planned tables, each released once:\n";
  for (const v1::PlannedState& one : planned) {
    absl::StrAppend(&text, "  ", one.id(), ": ", StateOf(one), "\n    ", one.plan(), "\n");
  }
  return text;
}

absl::StatusOr<std::string> ShowBudget(const std::string& home) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(home));
  PERDURA_ASSIGN_OR_RETURN(const v1::GetBudgetResponse response, session->client().GetBudget());
  return absl::StrCat("the aggregator's ledger (each hospital keeps its own):\n",
                      ShowLines(response.lines()), ShowPlanned(response.planned()),
                      ShowOdometer(response.lifetimes()), ShowAttempts(response.attempts()));
}

}  // namespace perdura::cli
