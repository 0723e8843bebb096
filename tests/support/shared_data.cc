#include "tests/support/shared_data.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace perdura::test_support {

std::optional<std::string> SharedPath(absl::string_view relative) {
  const char* const variable = std::getenv("PERDURA_SHARED");
  const std::string folder =
      variable != nullptr ? variable : absl::StrCat(PERDURA_SOURCE_DIR, "/../shared");
  std::string path = absl::StrCat(folder, "/", relative);
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

std::vector<std::string> CsvFields(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

}  // namespace perdura::test_support
