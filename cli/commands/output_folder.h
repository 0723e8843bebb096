#ifndef PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_
#define PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "query/estimate.h"

namespace perdura::cli {

// Writes an answer into `folder`, which is made: km.csv, cif.csv, rmst.csv and median.csv, and the
// bundle as <endpoint>.release. Lines of other releases that the CSV files hold already stay; those
// of this release are replaced.
absl::Status WriteAnswer(const std::string& folder, const query::Estimates& estimates,
                         const std::string& bundle);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_OUTPUT_FOLDER_H_
