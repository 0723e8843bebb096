#ifndef PERDURA_REGISTRY_NODE_DERIVE_TABLE_QUESTION_H_
#define PERDURA_REGISTRY_NODE_DERIVE_TABLE_QUESTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "perdura/v1/charter.pb.h"
#include "query/plan.h"
#include "registry-node/derive/rule_set.h"

namespace perdura::registry_node {

// The id of the category of values that no category lists, and of values that nobody knows.
inline constexpr absl::string_view kUnknownCategory = "unknown";

// One attribute with the categories of it that a cohort admits or that are groups, in order.
struct AttributeChoice {
  v1::Attribute attribute;
  std::vector<std::string> categories;
};

// A plan in the terms of the facts: what to derive for whom. A function of plan and charter alone.
struct TableQuestion {
  v1::Endpoint endpoint;
  // Of the exits: the endpoint's own, or pfs@1 for status@1. None for flags and moments.
  const RuleSet* rule_set = nullptr;
  // Of a moment table.
  std::optional<v1::Attribute> measured;
  int64_t cutoff_day = 0;       // C
  int64_t known_at_micros = 0;  // K
  v1::ConsentScope scope = v1::CONSENT_SCOPE_UNSPECIFIED;
  bool cross_border = false;
  std::vector<std::string> products;
  // M: a patient counts for the first M products of its list only. 0 counts nobody.
  uint32_t products_per_patient = 0;
  std::vector<AttributeChoice> cohort;
  // Unset: one group.
  std::optional<AttributeChoice> groups;

  // Returns FailedPrecondition `unsupported_endpoint` for a rule set, switch, event type or
  // attribute source that this binary does not know, NotFound `unknown_name` for what the charter
  // lacks.
  static absl::StatusOr<TableQuestion> Create(const query::Plan& plan, const v1::Charter& charter);
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_TABLE_QUESTION_H_
