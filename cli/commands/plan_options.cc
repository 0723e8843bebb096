#include "cli/commands/plan_options.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "query/preview_laws.h"

namespace perdura::cli {
namespace {

absl::StatusOr<std::vector<query::AttributeClause>> ParseCohort(
    const std::vector<std::string>& clauses) {
  std::vector<query::AttributeClause> cohort;
  for (const std::string& clause : clauses) {
    const std::vector<std::string> parts = absl::StrSplit(clause, absl::MaxSplits('=', 1));
    if (parts.size() != 2) {
      return absl::InvalidArgumentError("--cohort: write attribute=category,category");
    }
    cohort.push_back({parts[0], absl::StrSplit(parts[1], ',')});
  }
  return cohort;
}

// `flagship` has no default price: the refusal says what it offers for this table.
absl::Status NoEpsilon(query::PlanRequest request, const federation::Charter& charter) {
  request.charge_units = 1;  // the list does not depend on it
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, query::Plan::Build(request, charter));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<uint64_t> charges,
                           query::FlagshipCharges(plan, charter));
  return absl::InvalidArgumentError(
      absl::StrCat("--epsilon: --law flagship has no default price; for this table write ",
                   ShowEpsilons(charges)));
}

// Compartment and units of the request, which is complete but for them.
absl::Status SetPrice(const QuestionOptions& options, const federation::Charter& charter,
                      query::PlanRequest& request) {
  if (options.law == "flagship") {
    if (!options.charge.empty()) {
      return absl::InvalidArgumentError(
          "--charge: is of the default law; --law flagship is paid with --epsilon");
    }
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    if (options.epsilon.empty()) return NoEpsilon(request, charter);
    PERDURA_ASSIGN_OR_RETURN(request.charge_units, ParseEpsilon(options.epsilon));
    return absl::OkStatus();
  }
  if (!options.epsilon.empty()) {
    return absl::InvalidArgumentError("--epsilon: is of the flagship law; add --law flagship");
  }
  if (options.charge.empty()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(request.charge_units,
                           ParseCharge(options.charge, charter.proto().default_charge().units()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<query::Plan> BuildPlan(const QuestionOptions& options, const Session& session) {
  const federation::Charter& charter = session.charter();
  query::PlanRequest request;
  request.endpoint = options.endpoint;
  request.cut = options.cut;
  request.grid = options.grid;
  request.products = options.products;
  if (request.products.empty()) {
    const v1::Analyst* analyst = charter.FindAnalyst(session.profile().id());
    if (analyst != nullptr) {
      for (const std::string& product : analyst->products()) {
        if (charter.FindProduct(product)->product_class() == v1::CANARY) continue;
        request.products.push_back(product);
      }
    }
  }
  PERDURA_ASSIGN_OR_RETURN(request.cohort, ParseCohort(options.cohort));
  request.group_by = options.by;
  request.role = session.profile().role();
  request.cross_border = options.cross_border;
  PERDURA_RETURN_IF_ERROR(SetPrice(options, charter, request));
  return query::Plan::Build(request, charter);
}

absl::StatusOr<v1::PreviewResponse> PriceOf(Session& session, const query::Plan& plan) {
  v1::PreviewRequest request;
  request.set_plan(plan.text());
  request.set_role(session.profile().role());
  request.set_purpose(session.profile().purpose());
  return session.client().Preview(request);
}

}  // namespace perdura::cli
