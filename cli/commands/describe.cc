#include "cli/commands/describe.h"

#include <map>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/budget.h"
#include "cli/session.h"
#include "query/plan.h"
#include "query/preview_laws.h"

namespace perdura::cli {
namespace {

// The list of a table's prices does not depend on the price of the plan that asks for it.
constexpr uint64_t kAnyUnits = 1;

std::string ShowList(absl::string_view title, const std::vector<std::string>& items) {
  return absl::StrCat(title, ": ", items.empty() ? "none" : absl::StrJoin(items, ", "), "\n");
}

bool MayAskAbout(const v1::Analyst& analyst, const std::string& product) {
  return absl::c_linear_search(analyst.products(), product);
}

std::string ShowAnalyst(const v1::Analyst& analyst) {
  std::string text = absl::StrCat("you are ", analyst.id(), " of ", analyst.organisation(),
                                  "; roles: ", absl::StrJoin(analyst.roles(), ", "),
                                  "; purposes: ", absl::StrJoin(analyst.purposes(), ", "), "\n");
  for (const v1::AnalystCap& cap : analyst.caps()) {
    absl::StrAppend(&text, "you may spend, ", LawWord(cap.compartment()), ": ",
                    ShowUnits(cap.compartment(), cap.cap().units()), " on each line\n");
  }
  return text;
}

// What the table is of.
std::string ShowKind(const v1::Endpoint& endpoint) {
  switch (endpoint.kind()) {
    case v1::TABLE_CATEGORY:
      return absl::StrCat("status at ", endpoint.category().landmark_months(),
                          " months: ", absl::StrJoin(endpoint.category().categories(), ", "));
    case v1::TABLE_FLAGS:
      return absl::StrCat("what happened within ", endpoint.flags().window_months(),
                          " months: ", absl::StrJoin(endpoint.flags().flags(), ", "));
    case v1::TABLE_MOMENT:
      return absl::StrCat("mean of ", endpoint.moment().attribute(), ", from ",
                          endpoint.moment().low(), " to ", endpoint.moment().high());
    default:
      return absl::StrCat("time to ", absl::StrJoin(endpoint.causes(), ", "),
                          endpoint.delayed_entry() ? ", with delayed entry" : "");
  }
}

// The closed list of prices that the flagship law has for a table of the endpoint; empty where it
// offers none. They are those of any cut.
std::string ShowFlagshipPrices(const v1::Endpoint& endpoint, const v1::Analyst& analyst,
                               const federation::Charter& charter) {
  query::PlanRequest request;
  request.endpoint = endpoint.id();
  request.compartment = v1::COMPARTMENT_FLAGSHIP;
  request.charge_units = kAnyUnits;
  if (charter.proto().data_cuts_size() > 0) request.cut = charter.proto().data_cuts(0).id();
  request.products.assign(analyst.products().begin(), analyst.products().end());
  if (analyst.roles_size() > 0) request.role = analyst.roles(0);
  const auto plan = query::Plan::Build(request, charter);
  if (!plan.ok()) return "";
  const auto charges = query::FlagshipCharges(*plan, charter);
  return charges.ok() ? absl::StrCat("; --epsilon ", ShowEpsilons(*charges)) : "";
}

std::string ShowEndpoints(const federation::Charter& charter, const v1::Analyst& analyst) {
  const bool flagship = absl::c_any_of(charter.proto().budgets(), [](const v1::Budget& budget) {
    return budget.compartment() == v1::COMPARTMENT_FLAGSHIP;
  });
  std::string text = "endpoints:\n";
  for (const v1::Endpoint& one : charter.proto().endpoints()) {
    absl::StrAppend(&text, "  ", one.id(), ": ", ShowKind(one),
                    flagship ? ShowFlagshipPrices(one, analyst, charter) : "", "\n");
  }
  return text;
}

std::string ShowCuts(const v1::Charter& charter) {
  std::string text = "data cuts:\n";
  for (const v1::DataCut& cut : charter.data_cuts()) {
    absl::StrAppend(&text, "  ", cut.id(), ": ", cut.state() == v1::CUT_OPEN ? "open" : "closed",
                    ", what happened until ",
                    absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + cut.cutoff_day()),
                    ", paid from period ", cut.period(), "\n");
  }
  return text;
}

std::string ShowCatalogue(const v1::Charter& charter) {
  std::vector<std::string> attributes, grids;
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
  return absl::StrCat(ShowList("grids", grids), ShowList("attributes", attributes));
}

// What the charter allows on each of the analyst's lines, in the currency of its law.
std::string ShowCaps(const v1::Charter& charter, const v1::Analyst& analyst) {
  std::string text;
  for (const v1::Budget& budget : charter.budgets()) {
    if (!MayAskAbout(analyst, budget.product())) continue;
    absl::StrAppend(&text, "budget, ", LawWord(budget.compartment()), ": ",
                    ShowUnits(budget.compartment(), budget.cap().units()), " on ", budget.product(),
                    ", period ", budget.period(), "\n");
  }
  for (const v1::PurposeCap& cap : charter.purpose_caps()) {
    if (!absl::c_linear_search(analyst.purposes(), cap.purpose())) continue;
    absl::StrAppend(&text, "of it for ", cap.purpose(), ", ", LawWord(cap.compartment()), ": ",
                    ShowUnits(cap.compartment(), cap.cap().units()), " on each line\n");
  }
  for (const v1::LifetimeCap& cap : charter.lifetime_caps()) {
    if (!MayAskAbout(analyst, cap.product())) continue;
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

std::string ShowProducts(const federation::Charter& charter, const v1::Analyst& analyst) {
  std::vector<std::string> products;
  for (const std::string& id : analyst.products()) {
    const v1::Product* product = charter.FindProduct(id);
    const bool canary = product != nullptr && product->product_class() == v1::CANARY;
    products.push_back(absl::StrCat(id, canary ? " (no patients: `perdura canary`)" : ""));
  }
  return ShowList("products", products);
}

std::string ShowProtection(const v1::Charter& charter) {
  return absl::StrCat("members: ", charter.members_size(),
                      "; stewards: ", charter.committee().stewards_size(), ", any ",
                      charter.committee().threshold(),
                      " of them together could open a hospital's table, fewer learn nothing\n",
                      ShowGuarantees(charter), "protected unit: ",
                      charter.pseudonyms().nodes_per_patient() == 1
                          ? "one record at one node (the authority declares the sources disjoint)"
                          : "one patient at several nodes",
                      "\n");
}

}  // namespace

absl::StatusOr<std::string> DescribeCharter(const federation::Charter& charter,
                                            const std::string& analyst) {
  const v1::Analyst* const found = charter.FindAnalyst(analyst);
  if (found == nullptr) {
    return base::Refuse(absl::StatusCode::kPermissionDenied, "not_allowed",
                        absl::StrCat("the charter names no analyst `", analyst, "`"));
  }
  const v1::Charter& proto = charter.proto();
  return absl::StrCat(
      "federation ", proto.federation(), ", charter ", proto.version(), ", valid until ",
      absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(proto.valid_until()), absl::UTCTimeZone()),
      "\n", ShowAnalyst(*found), ShowEndpoints(charter, *found), ShowProducts(charter, *found),
      ShowCuts(proto), ShowCatalogue(proto),
      "default charge: ", ShowUnits(v1::COMPARTMENT_ADHOC, proto.default_charge().units()), "\n",
      ShowCaps(proto, *found), ShowProtection(proto));
}

absl::StatusOr<std::string> Describe(const std::string& home) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(home));
  PERDURA_ASSIGN_OR_RETURN(const std::string text,
                           DescribeCharter(session->charter(), session->profile().id()));
  if (session->charter().proto().planned_releases().empty()) return text;
  PERDURA_ASSIGN_OR_RETURN(const v1::GetBudgetResponse budget, session->client().GetBudget());
  return absl::StrCat(text, ShowPlanned(budget.planned()));
}

}  // namespace perdura::cli
