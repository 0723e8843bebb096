#ifndef PERDURA_CLI_USER_FILE_H_
#define PERDURA_CLI_USER_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace perdura::cli {

// base::ReadFile of a file that the user named: an error begins with that name, which base/ never
// prints. Same codes.
absl::StatusOr<std::string> ReadUserFile(const std::string& path, size_t limit);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_USER_FILE_H_
