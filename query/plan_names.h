#ifndef PERDURA_QUERY_PLAN_NAMES_H_
#define PERDURA_QUERY_PLAN_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"

// Names in a plan and what the charter has for them.
namespace perdura::query {

// Values that no category of an attribute lists, or that nobody knows. Every attribute has this
// category beside its own.
inline constexpr absl::string_view kUnknownCategory = "unknown";

// InvalidArgument `plan_not_canonical`, NotFound `unknown_name`, PermissionDenied `not_allowed`;
// `key` is the plan field.
absl::Status NotCanonical(absl::string_view key, absl::string_view why);
absl::Status UnknownName(absl::string_view key, absl::string_view name,
                         const std::vector<std::string>& choices);
absl::Status NotAllowed(absl::string_view key, absl::string_view why);

// The text of a scope in a plan, empty for one that no role may map to; and the way back.
absl::string_view ScopeText(v1::ConsentScope scope);
v1::ConsentScope ScopeFromText(absl::string_view text);

// Ids of the records of a charter field, in charter order.
template <typename Records>
std::vector<std::string> IdsOf(const Records& records) {
  std::vector<std::string> ids;
  for (const auto& record : records) ids.push_back(record.id());
  return ids;
}

// Category ids of an attribute, `unknown` included.
std::vector<std::string> CategoriesOf(const v1::Attribute& attribute);

// `name` itself if it is among `choices`; name@n if exactly one version is. Empty: the only choice.
// Errors list the choices.
absl::StatusOr<std::string> ResolveName(absl::string_view key, absl::string_view name,
                                        const std::vector<std::string>& choices);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PLAN_NAMES_H_
