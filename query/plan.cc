#include "query/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "federation/plan_fields.h"
#include "query/canary.h"
#include "query/plan_names.h"

namespace perdura::query {
namespace {

constexpr absl::string_view kPlanHeader = "perdura-plan/1";
constexpr absl::string_view kOnlyIndex = "first";
// In byte order, as the text has them.
constexpr std::array<absl::string_view, 12> kPlanKeys = {
    "charge", "cohort", "cross_border", "cut",      "endpoint", "grid",
    "groups", "index",  "mechanism",    "products", "scope",    "strategy"};
enum PlanField {
  kCharge,
  kCohort,
  kCrossBorder,
  kCut,
  kEndpoint,
  kGrid,
  kGroups,
  kIndex,
  kMechanism,
  kProducts,
  kScope,
  kStrategy
};
using PlanValues = std::array<std::string, kPlanKeys.size()>;

std::string PrintClause(const AttributeClause& clause) {
  return absl::StrCat(clause.attribute, ":", absl::StrJoin(clause.categories, ","));
}

std::string PrintCohort(const std::vector<AttributeClause>& cohort) {
  if (cohort.empty()) return "all";
  return absl::StrJoin(cohort, ";", [](std::string* out, const AttributeClause& clause) {
    out->append(PrintClause(clause));
  });
}

std::string PrintPlan(const PlanValues& values) {
  std::string text(kPlanHeader);
  for (size_t i = 0; i < kPlanKeys.size(); ++i) {
    absl::StrAppend(&text, " ", kPlanKeys[i], "=", values[i]);
  }
  return text;
}

absl::StatusOr<PlanValues> SplitPlan(absl::string_view text) {
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isprint)) {
    return NotCanonical("text", "one line of printable ASCII");
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
  if (parts.front() != kPlanHeader) {
    return NotCanonical("header", absl::StrCat("a plan begins with `", kPlanHeader, "`"));
  }
  if (parts.size() != kPlanKeys.size() + 1) {
    return NotCanonical("fields",
                        absl::StrCat("one space between these keys, each once, in order: ",
                                     absl::StrJoin(kPlanKeys, " ")));
  }
  PlanValues values;
  for (size_t i = 0; i < kPlanKeys.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(parts[i + 1], absl::MaxSplits('=', 1));
    if (field.first != kPlanKeys[i]) {
      return NotCanonical(kPlanKeys[i], absl::StrCat("expected here, found `", field.first, "`"));
    }
    if (field.second.empty()) return NotCanonical(kPlanKeys[i], "is empty");
    values[i] = std::string(field.second);
  }
  return values;
}

bool StrictlyAscending(const std::vector<std::string>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

absl::StatusOr<std::vector<std::string>> ParseSet(absl::string_view key, absl::string_view text) {
  std::vector<std::string> values = absl::StrSplit(text, ',');
  if (!StrictlyAscending(values) || values.front().empty()) {
    return NotCanonical(key, "a set is comma-separated, sorted by byte order and without repeats");
  }
  return values;
}

absl::StatusOr<AttributeClause> ParseClause(absl::string_view key, absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  if (parts.size() != 2) return NotCanonical(key, "a clause reads attribute:category,category");
  PERDURA_ASSIGN_OR_RETURN(std::vector<std::string> categories, ParseSet(key, parts[1]));
  return AttributeClause{parts[0], std::move(categories)};
}

absl::StatusOr<std::vector<AttributeClause>> ParseCohort(absl::string_view text) {
  std::vector<AttributeClause> cohort;
  if (text == "all") return cohort;
  for (const absl::string_view part : absl::StrSplit(text, ';')) {
    PERDURA_ASSIGN_OR_RETURN(AttributeClause clause, ParseClause("cohort", part));
    if (!cohort.empty() && cohort.back().attribute >= clause.attribute) {
      return NotCanonical("cohort", "attributes are sorted by byte order and appear once");
    }
    cohort.push_back(std::move(clause));
  }
  return cohort;
}

absl::Status CheckClause(absl::string_view key, const AttributeClause& clause,
                         const federation::Charter& charter) {
  const v1::Attribute* attribute = charter.FindAttribute(clause.attribute);
  if (attribute == nullptr) {
    return UnknownName(key, clause.attribute, IdsOf(charter.proto().attributes()));
  }
  const bool filters = key == kPlanKeys[kCohort];
  if (filters ? !attribute->may_filter() : !attribute->may_group()) {
    return NotAllowed(key, absl::StrCat("the charter lets nobody ", filters ? "filter" : "group",
                                        " by `", clause.attribute, "`"));
  }
  const std::vector<std::string> known = CategoriesOf(*attribute);
  for (const std::string& category : clause.categories) {
    if (std::find(known.begin(), known.end(), category) == known.end()) {
      return UnknownName(absl::StrCat(key, " ", clause.attribute), category, known);
    }
  }
  return absl::OkStatus();
}

// Strategies that measure tables of this grid and endpoint in this compartment.
std::vector<std::string> StrategiesFor(const v1::Charter& charter, v1::Compartment compartment,
                                       absl::string_view grid, const v1::Endpoint& endpoint) {
  if (endpoint.kind() == v1::TABLE_MOMENT) {
    if (compartment == v1::COMPARTMENT_FLAGSHIP) return {};
    return {std::string(kMomentStrategy)};
  }
  if (compartment == v1::COMPARTMENT_FLAGSHIP || endpoint.kind() != v1::TABLE_EVENT) {
    return {std::string(kIdentityStrategy)};
  }
  std::vector<std::string> ids;
  for (const v1::Strategy& strategy : charter.strategies()) {
    if (strategy.grid() == grid &&
        strategy.causes() == static_cast<uint32_t>(endpoint.causes_size())) {
      ids.push_back(strategy.id());
    }
  }
  return ids;
}

// Only event tables have a time grid.
std::vector<std::string> GridsFor(const v1::Charter& charter, const v1::Endpoint& endpoint) {
  if (endpoint.kind() != v1::TABLE_EVENT) return {std::string(kNoGrid)};
  return IdsOf(charter.grids());
}

absl::Status CheckNames(const PlanValues& values, v1::Compartment compartment,
                        const std::vector<std::string>& products,
                        const federation::Charter& charter) {
  const v1::Charter& proto = charter.proto();
  if (charter.FindCut(values[kCut]) == nullptr) {
    return UnknownName("cut", values[kCut], IdsOf(proto.data_cuts()));
  }
  const v1::Endpoint* endpoint = charter.FindEndpoint(values[kEndpoint]);
  if (endpoint == nullptr) {
    return UnknownName("endpoint", values[kEndpoint], IdsOf(proto.endpoints()));
  }
  const auto grids = GridsFor(proto, *endpoint);
  if (std::find(grids.begin(), grids.end(), values[kGrid]) == grids.end()) {
    return UnknownName("grid of this endpoint", values[kGrid], grids);
  }
  for (const std::string& product : products) {
    if (charter.FindProduct(product) == nullptr) {
      return UnknownName("products", product, IdsOf(proto.products()));
    }
  }
  const auto fitting = StrategiesFor(proto, compartment, values[kGrid], *endpoint);
  if (std::find(fitting.begin(), fitting.end(), values[kStrategy]) == fitting.end()) {
    return UnknownName("strategy for this compartment, grid and endpoint", values[kStrategy],
                       fitting);
  }
  return absl::OkStatus();
}

// A later version may know more values of these.
absl::Status CheckFixed(const PlanValues& values, v1::Compartment compartment) {
  if (values[kCrossBorder] != "yes" && values[kCrossBorder] != "no") {
    return NotCanonical("cross_border", "is yes or no");
  }
  if (values[kIndex] != kOnlyIndex) return NotCanonical("index", "must be `first`");
  if (values[kMechanism] != MechanismText(compartment)) {
    return NotCanonical("mechanism", absl::StrCat("must be `", MechanismText(compartment),
                                                  "` in the compartment of the charge"));
  }
  if (ScopeFromText(values[kScope]) == v1::CONSENT_SCOPE_UNSPECIFIED) {
    return NotCanonical("scope", "is research, regulatory, payer-adjudication or secondary-use");
  }
  return absl::OkStatus();
}

std::vector<std::string> SortedSet(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// Only `adhoc` has a default charge: a flagship question is rare and names its epsilon.
absl::StatusOr<std::string> BuildCharge(const PlanRequest& request, const v1::Charter& charter) {
  PlanCharge charge{.compartment = request.compartment, .units = request.charge_units};
  if (charge.units == 0 && charge.compartment == v1::COMPARTMENT_ADHOC) {
    charge.units = charter.default_charge().units();
  }
  if (charge.units == 0 && charge.canary()) charge.units = kCanaryUnits;
  if (charge.units == 0) return NotCanonical("charge", "a flagship question names its epsilon");
  return PrintPlanCharge(charge);
}

absl::StatusOr<std::string> BuildScope(absl::string_view role, const federation::Charter& charter) {
  std::vector<std::string> roles;
  for (const v1::RoleScope& line : charter.proto().role_scopes()) roles.push_back(line.role());
  if (role.empty() && roles.size() == 1) role = roles.front();
  const auto scope = charter.ScopeOfRole(role);
  const absl::string_view text = scope.has_value() ? ScopeText(*scope) : "";
  if (!text.empty()) return std::string(text);
  return NotAllowed(
      "role",
      absl::StrCat("`", role, "` has no scope; the charter has: ", absl::StrJoin(roles, ", ")));
}

absl::StatusOr<std::string> BuildCut(absl::string_view cut, const v1::Charter& charter) {
  if (!cut.empty()) return ResolveName("cut", cut, IdsOf(charter.data_cuts()));
  std::vector<std::string> open;
  for (const v1::DataCut& one : charter.data_cuts()) {
    if (one.state() == v1::CUT_OPEN) open.push_back(one.id());
  }
  return ResolveName("cut", "", open);
}

// Without a wish: the first grid of the charter that has a strategy for the endpoint.
absl::StatusOr<std::string> BuildGrid(absl::string_view grid, v1::Compartment compartment,
                                      const v1::Endpoint& endpoint, const v1::Charter& charter) {
  const std::vector<std::string> grids = GridsFor(charter, endpoint);
  if (!grid.empty() && endpoint.kind() == v1::TABLE_EVENT) return ResolveName("grid", grid, grids);
  if (!grid.empty() && grid != kNoGrid) return UnknownName("grid of this endpoint", grid, grids);
  for (const std::string& one : grids) {
    if (!StrategiesFor(charter, compartment, one, endpoint).empty()) return one;
  }
  return UnknownName("grid with a strategy for this endpoint", "", {});
}

absl::StatusOr<std::string> BuildProducts(const std::vector<std::string>& wanted,
                                          const v1::Charter& charter) {
  std::vector<std::string> products;
  for (const v1::Product& product : charter.products()) {
    if (wanted.empty() && product.product_class() != v1::CANARY) products.push_back(product.id());
  }
  const std::vector<std::string> known = IdsOf(charter.products());
  for (const std::string& name : wanted) {
    PERDURA_ASSIGN_OR_RETURN(std::string id, ResolveName("products", name, known));
    products.push_back(std::move(id));
  }
  if (products.empty()) return UnknownName("products", "", known);
  return absl::StrJoin(SortedSet(std::move(products)), ",");
}

absl::StatusOr<std::string> BuildCohort(std::vector<AttributeClause> cohort) {
  std::sort(cohort.begin(), cohort.end(),
            [](const auto& a, const auto& b) { return a.attribute < b.attribute; });
  for (size_t i = 0; i < cohort.size(); ++i) {
    if (i > 0 && cohort[i].attribute == cohort[i - 1].attribute) {
      return NotCanonical("cohort",
                          absl::StrCat("`", cohort[i].attribute,
                                       "` appears twice; name its categories in one clause"));
    }
    if (cohort[i].categories.empty()) {
      return NotCanonical("cohort", absl::StrCat("`", cohort[i].attribute, "` has no category"));
    }
    cohort[i].categories = SortedSet(std::move(cohort[i].categories));
  }
  return PrintCohort(cohort);
}

// All categories of the attribute. Everybody in the plan has a known product, so products need no
// group `unknown`.
absl::StatusOr<std::string> BuildGroups(absl::string_view group_by,
                                        const federation::Charter& charter) {
  if (group_by.empty()) return "none";
  const v1::Attribute* attribute = charter.FindAttribute(group_by);
  if (attribute == nullptr) {
    return UnknownName("groups", group_by, IdsOf(charter.proto().attributes()));
  }
  std::vector<std::string> categories = attribute->source() == v1::ATTRIBUTE_PRODUCT
                                            ? IdsOf(attribute->categories())
                                            : CategoriesOf(*attribute);
  return PrintClause({attribute->id(), SortedSet(std::move(categories))});
}

}  // namespace

absl::StatusOr<Plan> Plan::Parse(absl::string_view text, const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(PlanValues values, SplitPlan(text));
  Plan plan;
  PERDURA_ASSIGN_OR_RETURN(plan.charge_, ParsePlanCharge(values[kCharge]));
  PERDURA_RETURN_IF_ERROR(CheckFixed(values, plan.charge_.compartment));
  PERDURA_ASSIGN_OR_RETURN(plan.cohort_, ParseCohort(values[kCohort]));
  PERDURA_ASSIGN_OR_RETURN(plan.products_, ParseSet("products", values[kProducts]));
  if (values[kGroups] != "none") {
    PERDURA_ASSIGN_OR_RETURN(plan.groups_, ParseClause("groups", values[kGroups]));
    PERDURA_RETURN_IF_ERROR(CheckClause("groups", plan.groups_, charter));
  }
  PERDURA_RETURN_IF_ERROR(CheckNames(values, plan.charge_.compartment, plan.products_, charter));
  for (const AttributeClause& clause : plan.cohort_) {
    PERDURA_RETURN_IF_ERROR(CheckClause("cohort", clause, charter));
  }
  plan.text_ = PrintPlan(values);
  plan.hash_ = federation::PayloadId(plan.text_);
  plan.cross_border_ = values[kCrossBorder] == "yes";
  plan.scope_ = ScopeFromText(values[kScope]);
  plan.cut_ = std::move(values[kCut]);
  plan.endpoint_ = std::move(values[kEndpoint]);
  plan.grid_ = std::move(values[kGrid]);
  plan.strategy_ = std::move(values[kStrategy]);
  PERDURA_RETURN_IF_ERROR(CheckCanary(plan, charter));
  return plan;
}

absl::StatusOr<Plan> Plan::Build(const PlanRequest& request, const federation::Charter& charter) {
  const v1::Charter& proto = charter.proto();
  PlanValues values;
  PERDURA_ASSIGN_OR_RETURN(values[kCharge], BuildCharge(request, proto));
  PERDURA_ASSIGN_OR_RETURN(values[kCohort], BuildCohort(request.cohort));
  values[kCrossBorder] = request.cross_border ? "yes" : "no";
  PERDURA_ASSIGN_OR_RETURN(values[kCut], BuildCut(request.cut, proto));
  PERDURA_ASSIGN_OR_RETURN(values[kEndpoint],
                           ResolveName("endpoint", request.endpoint, IdsOf(proto.endpoints())));
  const v1::Endpoint& endpoint = *charter.FindEndpoint(values[kEndpoint]);
  PERDURA_ASSIGN_OR_RETURN(values[kGrid],
                           BuildGrid(request.grid, request.compartment, endpoint, proto));
  PERDURA_ASSIGN_OR_RETURN(values[kGroups], BuildGroups(request.group_by, charter));
  values[kIndex] = std::string(kOnlyIndex);
  values[kMechanism] = std::string(MechanismText(request.compartment));
  PERDURA_ASSIGN_OR_RETURN(values[kProducts], BuildProducts(request.products, proto));
  PERDURA_ASSIGN_OR_RETURN(values[kScope], BuildScope(request.role, charter));
  const auto strategies = StrategiesFor(proto, request.compartment, values[kGrid], endpoint);
  if (strategies.empty()) {
    return UnknownName(absl::StrCat("strategy for ", endpoint.causes_size(), " cause(s)"),
                       values[kGrid], IdsOf(proto.strategies()));
  }
  values[kStrategy] = strategies.front();
  return Parse(PrintPlan(values), charter);
}

std::string Plan::overlap_key() const { return federation::OverlapKeyOfPlan(text_); }

}  // namespace perdura::query
