#ifndef PERDURA_CLI_COMMANDS_RECORD_H_
#define PERDURA_CLI_COMMANDS_RECORD_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::cli {

// What centre staff do, over their node's own unix socket.

struct RecordImportOptions {
  std::string socket;
  std::vector<std::string> files;
  // Name of the system that the record numbers belong to.
  std::string system;
  bool new_system = false;
  bool dry_run = false;
  bool leave_out_bad_patients = false;
};

// The report as text; an error whose message is the report if nothing was written because of
// errors, or a dry run found some. Returns InvalidArgument naming a second file of one base name.
absl::StatusOr<std::string> RecordImport(const RecordImportOptions& options);

// Charter in force, own budget lines, questions seen.
absl::StatusOr<std::string> RecordStatus(const std::string& socket);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_RECORD_H_
