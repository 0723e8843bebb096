#include "cli/user_file.h"

#include "base/files.h"
#include "base/in_file.h"

namespace perdura::cli {

absl::StatusOr<std::string> ReadUserFile(const std::string& path, size_t limit) {
  auto contents = base::ReadFile(path, limit);
  if (contents.ok()) return contents;
  return base::InFile(path, contents.status());
}

absl::Status WriteUserFile(const std::string& path, absl::string_view contents, mode_t mode) {
  return base::InFile(path, base::WriteFileAtomic(path, contents, mode));
}

}  // namespace perdura::cli
