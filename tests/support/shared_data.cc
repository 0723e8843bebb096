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

}  // namespace perdura::test_support
