#ifndef PERDURA_CLI_COMMANDS_CANARY_H_
#define PERDURA_CLI_COMMANDS_CANARY_H_

#include <string>

#include "absl/status/statusor.h"
#include "query/plan.h"
#include "statistics/noise_check.h"

namespace perdura::cli {

struct CanaryOptions {
  std::string home;
  // Event endpoint, grid and cut of the table; empty: the only one there is, or the charter's first
  // grid.
  std::string endpoint;
  std::string grid;
  std::string cut;
  // Product of class canary; empty: the charter's only one.
  std::string product;
  // New rounds to run first.
  int ask = 0;
  // How many of the newest canary releases of this plan are tested.
  int newest = 40;
  double false_alarm = 0.001;
};

// Runs canary rounds and tests the noise of the newest ones: docs/privacy/canary.md. Charges
// nothing. Returns FailedPrecondition `noise_off` with the report if a check fails,
// `too_few_rounds` if there are too few to say anything, NotFound `unknown_name` without a canary
// product, and the errors of a question.
absl::StatusOr<std::string> TestCanaries(const CanaryOptions& options);

// The report for people: each check with its p-value, and how many rounds would show a missing
// dealer and one at half its standard deviation. `dealers`: of a round.
std::string ShowNoiseReport(const statistics::NoiseReport& report, int dealers, double false_alarm);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_CANARY_H_
