#ifndef PERDURA_BASE_CANONICAL_JSON_H_
#define PERDURA_BASE_CANONICAL_JSON_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

// A flat JSON object that prints in exactly one way: the subset of RFC 8785 with members sorted by
// key, no white space, and values that are strings, lists of strings, or integers in [0, 2^53).
// Strings are printable ASCII without quote and backslash, so that nothing is ever escaped; keys
// are IsName(). Such bytes can be hashed and signed, and every JSON reader understands them.
using CanonicalValue = std::variant<uint64_t, std::string, std::vector<std::string>>;
using CanonicalObject = std::map<std::string, CanonicalValue>;

inline constexpr uint64_t kMaxCanonicalInteger = (uint64_t{1} << 53) - 1;

// One line without LF. Returns InvalidArgument naming the member that is outside the subset.
//   {"attempt":1,"kind":"reserved"}
absl::StatusOr<std::string> PrintCanonicalJson(const CanonicalObject& object);

// Returns InvalidArgument unless PrintCanonicalJson gives these bytes again.
absl::StatusOr<CanonicalObject> ParseCanonicalJson(absl::string_view line);

}  // namespace perdura::base

#endif  // PERDURA_BASE_CANONICAL_JSON_H_
