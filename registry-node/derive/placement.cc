#include "registry-node/derive/placement.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "registry-node/derive/consent.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

// What is known of an attribute: nothing, a code or a number.
using AttributeValue = std::variant<std::monostate, absl::string_view, int64_t>;

AttributeValue ValueOf(const std::optional<std::string>& code) {
  return code.has_value() ? AttributeValue(absl::string_view(*code)) : AttributeValue();
}
AttributeValue ValueOf(const std::optional<int64_t>& number) {
  return number.has_value() ? AttributeValue(*number) : AttributeValue();
}

AttributeValue ConditionValue(v1::AttributeSource source, const ConditionFact& condition) {
  switch (source) {
    case v1::ATTRIBUTE_INDICATION:
      return absl::string_view(condition.indication);
    case v1::ATTRIBUTE_SUBTYPE:
      return ValueOf(condition.subtype);
    case v1::ATTRIBUTE_RISK_GROUP:
      return ValueOf(condition.risk_group);
    case v1::ATTRIBUTE_PRIOR_LINES:
      return ValueOf(condition.prior_lines);
    case v1::ATTRIBUTE_ECOG:
      return ValueOf(condition.ecog);
    default:
      return {};
  }
}

AttributeValue ValueOf(v1::AttributeSource source, const PatientHistory& patient,
                       const EpisodeHistory& episode) {
  switch (source) {
    case v1::ATTRIBUTE_PRODUCT:
      return absl::string_view(episode.episode->product);
    case v1::ATTRIBUTE_SEX:
      return absl::string_view(patient.patient->sex);
    case v1::ATTRIBUTE_AGE_AT_INFUSION:
      return ValueOf(episode.episode->age_at_infusion);
    case v1::ATTRIBUTE_YEAR:
      return YearOf(episode.episode->day0);
    default:
      return episode.condition == nullptr ? AttributeValue()
                                          : ConditionValue(source, *episode.condition);
  }
}

bool Holds(const v1::Category& category, const AttributeValue& value) {
  if (const auto* code = std::get_if<absl::string_view>(&value)) {
    return std::find(category.values().begin(), category.values().end(), *code) !=
           category.values().end();
  }
  const auto* number = std::get_if<int64_t>(&value);
  return number != nullptr && category.values().empty() && category.low() <= *number &&
         *number <= category.high();
}

// Position of the episode's category among those of `choice`.
std::optional<int> PositionIn(const AttributeChoice& choice, const PatientHistory& patient,
                              const EpisodeHistory& episode) {
  const std::string category = CategoryOf(choice.attribute, patient, episode);
  const auto found = std::find(choice.categories.begin(), choice.categories.end(), category);
  if (found == choice.categories.end()) return std::nullopt;
  return static_cast<int>(found - choice.categories.begin());
}

// M distinct products at most, whatever is corrected: lists only grow, so those that count at one
// cut are among the first M of every later one.
bool MayCountFor(absl::string_view product, const PatientHistory& patient, uint32_t most) {
  const auto& products = patient.products;
  const auto end =
      products.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(most, products.size()));
  return std::find(products.begin(), end, product) != end;
}

bool Consents(const PatientHistory& patient, const TableQuestion& question, int64_t today) {
  const absl::string_view scope = ScopeWord(question.scope);
  return !scope.empty() && HasConsent(patient.consents, scope, today) &&
         (!question.cross_border || HasConsent(patient.consents, "cross_border", today));
}

}  // namespace

std::string CategoryOf(const v1::Attribute& attribute, const PatientHistory& patient,
                       const EpisodeHistory& episode) {
  const AttributeValue value = ValueOf(attribute.source(), patient, episode);
  for (const v1::Category& category : attribute.categories()) {
    if (Holds(category, value)) return category.id();
  }
  return std::string(kUnknownCategory);
}

std::optional<int64_t> NumberOf(const v1::Attribute& attribute, const PatientHistory& patient,
                                const EpisodeHistory& episode) {
  const AttributeValue value = ValueOf(attribute.source(), patient, episode);
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<Placement> PlacementOf(const PatientHistory& patient, const TableQuestion& question,
                                     int64_t today) {
  if (patient.episodes.empty() || !Consents(patient, question, today)) return std::nullopt;
  const EpisodeHistory& index = patient.episodes.front();
  if (index.episode->day0 > question.cutoff_day) return std::nullopt;
  if (std::find(question.products.begin(), question.products.end(), index.episode->product) ==
      question.products.end()) {
    return std::nullopt;
  }
  if (!MayCountFor(index.episode->product, patient, question.products_per_patient)) {
    return std::nullopt;
  }
  for (const AttributeChoice& choice : question.cohort) {
    if (!PositionIn(choice, patient, index).has_value()) return std::nullopt;
  }
  Placement placement{.group = 0, .patient = &patient, .index = &index, .derived = {}};
  if (question.groups.has_value()) {
    const std::optional<int> group = PositionIn(*question.groups, patient, index);
    if (!group.has_value()) return std::nullopt;
    placement.group = *group;
  }
  if (question.rule_set != nullptr) {
    placement.derived = question.rule_set->derive(FactsOf(patient, index), question.cutoff_day);
  }
  return placement;
}

}  // namespace perdura::registry_node
