#ifndef PERDURA_CLI_COMMANDS_REBASE_H_
#define PERDURA_CLI_COMMANDS_REBASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::cli {

// The way back of a party whose ledger was rolled back or forked, offline, on copies of databases:
//
//   perdura rebase attempts THEIRS.db --out known.attempts    at the aggregator, or at a node
//   perdura rebase draft OWN.db --known known.attempts ...    at the party
//   perdura rebase show, sign                                 at the authority
//
// The signed file then goes into the charter_dir of the aggregator and of the party. Each returns
// what to print.

// Writes the questions of a ledger: signed manifests and charges, nothing about patients.
absl::StatusOr<std::string> RebaseAttempts(const std::string& database, const std::string& out);

struct RebaseDraftArguments {
  std::string database;
  std::vector<std::string> known;
  bool gap_is_known = false;
  std::string reason;
  std::string operator_name;
  uint64_t generation = 0;
  std::string out;
};
absl::StatusOr<std::string> RebaseDraft(const RebaseDraftArguments& arguments);

// What the authority signs, as text. `charter_file`: the charter in force, whose authority keys
// have to sign; to show a rebase it may be empty.
absl::StatusOr<std::string> RebaseShow(const std::string& file, const std::string& charter_file);
absl::StatusOr<std::string> RebaseSign(const std::string& file,
                                       const std::vector<std::string>& keys,
                                       const std::string& charter_file);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_REBASE_H_
