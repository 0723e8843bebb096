#include "cli/user_file.h"

#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace perdura::cli {

absl::StatusOr<std::string> ReadUserFile(const std::string& path, size_t limit) {
  auto contents = base::ReadFile(path, limit);
  if (contents.ok()) return contents;
  return absl::Status(contents.status().code(),
                      absl::StrCat(path, ": ", contents.status().message()));
}

}  // namespace perdura::cli
