#ifndef PERDURA_CLI_COMMANDS_CHECKPOINTS_H_
#define PERDURA_CLI_COMMANDS_CHECKPOINTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "perdura/v1/charter.pb.h"

namespace perdura::cli {

struct CheckpointsOptions {
  // Copies of registry.db and aggregator.db.
  std::vector<std::string> databases;
  // Authority pin.
  std::string pin;
  std::string out;
};

// `perdura charter checkpoints`: what a charter that changes the committee has to bring (CH5).
// Writes the newest checkpoint of every party that the copies know of, and prints them with the
// parties that are missing.
absl::StatusOr<std::string> CharterCheckpoints(const CheckpointsOptions& options);

// Puts the notes of such a file into a charter.
absl::Status AddCheckpoints(const std::string& file, v1::Charter& charter);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_CHECKPOINTS_H_
