#ifndef PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
#define PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "federation/bundle/bundle.h"
#include "federation/charter_chain.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::cli {

// Evidence that is checked before it is believed, and what offline commands read. Every error of a
// file names it.

// A release, checked: federation::OpenBundle, and that rows, noise and charge are those that plan
// and charter demand, which is the last of its `checks`. Returns the errors of the checks.
absl::StatusOr<federation::OpenedBundle> OpenRelease(const v1::ReleaseBundle& bundle,
                                                     const federation::AuthorityPin& pin);

// A charter as it came and what it says; signatures and rules are not checked.
struct CharterFile {
  v1::Envelope envelope;
  v1::Charter charter;
};
absl::StatusOr<CharterFile> ReadCharterFile(const std::string& file);

// OpenRelease of a `.release` file. Returns InvalidArgument for a file that is no release; the
// errors of the checks.
absl::StatusOr<federation::OpenedBundle> OpenReleaseFile(const std::string& file,
                                                         const federation::AuthorityPin& pin);

// Does the file begin as an SQLite database does? False also where it cannot be read.
bool LooksLikeDatabase(const std::string& file);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
