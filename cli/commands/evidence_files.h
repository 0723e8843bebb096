#ifndef PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
#define PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "federation/bundle/bundle.h"
#include "federation/charter_chain.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::cli {

// What an offline command reads. Every error names the file.

// An authority pin (perdura charter pin).
absl::StatusOr<federation::AuthorityPin> ReadPin(const std::string& file);

// A charter as it came and what it says; signatures and rules are not checked.
struct CharterFile {
  v1::Envelope envelope;
  v1::Charter charter;
};
absl::StatusOr<CharterFile> ReadCharterFile(const std::string& file);

// A `.release` file, checked: federation::OpenBundle, and that rows, noise and charge are those
// that plan and charter demand. Returns InvalidArgument for a file that is no release; the errors
// of the checks.
absl::StatusOr<federation::OpenedBundle> OpenReleaseFile(const std::string& file,
                                                         const federation::AuthorityPin& pin);

// Does the file begin as an SQLite database does? False also where it cannot be read.
bool LooksLikeDatabase(const std::string& file);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_EVIDENCE_FILES_H_
