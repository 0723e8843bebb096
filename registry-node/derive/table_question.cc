#include "registry-node/derive/table_question.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

// Rule sets of the tables that are not of events, and the one whose exits status@1 reads.
constexpr absl::string_view kStatusRules = "status@1";
constexpr absl::string_view kStatusExits = "pfs@1";
constexpr absl::string_view kFlagRules = "events@1";
constexpr absl::string_view kMomentRules = "attribute@1";

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

absl::Status SetEventRules(TableQuestion& question) {
  question.rule_set = FindRuleSet(question.endpoint.rule_set());
  if (question.rule_set == nullptr) return Unsupported("this version has no such rule set");
  if (question.endpoint.causes_size() == question.rule_set->causes) return absl::OkStatus();
  return Unsupported("the endpoint has another number of causes than its rule set");
}

absl::Status CheckFlagTypes(const v1::FlagTable& flags) {
  for (const std::string& flag : flags.flags()) {
    if (!IsOneOf(kEventTypes, flag)) return Unsupported("flags: no such event type");
  }
  return absl::OkStatus();
}

absl::Status SetMeasured(const v1::Charter& charter, TableQuestion& question) {
  const std::string& id = question.endpoint.moment().attribute();
  const v1::Attribute* attribute = FindById(charter.attributes(), id);
  if (attribute == nullptr) return UnknownName("attribute");
  question.measured = *attribute;
  return absl::OkStatus();
}

// What this binary derives for the endpoint's kind of table.
absl::Status SetRules(const v1::Charter& charter, TableQuestion& question) {
  if (question.endpoint.switches_size() > 0) return Unsupported("this version has no switches");
  const std::string& rules = question.endpoint.rule_set();
  switch (question.endpoint.kind()) {
    case v1::TABLE_EVENT:
      return SetEventRules(question);
    case v1::TABLE_CATEGORY:
      if (rules != kStatusRules) return Unsupported("this version has no such rule set");
      question.rule_set = FindRuleSet(kStatusExits);
      return absl::OkStatus();
    case v1::TABLE_FLAGS:
      if (rules != kFlagRules) return Unsupported("this version has no such rule set");
      return CheckFlagTypes(question.endpoint.flags());
    case v1::TABLE_MOMENT:
      if (rules != kMomentRules) return Unsupported("this version has no such rule set");
      return SetMeasured(charter, question);
    default:
      return Unsupported("this version has no such kind of table");
  }
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
  const v1::Endpoint* endpoint = FindById(charter.endpoints(), plan.endpoint());
  if (endpoint == nullptr) return UnknownName("endpoint");
  question.endpoint = *endpoint;
  PERDURA_RETURN_IF_ERROR(SetRules(charter, question));
  const v1::DataCut* cut = FindById(charter.data_cuts(), plan.cut());
  if (cut == nullptr) return UnknownName("data cut");
  question.cutoff_day = cut->cutoff_day();
  question.known_at_micros = cut->known_at() * kMicrosPerSecond;
  question.scope = plan.scope();
  question.cross_border = plan.cross_border();
  question.products = plan.products();
  question.products_per_patient = charter.products_per_patient();
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
