#include "cli/commands/describe.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/budget.h"
#include "cli/session.h"

namespace perdura::cli {
namespace {

// What the charter allows on each line, in the currency of its law.
std::string ShowCaps(const v1::Charter& charter) {
  std::string text;
  for (const v1::Budget& budget : charter.budgets()) {
    absl::StrAppend(&text, "budget, ", LawWord(budget.compartment()), ": ",
                    ShowUnits(budget.compartment(), budget.cap().units()), " on ", budget.product(),
                    ", period ", budget.period(), "\n");
  }
  for (const v1::PurposeCap& cap : charter.purpose_caps()) {
    absl::StrAppend(&text, "of it for ", cap.purpose(), ", ", LawWord(cap.compartment()), ": ",
                    ShowUnits(cap.compartment(), cap.cap().units()), " on each line\n");
  }
  for (const v1::LifetimeCap& cap : charter.lifetime_caps()) {
    absl::StrAppend(&text, "over all periods, ", LawWord(cap.compartment()), ": ",
                    ShowUnits(cap.compartment(), cap.cap().units()), " on ", cap.product(), "\n");
  }
  return text;
}

// What a patient may lose in a period under both laws together: (sum of epsilon + epsilon(sum of
// rho, delta), delta). Their budgets meet only here, for display.
std::string ShowGuarantees(const v1::Charter& charter) {
  std::map<std::string, double> epsilons;
  for (const v1::PatientGuarantee& guarantee : charter.patient_guarantees()) {
    epsilons[guarantee.period()] += EpsilonOf(guarantee.compartment(), guarantee.amount().units());
  }
  std::string text;
  for (const auto& [period, epsilon] : epsilons) {
    absl::StrAppendFormat(&text,
                          "most that a patient may lose in period %s, both laws together: epsilon "
                          "%.2f at delta 1e-6\n",
                          period, epsilon);
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> Describe(const std::string& home) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(home));
  const v1::Charter& charter = session->charter().proto();
  std::string text = absl::StrCat(
      "federation ", charter.federation(), ", charter ", charter.version(), ", valid until ",
      absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(charter.valid_until()),
                       absl::UTCTimeZone()),
      "\n");
  const auto list = [&text](absl::string_view title, const std::vector<std::string>& items) {
    absl::StrAppend(&text, title, ": ", items.empty() ? "none" : absl::StrJoin(items, ", "), "\n");
  };
  std::vector<std::string> endpoints, products, cuts, attributes, grids;
  for (const v1::Endpoint& one : charter.endpoints()) {
    endpoints.push_back(absl::StrCat(one.id(), " (", absl::StrJoin(one.causes(), ", "), ")"));
  }
  for (const v1::Product& one : charter.products()) {
    products.push_back(absl::StrCat(
        one.id(), one.product_class() == v1::CANARY ? " (no patients: `perdura canary`)" : ""));
  }
  for (const v1::DataCut& one : charter.data_cuts()) cuts.push_back(one.id());
  for (const v1::TimeGrid& one : charter.grids()) {
    grids.push_back(absl::StrCat(one.id(), " (months ", absl::StrJoin(one.knots(), " "), ")"));
  }
  for (const v1::Attribute& one : charter.attributes()) {
    std::vector<std::string> categories;
    for (const v1::Category& category : one.categories()) categories.push_back(category.id());
    attributes.push_back(absl::StrCat(one.id(), " = ", absl::StrJoin(categories, "|"),
                                      one.may_filter() ? " [filter]" : "",
                                      one.may_group() ? " [group]" : ""));
  }
  list("endpoints", endpoints);
  list("products", products);
  list("data cuts", cuts);
  list("grids", grids);
  list("attributes", attributes);
  absl::StrAppend(
      &text, "members: ", charter.members_size(),
      "; stewards: ", charter.committee().stewards_size(), ", any ",
      charter.committee().threshold(),
      " of them together could open a hospital's table, fewer learn nothing\n",
      "default charge: ", ShowUnits(v1::COMPARTMENT_ADHOC, charter.default_charge().units()), "\n",
      ShowCaps(charter), ShowGuarantees(charter), "protected unit: ",
      charter.pseudonyms().nodes_per_patient() == 1
          ? "one record at one node (the authority declares the sources disjoint)"
          : "one patient at several nodes",
      "\n");
  if (charter.planned_releases().empty()) return text;
  PERDURA_ASSIGN_OR_RETURN(const v1::GetBudgetResponse budget, session->client().GetBudget());
  return absl::StrCat(text, ShowPlanned(budget.planned()));
}

}  // namespace perdura::cli
