#include "query/derived_answer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "perdura/v1/charter.pb.h"
#include "privacy/grid.h"
#include "query/plan_names.h"

namespace perdura::query {
namespace {

// The same patients by the same rules, under the same law, at no smaller a price. The overlap key
// is "cut endpoint scope products cohort". A canary round is there for its own noise, so nothing
// follows from it, not even the same plan.
bool SameQuestion(const Plan& asked, const Plan& released) {
  return !asked.canary() && !released.canary() && asked.overlap_key() == released.overlap_key() &&
         asked.cross_border() == released.cross_border() &&
         asked.charge().compartment == released.charge().compartment &&
         asked.charge().units <= released.charge().units;
}

bool Has(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The category that a patient of `product` falls into: the first that lists it.
std::string CategoryOfProduct(const v1::Attribute& attribute, const std::string& product) {
  for (const v1::Category& category : attribute.categories()) {
    const auto& values = category.values();
    if (std::find(values.begin(), values.end(), product) != values.end()) return category.id();
  }
  return std::string(kUnknownCategory);
}

// Categories that hold everybody in the plan's cohort.
std::vector<std::string> CategoriesOfEverybody(const Plan& plan, const v1::Attribute& attribute) {
  for (const AttributeClause& clause : plan.cohort()) {
    if (clause.attribute == attribute.id()) return clause.categories;
  }
  if (attribute.source() != v1::ATTRIBUTE_PRODUCT) return CategoriesOf(attribute);
  std::vector<std::string> categories;
  for (const std::string& product : plan.products()) {
    categories.push_back(CategoryOfProduct(attribute, product));
  }
  return categories;
}

bool HoldsEverybody(const Plan& released, const federation::Charter& charter) {
  const v1::Attribute* attribute = charter.FindAttribute(released.groups().attribute);
  if (attribute == nullptr) return false;
  const std::vector<std::string> wanted = CategoriesOfEverybody(released, *attribute);
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& category) {
    return Has(released.groups().categories, category);
  });
}

// Fills groups, with what was done in `steps`; false if they do not follow.
bool DeriveGroups(const Plan& asked, const Plan& released, const federation::Charter& charter,
                  Derivation& derivation, std::vector<std::string>& steps) {
  const std::vector<std::string>& wanted = asked.groups().categories;
  const std::vector<std::string>& there = released.groups().categories;
  if (asked.groups().attribute.empty()) {
    const bool one_group = released.groups().attribute.empty();
    if (!one_group && !HoldsEverybody(released, charter)) return false;
    std::vector<int> all(one_group ? 1 : there.size());
    std::iota(all.begin(), all.end(), 0);
    derivation.groups.push_back(std::move(all));
    if (!one_group) steps.push_back(absl::StrCat("sum over ", released.groups().attribute));
    return true;
  }
  if (asked.groups().attribute != released.groups().attribute) return false;
  for (const std::string& category : wanted) {
    const auto found = std::find(there.begin(), there.end(), category);
    if (found == there.end()) return false;
    derivation.groups.push_back({static_cast<int>(found - there.begin())});
  }
  if (wanted != there) {
    steps.push_back(
        absl::StrCat("groups ", absl::StrJoin(wanted, " "), " of ", released.groups().attribute));
  }
  return true;
}

// Fills bins; event tables only.
bool DeriveBins(const Plan& asked, const Plan& released, const federation::Charter& charter,
                Derivation& derivation, std::vector<std::string>& steps) {
  const std::vector<int>& wanted = charter.FindGrid(asked.grid())->knots();
  const std::vector<int>& there = charter.FindGrid(released.grid())->knots();
  if (!std::includes(there.begin(), there.end(), wanted.begin(), wanted.end())) return false;
  const bool shorter = wanted.back() < there.back();
  if (shorter && charter.FindEndpoint(asked.endpoint())->delayed_entry()) return false;
  for (const int knot : there) {
    const auto bin = std::lower_bound(wanted.begin(), wanted.end(), knot);
    derivation.bins.push_back(static_cast<int>(bin - wanted.begin()));
  }
  if (wanted != there) {
    steps.push_back(absl::StrCat("grid ", asked.grid(), " out of ", released.grid()));
  }
  return true;
}

}  // namespace

std::optional<Derivation> Follows(const Plan& asked, const Plan& released,
                                  const federation::Charter& charter) {
  if (!SameQuestion(asked, released)) return std::nullopt;
  Derivation derivation;
  std::vector<std::string> steps;
  if (!DeriveGroups(asked, released, charter, derivation, steps)) return std::nullopt;
  const v1::Endpoint* endpoint = charter.FindEndpoint(asked.endpoint());
  if (endpoint->kind() == v1::TABLE_EVENT &&
      !DeriveBins(asked, released, charter, derivation, steps)) {
    return std::nullopt;
  }
  if (asked.charge().units < released.charge().units) steps.emplace_back("larger charge");
  derivation.text = steps.empty() ? kDirect : absl::StrJoin(steps, "; ");
  return derivation;
}

}  // namespace perdura::query
