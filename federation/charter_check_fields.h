#ifndef PERDURA_FEDERATION_CHARTER_CHECK_FIELDS_H_
#define PERDURA_FEDERATION_CHARTER_CHECK_FIELDS_H_

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"

// Internal to the checks of a charter: refusals and the rules of single fields.
namespace perdura::federation::charter_check {

inline constexpr size_t kMaxText = 200;

inline absl::Status Bad(absl::string_view reason, absl::string_view text) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, reason, absl::StrCat("charter: ", text));
}
inline absl::Status NotSupported(absl::string_view text) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "not_supported",
                      absl::StrCat("charter: ", text, " is for a later version"));
}

inline absl::Status CheckName(absl::string_view field, absl::string_view name) {
  if (base::IsName(name)) return absl::OkStatus();
  return Bad("malformed", absl::StrCat(field, ": a name is [a-z0-9._-]{1,40}"));
}
inline absl::Status CheckVersioned(absl::string_view field, absl::string_view name) {
  if (base::IsVersionedName(name)) return absl::OkStatus();
  return Bad("malformed", absl::StrCat(field, ": a versioned name is name@n"));
}
// Text for people: it is printed on terminals and pages.
inline absl::Status CheckText(absl::string_view field, absl::string_view text) {
  if (base::IsStrictUtf8(text, kMaxText)) return absl::OkStatus();
  return Bad("malformed", absl::StrCat(field, ": at most ", kMaxText,
                                       " bytes of UTF-8 without control characters"));
}

// Unique ids of one list.
template <typename Records>
absl::Status CheckUnique(absl::string_view field, const Records& records) {
  std::set<std::string> ids;
  for (const auto& record : records) {
    if (!ids.insert(record.id()).second) {
      return Bad("malformed", absl::StrCat(field, ": `", record.id(), "` stands twice"));
    }
  }
  return absl::OkStatus();
}

template <typename Records>
bool Has(const Records& records, absl::string_view id) {
  return std::any_of(records.begin(), records.end(),
                     [&](const auto& record) { return record.id() == id; });
}

}  // namespace perdura::federation::charter_check

#endif  // PERDURA_FEDERATION_CHARTER_CHECK_FIELDS_H_
