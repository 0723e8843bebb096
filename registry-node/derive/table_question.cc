#include "registry-node/derive/table_question.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

absl::Status UnknownName(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kNotFound, "unknown_name",
                      absl::StrCat("the charter has no such ", what));
}

absl::Status Unsupported(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "unsupported_endpoint", why);
}

template <typename Records>
auto FindById(const Records& records, absl::string_view id) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const auto& record) { return record.id() == id; });
  return found == records.end() ? nullptr : &*found;
}

absl::StatusOr<const RuleSet*> RuleSetOf(absl::string_view endpoint_id,
                                         const v1::Charter& charter) {
  const v1::Endpoint* endpoint = FindById(charter.endpoints(), endpoint_id);
  if (endpoint == nullptr) return UnknownName("endpoint");
  const RuleSet* rule_set = FindRuleSet(endpoint->rule_set());
  if (rule_set == nullptr) return Unsupported("this version has no such rule set");
  if (endpoint->switches_size() > 0) return Unsupported("this version has no switches");
  if (endpoint->causes_size() != rule_set->causes) {
    return Unsupported("the endpoint has another number of causes than its rule set");
  }
  return rule_set;
}

absl::StatusOr<AttributeChoice> ChoiceOf(const query::AttributeClause& clause,
                                         const v1::Charter& charter) {
  const v1::Attribute* attribute = FindById(charter.attributes(), clause.attribute);
  if (attribute == nullptr) return UnknownName("attribute");
  if (attribute->source() < v1::ATTRIBUTE_PRODUCT || attribute->source() > v1::ATTRIBUTE_YEAR) {
    return Unsupported("this version cannot read the attribute");
  }
  return AttributeChoice{*attribute, clause.categories};
}

}  // namespace

absl::StatusOr<TableQuestion> TableQuestion::Create(const query::Plan& plan,
                                                    const v1::Charter& charter) {
  TableQuestion question;
  PERDURA_ASSIGN_OR_RETURN(question.rule_set, RuleSetOf(plan.endpoint(), charter));
  const v1::DataCut* cut = FindById(charter.data_cuts(), plan.cut());
  if (cut == nullptr) return UnknownName("data cut");
  question.cutoff_day = cut->cutoff_day();
  question.known_at_micros = cut->known_at() * kMicrosPerSecond;
  question.scope = plan.scope();
  question.cross_border = plan.cross_border();
  question.products = plan.products();
  for (const query::AttributeClause& clause : plan.cohort()) {
    PERDURA_ASSIGN_OR_RETURN(AttributeChoice choice, ChoiceOf(clause, charter));
    question.cohort.push_back(std::move(choice));
  }
  if (!plan.groups().attribute.empty()) {
    PERDURA_ASSIGN_OR_RETURN(question.groups, ChoiceOf(plan.groups(), charter));
  }
  return question;
}

}  // namespace perdura::registry_node
