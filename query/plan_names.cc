#include "query/plan_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"

namespace perdura::query {
namespace {

// Whom a table is for. The other scopes qualify a consent, they never are the use itself.
constexpr std::array<std::pair<v1::ConsentScope, absl::string_view>, 4> kScopeTexts = {{
    {v1::RESEARCH, "research"},
    {v1::REGULATORY, "regulatory"},
    {v1::PAYER_ADJUDICATION, "payer-adjudication"},
    {v1::SECONDARY_USE, "secondary-use"},
}};

std::string ListChoices(const std::vector<std::string>& choices) {
  return choices.empty() ? "none" : absl::StrJoin(choices, ", ");
}

}  // namespace

absl::Status NotCanonical(absl::string_view key, absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "plan_not_canonical",
                      absl::StrCat(key, ": ", why));
}

absl::Status UnknownName(absl::string_view key, absl::string_view name,
                         const std::vector<std::string>& choices) {
  return base::Refuse(
      absl::StatusCode::kNotFound, "unknown_name",
      absl::StrCat(key, ": unknown `", name, "`; the charter has: ", ListChoices(choices)));
}

absl::Status NotAllowed(absl::string_view key, absl::string_view why) {
  return base::Refuse(absl::StatusCode::kPermissionDenied, "not_allowed",
                      absl::StrCat(key, ": ", why));
}

absl::string_view ScopeText(v1::ConsentScope scope) {
  for (const auto& [value, text] : kScopeTexts) {
    if (value == scope) return text;
  }
  return "";
}

v1::ConsentScope ScopeFromText(absl::string_view text) {
  for (const auto& [value, known] : kScopeTexts) {
    if (known == text) return value;
  }
  return v1::CONSENT_SCOPE_UNSPECIFIED;
}

std::vector<std::string> CategoriesOf(const v1::Attribute& attribute) {
  std::vector<std::string> ids = IdsOf(attribute.categories());
  if (std::find(ids.begin(), ids.end(), kUnknownCategory) == ids.end()) {
    ids.emplace_back(kUnknownCategory);
  }
  return ids;
}

absl::StatusOr<std::string> ResolveName(absl::string_view key, absl::string_view name,
                                        const std::vector<std::string>& choices) {
  std::vector<std::string> fitting;
  for (const std::string& choice : choices) {
    if (choice == name) return choice;
    if (name.empty() || absl::StartsWith(choice, absl::StrCat(name, "@"))) {
      fitting.push_back(choice);
    }
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty() && !name.empty()) return UnknownName(key, name, choices);
  return base::Refuse(absl::StatusCode::kNotFound, "unknown_name",
                      absl::StrCat(key,
                                   name.empty() ? ": say which; the charter has: "
                                                : ": say which version; the charter has: ",
                                   ListChoices(fitting)));
}

}  // namespace perdura::query
