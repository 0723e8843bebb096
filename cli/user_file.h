#ifndef PERDURA_CLI_USER_FILE_H_
#define PERDURA_CLI_USER_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::cli {

// base::ReadFile and base::WriteFileAtomic for files that the user named: an error begins with that
// name, which base/ never prints. Same codes. What such a file holds wrongly is said with
// base::InFile.
absl::StatusOr<std::string> ReadUserFile(const std::string& path, size_t limit);
absl::Status WriteUserFile(const std::string& path, absl::string_view contents, mode_t mode = 0644);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_USER_FILE_H_
