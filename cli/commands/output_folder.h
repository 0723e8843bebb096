#ifndef PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_
#define PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "perdura/v1/charter.pb.h"
#include "query/estimate.h"

namespace perdura::cli {

// Makes `folder` if it is not there, and checks that an answer of this kind can be written into it,
// which is done before anything is paid. Returns FailedPrecondition naming folder or file: it
// cannot be made or written to, or a CSV file in it cannot be read or has other columns than ours.
absl::Status PrepareFolder(const std::string& folder, v1::TableKind kind);

// Writes an answer into `folder`, prepared as above: the CSV files of its kind
// (query/output_files.h), and the bundle as <endpoint>-<first 12 digits of the release id>.release.
// Lines of other releases and other readings that the CSV files hold already stay; those of this
// reading of this release are replaced. Errors of PrepareFolder.
absl::Status WriteAnswer(const std::string& folder, const query::Estimates& estimates,
                         const std::string& bundle);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_
