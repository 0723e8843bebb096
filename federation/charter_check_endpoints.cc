#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "federation/charter_check.h"
#include "federation/charter_check_fields.h"

namespace perdura::federation {
namespace {

using charter_check::Bad;
using charter_check::CheckName;
using charter_check::CheckText;
using charter_check::CheckUnique;
using charter_check::CheckVersioned;
using charter_check::NotSupported;

constexpr uint32_t kMostMonths = 1200;
constexpr uint32_t kMostFlagRows = 64;
constexpr int64_t kLargestBound = int64_t{1} << 40;

// The rule sets of this version.
struct RuleSetKind {
  absl::string_view name;
  v1::TableKind kind;
  int causes;
};
constexpr RuleSetKind kRuleSetKinds[] = {{"os@1", v1::TABLE_EVENT, 1},
                                         {"pfs@1", v1::TABLE_EVENT, 2},
                                         {"status@1", v1::TABLE_CATEGORY, 0},
                                         {"events@1", v1::TABLE_FLAGS, 0},
                                         {"attribute@1", v1::TABLE_MOMENT, 0}};
// Of status@1.
constexpr int kStatusCategories = 5;

absl::Status BadEndpoint(const v1::Endpoint& endpoint, absl::string_view what) {
  return Bad("malformed", absl::StrCat("endpoints ", endpoint.id(), ".", what));
}

template <typename Names>
absl::Status CheckNames(const v1::Endpoint& endpoint, absl::string_view field, const Names& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    PERDURA_RETURN_IF_ERROR(CheckName(absl::StrCat("endpoints.", field), name));
    if (!seen.insert(name).second) {
      return BadEndpoint(endpoint, absl::StrCat(field, ": `", name, "` stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMonths(const v1::Endpoint& endpoint, absl::string_view field, uint32_t months) {
  if (months >= 1 && months <= kMostMonths) return absl::OkStatus();
  return BadEndpoint(endpoint, absl::StrCat(field, ": from 1 to ", kMostMonths));
}

absl::Status CheckCategory(const v1::Endpoint& endpoint) {
  const v1::CategoryTable& table = endpoint.category();
  if (table.categories_size() != kStatusCategories) {
    return BadEndpoint(endpoint,
                       absl::StrCat("category.categories: status@1 has ", kStatusCategories));
  }
  PERDURA_RETURN_IF_ERROR(CheckNames(endpoint, "category.categories", table.categories()));
  return CheckMonths(endpoint, "category.landmark_months", table.landmark_months());
}

absl::Status CheckFlags(const v1::Endpoint& endpoint) {
  const v1::FlagTable& table = endpoint.flags();
  if (table.flags().empty()) return BadEndpoint(endpoint, "flags.flags: at least one");
  PERDURA_RETURN_IF_ERROR(CheckNames(endpoint, "flags.flags", table.flags()));
  if (std::find(table.flags().begin(), table.flags().end(), "all") != table.flags().end()) {
    return BadEndpoint(endpoint, "flags.flags: `all` is the row for everybody, not a flag");
  }
  const uint32_t least = table.all() ? 2 : 1;
  const uint32_t most =
      std::min(kMostFlagRows, static_cast<uint32_t>(table.flags_size()) + (table.all() ? 1 : 0));
  if (table.cap() < least || table.cap() > most) {
    return BadEndpoint(endpoint, absl::StrCat("flags.cap: from ", least, " to ", most,
                                              ", the row `all` included"));
  }
  return CheckMonths(endpoint, "flags.window_months", table.window_months());
}

// A number: one without coded values.
bool IsNumeric(const v1::Attribute& attribute) {
  return std::all_of(attribute.categories().begin(), attribute.categories().end(),
                     [](const v1::Category& category) { return category.values().empty(); });
}

absl::Status CheckMoment(const v1::Endpoint& endpoint, const v1::Charter& charter) {
  const v1::MomentTable& table = endpoint.moment();
  const auto attribute =
      std::find_if(charter.attributes().begin(), charter.attributes().end(),
                   [&](const v1::Attribute& one) { return one.id() == table.attribute(); });
  if (attribute == charter.attributes().end() || !IsNumeric(*attribute)) {
    return BadEndpoint(endpoint, "moment.attribute: a numeric attribute of this charter");
  }
  if (table.low() >= table.high() || table.low() < -kLargestBound || table.high() > kLargestBound) {
    return BadEndpoint(endpoint, "moment: low < high, both within 2^40");
  }
  return absl::OkStatus();
}

// Only the part of its own kind may be there.
absl::Status CheckParts(const v1::Endpoint& endpoint) {
  const bool fits = endpoint.has_category() == (endpoint.kind() == v1::TABLE_CATEGORY) &&
                    endpoint.has_flags() == (endpoint.kind() == v1::TABLE_FLAGS) &&
                    endpoint.has_moment() == (endpoint.kind() == v1::TABLE_MOMENT) &&
                    (!endpoint.delayed_entry() || endpoint.kind() == v1::TABLE_EVENT);
  if (fits) return absl::OkStatus();
  return BadEndpoint(endpoint, "kind: its own part and no other is required");
}

absl::Status CheckKind(const v1::Endpoint& endpoint, const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckParts(endpoint));
  switch (endpoint.kind()) {
    case v1::TABLE_CATEGORY:
      return CheckCategory(endpoint);
    case v1::TABLE_FLAGS:
      return CheckFlags(endpoint);
    case v1::TABLE_MOMENT:
      return CheckMoment(endpoint, charter);
    default:
      return CheckNames(endpoint, "causes", endpoint.causes());
  }
}

absl::Status CheckEndpoint(const v1::Endpoint& endpoint, const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckVersioned("endpoints.id", endpoint.id()));
  PERDURA_RETURN_IF_ERROR(CheckText("endpoints.display_name", endpoint.display_name()));
  const auto* const rule_set =
      std::find_if(std::begin(kRuleSetKinds), std::end(kRuleSetKinds),
                   [&](const RuleSetKind& one) { return one.name == endpoint.rule_set(); });
  if (rule_set == std::end(kRuleSetKinds)) {
    return BadEndpoint(endpoint,
                       "rule_set: this version knows os@1, pfs@1, status@1, events@1, attribute@1");
  }
  if (endpoint.kind() != rule_set->kind) {
    return BadEndpoint(endpoint, absl::StrCat("kind: ", endpoint.rule_set(), " makes a ",
                                              v1::TableKind_Name(rule_set->kind)));
  }
  if (endpoint.causes_size() != rule_set->causes) {
    return BadEndpoint(endpoint,
                       absl::StrCat("causes: ", endpoint.rule_set(), " has ", rule_set->causes));
  }
  if (endpoint.switches_size() > 0) return NotSupported("endpoints.switches");
  return CheckKind(endpoint, charter);
}

}  // namespace

absl::Status CheckEndpoints(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("endpoints", charter.endpoints()));
  for (const v1::Endpoint& endpoint : charter.endpoints()) {
    PERDURA_RETURN_IF_ERROR(CheckEndpoint(endpoint, charter));
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
