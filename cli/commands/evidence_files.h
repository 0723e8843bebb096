#ifndef PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
#define PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "federation/bundle/bundle.h"
#include "federation/charter_chain.h"

namespace perdura::cli {

// What an offline check reads, by the name that the user gave.

// An authority pin (perdura charter pin).
absl::StatusOr<federation::AuthorityPin> ReadPin(const std::string& file);

// A `.release` file, checked: federation::OpenBundle, and that rows, noise and charge are those
// that plan and charter demand. Returns InvalidArgument for a file that is no release; the errors
// of the checks.
absl::StatusOr<federation::OpenedBundle> OpenReleaseFile(const std::string& file,
                                                         const federation::AuthorityPin& pin);

// Does the file begin as an SQLite database does? False also where it cannot be read.
bool LooksLikeDatabase(const std::string& file);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
